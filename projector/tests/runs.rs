//! Several rebuilds at once on a real PostgreSQL: none is in another's way, and no two share a table.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use futures::future::join_all;
use support::READ_TABLES;
use support::history::busy;
use support::rebuilding::{
    REBUILD, finds_nothing, fold, folded, hold_the_journal, in_the_making, leftovers, only, projecting,
    rebuilder, rebuilding,
};
use tallybook_projector::{RebuildError, every};

/// Each rebuild clears up what dead ones left before it begins.
#[tokio::test(flavor = "multi_thread")]
async fn clearing_up_is_in_no_rebuilds_way() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let killed = rebuilding(rebuilder(&book));
    in_the_making(&book, READ_TABLES.len()).await;
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    holding.rollback().await.unwrap();
    // Beside projectors, which clear up as well.
    let running = [projecting(&book), projecting(&book)];
    for _ in 0..3 {
        let all = every()
            .into_iter()
            .map(async |projection| rebuilder(&book).rebuild(&[projection], REBUILD).await);
        for done in join_all(all).await {
            assert!(done.unwrap()[0].swapped);
        }
    }
    for projector in running {
        projector.stop().await;
    }
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
    assert!(finds_nothing(&book).await);
}

/// What it would have held besides, others may take at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_may_not_begin_holds_nothing() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let first = rebuilder(&book);
    let first = tokio::spawn(async move { first.rebuild(&only("wallets"), REBUILD).await });
    in_the_making(&book, 1).await;
    let refused = *rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap_err().cause;
    assert!(matches!(refused, RebuildError::UnderWay { ref name } if name == "wallets"), "{refused}");
    let held: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_locks
          WHERE locktype = 'advisory' AND classid = hashtext('rebuild of ' || $1)::oid",
    )
    .bind(&book.schema)
    .fetch_one(&book.pool)
    .await
    .unwrap();
    assert_eq!(held, 2, "the first run's own, and that on its projection");
    holding.rollback().await.unwrap();
    assert!(first.await.unwrap().unwrap()[0].swapped);
}

#[tokio::test(flavor = "multi_thread")]
async fn thrown_away_tables_of_two_projections_come_back_at_once() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    for _ in 0..3 {
        sqlx::query("DROP TABLE wallets, withdrawals").execute(&book.pool).await.unwrap();
        let both =
            ["wallets", "withdrawals"].map(async |name| rebuilder(&book).rebuild(&only(name), REBUILD).await);
        for done in join_all(both).await {
            assert!(done.unwrap()[0].swapped);
        }
        fold(&book).await;
        assert_eq!(book.tables().await, before);
    }
}

/// The first does not notice at once that its lock is gone, and goes on beside the second.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_lost_its_lock_shares_no_table_with_the_next_one() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let first = rebuilder(&book);
    let first = tokio::spawn(async move { first.rebuild(&only("wallets"), REBUILD).await });
    in_the_making(&book, 1).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND classid = hashtext('rebuild of ' || $1)::oid
                  AND objid = hashtext('wallets')::oid";
    let ended: bool = sqlx::query_scalar(end).bind(&book.schema).fetch_one(&book.pool).await.unwrap();
    assert!(ended);
    let second = rebuilder(&book);
    let second = tokio::spawn(async move { second.rebuild(&only("wallets"), REBUILD).await });
    let tables = in_the_making(&book, 2).await;
    assert_ne!(tables[0], tables[1]);
    holding.rollback().await.unwrap();
    let lost = *first.await.unwrap().unwrap_err().cause;
    assert!(matches!(lost, RebuildError::LockLost { .. }), "{lost}");
    assert!(second.await.unwrap().unwrap()[0].swapped);
    assert_eq!(book.tables().await, before);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

/// As a program that gave its runs no numbers left them.
#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_versions_left_is_cleared_up() {
    let book = folded(busy(3, 4)).await;
    let left = format!(
        "SET ROLE tallybook_runtime; CREATE SCHEMA {0}__next; CREATE TABLE {0}__next.wallets (id text); CREATE SCHEMA {0}__check;
         INSERT INTO rebuilds (id, projection, state, dry_run, expect_equal, requested_by, requested_at)
         VALUES (gen_random_uuid(), 'deposits', 'running', false, false, 'user:tester', now()); RESET ROLE",
        book.schema
    );
    sqlx::raw_sql(&left).execute(&book.pool).await.unwrap();
    rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap();
    let (schemas, running): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname IN ($1 || '__next', $1 || '__check')),
                (SELECT count(*) FROM rebuilds WHERE state = 'running')",
    )
    .bind(&book.schema)
    .fetch_one(&book.pool)
    .await
    .unwrap();
    assert_eq!((schemas, running), (0, 0));
}
