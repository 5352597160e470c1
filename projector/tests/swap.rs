//! Swapping on a real PostgreSQL, forth and back: nobody sees a mixture, nothing gets lost, nobody waits for long.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use futures::future::join_all;
use support::READ_TABLES;
use support::history::{busy, day, deposited, money, wallet_of};
use support::rebuilding::{
    EXPECT_EQUAL, REBUILD, all_are_one_version_newer, begun, finds_nothing, fold, folded, hold_the_journal,
    in_the_making, names, only, projecting, rebuilder, rebuilding,
};
use tallybook_projector::{RebuildError, every, wait_for};
use tallybook_read_models::deposits::{WalletFilter, Wallets, list_wallets};
use tallybook_read_models::{Paging, Projection, Sort};
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn going_back_brings_the_old_tables_which_catch_up() {
    let mut book = folded(busy(4, 5)).await;
    let projection = only("wallets")[0];
    let none = rebuilder(&book).back(projection).await.unwrap_err();
    assert!(matches!(none, RebuildError::NoPrevious { .. }), "{none}");
    sqlx::query("UPDATE wallets SET balance = balance + 1, available = available + 1")
        .execute(&book.pool)
        .await
        .unwrap();
    let left_at = book.head();
    let old = book.tables().await;
    rebuilder(&book).rebuild(&[projection], REBUILD).await.unwrap();
    let more = deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"));
    book.record([more]).await;
    fold(&book).await;
    let new = book.tables().await;

    assert_eq!(rebuilder(&book).back(projection).await.unwrap().position, left_at);
    assert_eq!(book.position("wallets").await, left_at);
    let wallets = |tables: &[(String, Vec<String>)]| {
        tables.iter().find(|(name, _)| name == "wallets").unwrap().1.clone()
    };
    assert_eq!(wallets(&book.tables().await), wallets(&old));
    fold(&book).await;
    assert_ne!(wallets(&book.tables().await), wallets(&old), "it has caught up");
    let verified = rebuilder(&book).verify(&[projection]).await.unwrap();
    assert_eq!(verified[0].tables[0].changed, 4, "the old tables are as wrong as they were");
    rebuilder(&book).back(projection).await.unwrap();
    assert_eq!(book.tables().await, new);
}

/// Tables of two generations at two positions change places all the time. What is read belongs together.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_across_a_swap_is_of_one_generation() {
    let mut book = folded(vec![deposited(&wallet_of(1), money("1.00"), "A", day("2026-03-01"))]).await;
    let projection = only("wallets")[0];
    rebuilder(&book).rebuild(&[projection], REBUILD).await.unwrap();
    book.record([deposited(&wallet_of(2), money("2.00"), "B", day("2026-03-01"))]).await;
    fold(&book).await;
    let finished = CancellationToken::new();
    let swapping = async {
        for _ in 0..60 {
            rebuilder(&book).back(projection).await.unwrap();
        }
        finished.cancel();
    };
    let reading = join_all((0..6).map(|_| async {
        let mut seen = [0, 0];
        while !finished.is_cancelled() {
            let page = list_wallets(
                &book.pool,
                &WalletFilter::default(),
                Sort::default(),
                &Paging::new(Some(500), None).unwrap(),
            )
            .await
            .unwrap();
            assert_eq!(page.data.len() as u64, page.position, "one wallet per event");
            seen[page.data.len() - 1] += 1;
        }
        seen
    }));
    let ((), seen) = tokio::join!(swapping, reading);
    assert!(seen.iter().all(|[old, new]| *old > 0 && *new > 0), "both were read: {seen:?}");
}

