//! Views: the read side as it stood, whatever has happened since.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sqlx::Executor;
use support::history::{busy, mixed};
use support::rebuilding::rebuilder;
use support::{READ_TABLES, TestBook};
use tallybook_domain::Actor;
use tallybook_event_store::journal;
use tallybook_projector::{
    ProjectorSettings, Rebuilder, ViewError, ViewName, drop_view, every, sweep_views, view_schema, views,
};
use tokio_util::sync::CancellationToken;

fn name(text: &str) -> ViewName {
    text.parse().unwrap()
}

fn tester() -> Actor {
    "user:tester".parse().unwrap()
}

/// Brings the live tables to the head, with pages of some size.
async fn project(book: &TestBook, page_size: u32) {
    let settings = ProjectorSettings { page_size, ..ProjectorSettings::default() };
    let running = book.project(every(), settings);
    let names: Vec<&str> = every().iter().map(|projection| projection.name).collect();
    book.caught_up(&names).await;
    running.stop().await;
}

async fn schemas(book: &TestBook) -> Vec<String> {
    sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, $1) ORDER BY 1")
        .bind(format!("{}__view", book.schema))
        .fetch_all(&book.pool)
        .await
        .unwrap()
}

#[test]
fn a_view_of_any_history_is_what_was_read_then_and_a_view_of_now_is_what_is_read_now() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() };
    let histories = (prop::collection::vec(0..5_u64, 1..60), 0..1000_usize, 1..200_u32, 14_u32..20);
    TestRunner::new(config)
        .run(&histories, |(order, cut, page_size, memory)| {
            runtime.block_on(as_then_and_as_now(&order, cut, page_size, 1 << memory));
            Ok(())
        })
        .unwrap();
}

async fn as_then_and_as_now(order: &[u64], cut: usize, page_size: u32, memory: usize) {
    let mut events = mixed(5, order);
    let later = events.split_off(cut % events.len());
    let mut book = TestBook::new().await;
    let past = book.record(events).await;
    project(&book, page_size).await;
    let then = book.tables().await;
    book.record(later).await;
    project(&book, page_size).await;
    let small = rebuilder(&book).with_resources(1, memory);
    for (view, position, expected) in [("then", past, then), ("now", book.head(), book.tables().await)] {
        let made = small.view(&name(view), position, &tester()).await.unwrap();
        assert_eq!((made.name.as_str(), made.position), (view, position));
        let found = book.tables_in(&view_schema(&book.schema, &name(view))).await;
        assert_eq!(found, expected, "as of {position} of {}", book.head());
    }
}

#[tokio::test]
async fn a_view_has_the_tables_indexes_and_positions_of_the_book() {
    let mut book = TestBook::new().await;
    book.record(busy(3, 10)).await;
    rebuilder(&book).view(&name("early"), 20, &tester()).await.unwrap();
    let schema = view_schema(&book.schema, &name("early"));
    let own: Vec<(String, i64)> =
        sqlx::query_as(&format!("SELECT name, position FROM {schema}.projections ORDER BY name"))
            .fetch_all(&book.pool)
            .await
            .unwrap();
    let mut expected: Vec<(String, i64)> = every().iter().map(|one| (one.name.to_owned(), 20)).collect();
    expected.sort();
    assert_eq!(own, expected);
    for table in READ_TABLES.into_iter().chain(["projections"]) {
        let mut indexes = Vec::new();
        for of in [&book.schema, &schema] {
            let found: Vec<String> = sqlx::query_scalar(
                "SELECT indexname::text FROM pg_indexes WHERE schemaname = $1 AND tablename = $2 ORDER BY 1",
            )
            .bind(of)
            .bind(table)
            .fetch_all(&book.pool)
            .await
            .unwrap();
            indexes.push(found);
        }
        assert_eq!(indexes[0], indexes[1], "{table}");
        assert!(!indexes[0].is_empty(), "{table}");
    }
}

