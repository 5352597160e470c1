//! How rows come into new tables, on a real PostgreSQL: frozen where nobody has the tables, and at all events.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use support::history::busy;
use support::rebuilding::{REBUILD, begun, folded, hold_the_journal, leftovers, names, only, rebuilder};
use support::{READ_TABLES, TestBook};
use tallybook_projector::{Rebuilder, every};

/// Tables with rows, and whether every page of theirs is known to be visible to everybody.
async fn filled(book: &TestBook) -> Vec<(String, bool)> {
    sqlx::query_as(
        "SELECT relname::text, relallvisible = relpages FROM pg_class
          WHERE relnamespace = $1::regnamespace AND relname = ANY ($2) AND reltuples > 0 ORDER BY 1",
    )
    .bind(&book.schema)
    .bind(&READ_TABLES[..])
    .fetch_all(&book.pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_copied_in_at_once_are_frozen() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let jobs = Rebuilder { jobs: 4, ..rebuilder(&book) };
    let done = jobs.rebuild(&every(), REBUILD).await.unwrap();
    let told: Vec<&str> = done.iter().map(|outcome| outcome.projection.as_str()).collect();
    assert_eq!(told, names(), "as they were asked for, whichever was done first");
    let filled = filled(&book).await;
    assert!(filled.len() > 10, "{filled:?}");
    assert!(filled.iter().all(|(_, visible)| *visible), "{filled:?}");
    assert_eq!(book.tables().await, before);
}

/// As a dump of the whole database does.
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_new_tables_keeps_no_rows_from_them() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let wallets = rebuilder(&book);
    let under_way = tokio::spawn(async move { wallets.rebuild(&only("wallets"), REBUILD).await });
    begun(&book).await;
    let new = leftovers(&book).await.remove(0);
    let mut dump = book.pool.begin().await.unwrap();
    sqlx::query(&format!("LOCK TABLE {new} IN ACCESS SHARE MODE")).execute(&mut *dump).await.unwrap();
    holding.rollback().await.unwrap();
    let count = format!("SELECT count(*) FROM {new}");
    for look in 0.. {
        let rows: i64 = sqlx::query_scalar(&count).fetch_one(&mut *dump).await.unwrap();
        if rows == 3 {
            break;
        }
        assert!(look < 1000, "{rows} rows");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    dump.rollback().await.unwrap();
    assert!(under_way.await.unwrap().unwrap()[0].swapped);
    assert_eq!(filled(&book).await.into_iter().filter(|(name, _)| name == "wallets").count(), 1);
    assert_eq!(book.tables().await, before);
}

/// The journal is read while they are made.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_copied_into_tables_that_are_not_made_yet() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let mut holding = book.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE wallets").execute(&mut *holding).await.unwrap();
    let all = rebuilder(&book);
    let under_way = tokio::spawn(async move { all.rebuild(&every(), REBUILD).await });
    begun(&book).await;
    // As long as it would take to copy everything.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!under_way.is_finished(), "a table cannot be made");
    holding.rollback().await.unwrap();
    assert!(under_way.await.unwrap().unwrap().iter().all(|outcome| outcome.swapped));
    assert_eq!(book.tables().await, before);
}
