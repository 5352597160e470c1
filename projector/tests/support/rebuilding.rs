//! A folded book and its rebuilds.

use std::time::Duration;

use tallybook_domain::BookEvent;
use tallybook_projector::{
    ProjectorSettings, RebuildOutcome, RebuildRequest, Rebuilder, Registered, TableDifference, Unfinished,
    every,
};
use tokio_util::sync::CancellationToken;

use super::{Running, TestBook};

pub const REBUILD: RebuildRequest = RebuildRequest { dry_run: false, expect_equal: false };
pub const DRY_RUN: RebuildRequest = RebuildRequest { dry_run: true, expect_equal: false };
pub const EXPECT_EQUAL: RebuildRequest = RebuildRequest { dry_run: false, expect_equal: true };

pub fn names() -> Vec<&'static str> {
    every().iter().map(|projection| projection.name).collect()
}

pub fn only(name: &str) -> Vec<Registered> {
    every().into_iter().filter(|projection| projection.name == name).collect()
}

pub fn rebuilder(book: &TestBook) -> Rebuilder {
    Rebuilder::new(book.pool.clone(), &book.schema, CancellationToken::new()).with_resources(2, 64 << 20)
}

/// A book whose tables are up to date.
pub async fn folded(events: Vec<(String, BookEvent)>) -> TestBook {
    let mut book = TestBook::new().await;
    book.record(events).await;
    fold(&book).await;
    book
}

pub async fn fold(book: &TestBook) {
    let running = projecting(book);
    book.caught_up(&names()).await;
    running.stop().await;
}

pub fn projecting(book: &TestBook) -> Running {
    book.project(every(), ProjectorSettings::default())
}

pub fn changes_nothing(outcomes: &[RebuildOutcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.differences.as_ref().unwrap().iter().all(TableDifference::is_none))
}

pub async fn finds_nothing(book: &TestBook) -> bool {
    let verified = rebuilder(book).verify(&every()).await.unwrap();
    verified.len() == every().len() && verified.iter().all(|verification| verification.is_equal())
}

/// Whether the tables of every projection are still said to be of the version after this program's.
pub async fn all_are_one_version_newer(book: &TestBook) -> bool {
    let stored: Vec<(String, i32)> =
        sqlx::query_as("SELECT name, version FROM projections").fetch_all(&book.pool).await.unwrap();
    let newer = |projection: &Registered| (projection.name.to_owned(), projection.version + 1);
    stored.len() == every().len() && every().iter().all(|projection| stored.contains(&newer(projection)))
}

/// Waits until so many tables are in the making.
pub async fn in_the_making(book: &TestBook, tables: usize) -> Vec<String> {
    for _ in 0..500 {
        let found = leftovers(book).await;
        if found.len() == tables {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not {tables} tables: {:?}", leftovers(book).await);
}

/// Tables that are neither the book's nor kept for the way back.
pub async fn leftovers(book: &TestBook) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE $1 || '\\_\\_run%'",
    )
    .bind(&book.schema)
    .fetch_all(&book.pool)
    .await
    .unwrap()
}

/// Keeps everybody from the journal until it is dropped.
pub async fn hold_the_journal(book: &TestBook) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut holding = book.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE events IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    holding
}

/// Waits until a rebuild has made its first tables.
pub async fn begun(book: &TestBook) {
    for _ in 0..500 {
        if !leftovers(book).await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no rebuild has begun");
}

pub fn rebuilding(rebuilder: Rebuilder) -> tokio::task::JoinHandle<Result<Vec<RebuildOutcome>, Unfinished>> {
    tokio::spawn(async move { rebuilder.rebuild(&every(), REBUILD).await })
}