#[tokio::test]
async fn views_are_listed_and_dropped() {
    let mut book = TestBook::new().await;
    let head = book.record(busy(2, 5)).await;
    assert_eq!(views(&book.pool, &book.schema).await.unwrap(), []);
    rebuilder(&book).view(&name("b_nothing"), 0, &tester()).await.unwrap();
    rebuilder(&book).view(&name("a_all"), head, &tester()).await.unwrap();
    let listed = views(&book.pool, &book.schema).await.unwrap();
    let told: Vec<_> = listed.iter().map(|view| (view.name.as_str(), view.position)).collect();
    assert_eq!(told, [("a_all", head), ("b_nothing", 0)]);
    assert!(listed.iter().all(|view| view.made_by == "user:tester" && view.bytes > 0));
    assert!(listed[0].recorded_at.is_some() && listed[1].recorded_at.is_none());

    drop_view(&book.pool, &book.schema, &name("a_all")).await.unwrap();
    let unknown = drop_view(&book.pool, &book.schema, &name("a_all")).await.unwrap_err();
    assert!(matches!(unknown, ViewError::Unknown { .. }), "{unknown}");
    assert_eq!(views(&book.pool, &book.schema).await.unwrap().len(), 1);
    assert_eq!(schemas(&book).await, [format!("{}__view_b_nothing", book.schema)]);
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    let mut book = TestBook::new().await;
    let head = book.record(busy(2, 5)).await;
    let made = |at| {
        let rebuilder = rebuilder(&book);
        async move { rebuilder.view(&name("x"), at, &tester()).await }
    };
    let refused = made(head + 1).await.unwrap_err();
    assert!(matches!(refused, ViewError::NotYet { .. }), "{refused}");
    book.pool.execute(format!("CREATE SCHEMA {}__view_x", book.schema).as_str()).await.unwrap();
    let refused = made(1).await.unwrap_err();
    assert!(matches!(refused, ViewError::SchemaTaken { .. }), "{refused}");
    assert_eq!(schemas(&book).await.len(), 1, "a schema that is not ours stays");
    book.pool.execute(format!("DROP SCHEMA {}__view_x", book.schema).as_str()).await.unwrap();

    made(1).await.unwrap();
    let refused = made(2).await.unwrap_err();
    assert!(matches!(refused, ViewError::AlreadyThere { .. }), "{refused}");
    assert_eq!(views(&book.pool, &book.schema).await.unwrap()[0].position, 1);

    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let stopped = Rebuilder::new(book.pool.clone(), &book.schema, cancelled);
    stopped.view(&name("y"), head, &tester()).await.unwrap_err();
    let poisoned = book.record_poison("wallet").await;
    rebuilder(&book).view(&name("z"), poisoned, &tester()).await.unwrap_err();
    assert_eq!(schemas(&book).await, [format!("{}__view_x", book.schema)]);
}

#[tokio::test]
async fn a_view_that_is_half_made_is_not_shown_and_is_swept() {
    let mut book = TestBook::new().await;
    book.record(busy(2, 5)).await;
    for view in ["whole", "half", "moved"] {
        rebuilder(&book).view(&name(view), 5, &tester()).await.unwrap();
    }
    // As a process leaves it that dies before the end, and as a dump of the book alone brings it.
    book.pool.execute("UPDATE views SET made_at = NULL WHERE name = 'half'").await.unwrap();
    book.pool.execute(format!("DROP SCHEMA {}__view_moved CASCADE", book.schema).as_str()).await.unwrap();
    let shown = views(&book.pool, &book.schema).await.unwrap();
    assert_eq!(shown.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), ["whole"]);

    // The maker holds this as long as it lives.
    let mut maker = book.pool.acquire().await.unwrap();
    let lock =
        |what: &str| format!("SELECT {what}(hashtext('rebuild of {}'), hashtext('view half'))", book.schema);
    maker.execute(lock("pg_advisory_lock").as_str()).await.unwrap();
    assert_eq!(sweep_views(&book.pool, &book.schema).await.unwrap(), 1, "the one being made is left alone");
    maker.execute(lock("pg_advisory_unlock").as_str()).await.unwrap();
    assert_eq!(sweep_views(&book.pool, &book.schema).await.unwrap(), 1);
    assert_eq!(schemas(&book).await, [format!("{}__view_whole", book.schema)]);
}

#[tokio::test]
async fn a_moment_is_the_last_position_recorded_by_then() {
    let mut book = TestBook::new().await;
    book.record(busy(2, 5)).await;
    // Recorded a second apart, some of them at the same moment as the one before.
    let mut owner = book.pool.acquire().await.unwrap();
    owner
        .execute("ALTER TABLE events DISABLE TRIGGER ALL; GRANT UPDATE ON events TO CURRENT_USER")
        .await
        .unwrap();
    owner
        .execute("UPDATE events SET recorded_at = timestamptz '2026-03-02 01:00:00Z' + position / 3 * interval '1 second'")
        .await
        .unwrap();
    let begin: chrono::DateTime<chrono::Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
    let head = i64::try_from(book.head()).unwrap();
    for milliseconds in (-1000..(head / 3 + 2) * 1000).step_by(500) {
        let moment = begin + chrono::TimeDelta::milliseconds(milliseconds);
        let found = journal::position_at(&book.pool, moment).await.unwrap();
        let expected: Option<i64> =
            sqlx::query_scalar("SELECT max(position) FROM events WHERE recorded_at <= $1")
                .bind(moment)
                .fetch_one(&book.pool)
                .await
                .unwrap();
        assert_eq!(i64::try_from(found).unwrap(), expected.unwrap_or(0), "{moment}");
    }
}