/// What people wait for while somebody else reads the same tables for long.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_delays_the_swap_but_not_the_projection() {
    let mut book = folded(busy(3, 4)).await;
    let running = projecting(&book);
    let mut long_reader = book.pool.begin().await.unwrap();
    sqlx::query("SELECT count(*) FROM wallets").execute(&mut *long_reader).await.unwrap();
    let rebuilder = rebuilder(&book);
    let under_way = tokio::spawn(async move { rebuilder.rebuild(&only("wallets"), EXPECT_EQUAL).await });
    for number in 0..8_u64 {
        let reference = format!("LATER-{number}");
        book.record([deposited(&wallet_of(1), money("5.00"), &reference, day("2026-03-01"))]).await;
        let limit = Duration::from_secs(3);
        wait_for(&book.pool, &["wallets"], book.head(), limit).await.expect("the projection goes on");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(!under_way.is_finished(), "the tables are in use");
    long_reader.rollback().await.unwrap();
    assert!(under_way.await.unwrap().unwrap().remove(0).swapped);
    book.caught_up(&names()).await;
    running.stop().await;
    assert!(finds_nothing(&book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_projections_can_go_back_at_once() {
    let book = folded(busy(3, 4)).await;
    let right = book.tables().await;
    rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap();
    for _ in 0..5 {
        let all = every().into_iter().map(async |projection| rebuilder(&book).back(projection).await);
        for done in join_all(all).await {
            done.unwrap();
        }
    }
    assert_eq!(book.tables().await, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_way_back_to_tables_of_another_make() {
    let book = folded(busy(3, 4)).await;
    let projection = only("wallets")[0];
    rebuilder(&book).rebuild(&[projection], REBUILD).await.unwrap();
    let changes = [
        ("CREATE INDEX wallets_new ON wallets (held)", "DROP INDEX wallets_new"),
        (
            "ALTER TABLE wallets ADD CONSTRAINT wallets_new CHECK (balance > -1)",
            "ALTER TABLE wallets DROP CONSTRAINT wallets_new",
        ),
        ("ALTER TABLE wallets ADD COLUMN new text", "ALTER TABLE wallets DROP COLUMN new"),
        (
            "ALTER TABLE wallets ALTER COLUMN customer DROP NOT NULL",
            "ALTER TABLE wallets ALTER COLUMN customer SET NOT NULL",
        ),
    ];
    for (change, undo) in changes {
        sqlx::query(change).execute(&book.pool).await.unwrap();
        let refused = rebuilder(&book).back(projection).await.unwrap_err();
        assert!(matches!(refused, RebuildError::PreviousIsDifferent { .. }), "{change}: {refused}");
        sqlx::query(undo).execute(&book.pool).await.unwrap();
    }
    rebuilder(&book).back(projection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn others_keep_their_rights_on_a_table_that_is_swapped() {
    let book = folded(busy(3, 4)).await;
    let projection = only("wallets")[0];
    let role = format!("reader_{}", book.schema);
    let do_all = async |statements: [String; 2]| {
        for statement in statements {
            sqlx::raw_sql(&statement).execute(&book.pool).await.unwrap();
        }
    };
    let rights = async || -> (bool, bool, bool) {
        sqlx::query_as(
            "SELECT has_table_privilege($1, 'wallets', 'SELECT WITH GRANT OPTION'),
                    has_column_privilege($1, 'wallets', 'id', 'UPDATE'),
                    has_table_privilege($1, 'wallets', 'DELETE')",
        )
        .bind(&role)
        .fetch_one(&book.pool)
        .await
        .unwrap()
    };
    do_all([
        format!("CREATE ROLE {role}"),
        format!(
            "GRANT SELECT ON wallets TO {role} WITH GRANT OPTION; GRANT UPDATE (id) ON wallets TO {role}"
        ),
    ])
    .await;
    rebuilder(&book).rebuild(&[projection], REBUILD).await.unwrap();
    assert_eq!(rights().await, (true, true, false));
    do_all([format!("REVOKE ALL ON wallets FROM {role}"), format!("GRANT DELETE ON wallets TO {role}")])
        .await;
    rebuilder(&book).back(projection).await.unwrap();
    assert_eq!(rights().await, (false, false, true), "no right comes back that was taken away");
    let kept = format!("{}__previous.wallets", book.schema);
    do_all([format!("REVOKE ALL ON wallets, {kept} FROM {role}"), format!("DROP ROLE {role}")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_loses_its_lock_swaps_nothing() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let under_way = rebuilding(rebuilder(&book));
    begun(&book).await;
    let ended: Vec<bool> = sqlx::query_scalar(
        "SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND classid = hashtext('rebuild of ' || $1)::oid AND objid = hashtext('wallets')::oid",
    )
    .bind(&book.schema)
    .fetch_all(&book.pool)
    .await
    .unwrap();
    assert_eq!(ended, [true]);
    holding.rollback().await.unwrap();
    let error = *under_way.await.unwrap().unwrap_err().cause;
    // The locks on all projections of a run are one session's, and it is asked for the first one's.
    assert!(matches!(error, RebuildError::LockLost { ref name } if name == "customers"), "{error}");
    assert_eq!(book.tables().await, before);
}

/// What a sweep of another process does once the lock is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_whose_tables_are_gone_leaves_the_live_ones_alone() {
    let mut book = folded(busy(3, 4)).await;
    book.record([deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"))]).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let under_way = rebuilding(rebuilder(&book));
    begun(&book).await;
    let made = in_the_making(&book, READ_TABLES.len()).await;
    let schema = format!("DROP SCHEMA {} CASCADE", made[0].split('.').next().unwrap());
    sqlx::query(&schema).execute(&book.pool).await.unwrap();
    holding.rollback().await.unwrap();
    let error = *under_way.await.unwrap().unwrap_err().cause;
    assert!(error.to_string().contains("does not exist"), "{error}");
    assert_eq!(book.tables().await, before);
    fold(&book).await;
    assert!(finds_nothing(&book).await);
}

/// The newer program's swap kept tables of this version: the way back is open to that program alone.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_does_not_go_back_from_a_newer_ones_tables() {
    let book = folded(busy(3, 4)).await;
    let projection = only("wallets")[0];
    rebuilder(&book).rebuild(&[projection], REBUILD).await.unwrap();
    sqlx::query("UPDATE projections SET version = version + 1").execute(&book.pool).await.unwrap();
    let error = rebuilder(&book).back(projection).await.unwrap_err();
    let newer = <Wallets as Projection>::VERSION + 1;
    assert!(matches!(error, RebuildError::NewerVersion { made, .. } if made == newer), "{error}");
    assert!(all_are_one_version_newer(&book).await);
}
