//! Rebuilds as a running projector sees to them, on a real PostgreSQL: what was asked for, what dead processes left,
//! and tables of an older version.

#![allow(clippy::disallowed_methods, reason = "tests make their own ids")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::num::NonZeroU64;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use support::TestBook;
use support::history::{busy, day, deposited, money, wallet_of};
use support::rebuilding::{all_are_one_version_newer, folded, names, only, projecting};
use tallybook_projector::{
    Asked, NewRebuild, ProjectorSettings, RebuildError, RebuildRecord, RebuildRequest, RebuildState,
    Rebuilder, cancel_rebuild, every, list_rebuilds, request_rebuild,
};
use tallybook_read_models::fold::Sample;
use tokio_util::sync::CancellationToken;

fn rebuilder(book: &TestBook) -> Rebuilder {
    Rebuilder::new(book.pool.clone(), &book.schema, CancellationToken::new())
}

async fn records(book: &TestBook) -> Vec<RebuildRecord> {
    list_rebuilds(&book.pool, None, None, 100).await.unwrap()
}

/// Tables in the making.
async fn half_made(book: &TestBook) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname LIKE $1 || '\\_\\_run%'")
        .bind(&book.schema)
        .fetch_one(&book.pool)
        .await
        .unwrap()
}

/// Looks again until it is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not within half a minute");
}

/// Keeps everybody from the journal until it is dropped.
async fn hold_the_journal(book: &TestBook) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut holding = book.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE events IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    holding
}

fn asked(projection: &'static str) -> NewRebuild<'static> {
    let (id, request) = (uuid::Uuid::now_v7(), RebuildRequest::default());
    NewRebuild { id, projection, request, by: "user:tester" }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_each_rebuild_ended_is_written_down() {
    let book = folded(busy(3, 4)).await;
    let tester = "user:tester".parse().unwrap();
    rebuilder(&book).wanted_by(&tester).rebuild(&every(), RebuildRequest::default()).await.unwrap();
    let written = records(&book).await;
    assert_eq!(written.len(), every().len());
    for record in &written {
        assert_eq!((record.state, record.requested_by.as_str()), (RebuildState::Swapped, "user:tester"));
        assert_eq!(record.progress.as_ref().unwrap()["percent"], 100);
        assert!(record.error.is_none() && record.started_at.is_some() && record.finished_at.is_some());
    }

    sqlx::query("DELETE FROM wallets WHERE id = 'C00001.CNY'").execute(&book.pool).await.unwrap();
    let expect_equal = RebuildRequest { dry_run: false, expect_equal: true };
    let two = [only("customers"), only("wallets")].concat();
    rebuilder(&book).rebuild(&two, expect_equal).await.unwrap_err();
    let written = records(&book).await;
    let of = |name: &str| written[..2].iter().find(|record| record.projection == name).unwrap();
    assert_eq!(of("wallets").state, RebuildState::Failed);
    assert_eq!(of("wallets").report.as_ref().unwrap()["differences"][0]["added"], 1);
    assert_eq!((of("customers").state, &of("customers").report), (RebuildState::Failed, &None));

    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let rebuilder = Rebuilder::new(book.pool.clone(), &book.schema, cancelled);
    assert!(
        rebuilder
            .rebuild(&only("wallets"), RebuildRequest::default())
            .await
            .unwrap_err()
            .cause
            .is_cancelled()
    );
    assert_eq!(records(&book).await[0].state, RebuildState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_rebuild_left_is_cleared_up_at_the_next_start() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let rebuilder = rebuilder(&book);
    let killed = tokio::spawn(async move { rebuilder.rebuild(&every(), RebuildRequest::default()).await });
    until("it has begun", async || half_made(&book).await > 0).await;
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    holding.rollback().await.unwrap();
    assert!(half_made(&book).await > 0);
    assert!(records(&book).await.iter().all(|record| record.state == RebuildState::Running));

    let running = projecting(&book);
    until("it is cleared up", async || {
        half_made(&book).await == 0
            && records(&book).await.iter().all(|record| record.state == RebuildState::Failed)
    })
    .await;
    running.stop().await;
    assert_eq!(records(&book).await[0].error.as_deref(), Some("its process ended"));
    assert_eq!(book.tables().await, before);
}

/// What lives in another process has its lock, and is left alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_alive_is_not_cleared_up() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let alive = rebuilder(&book);
    let alive = tokio::spawn(async move { alive.rebuild(&only("wallets"), RebuildRequest::default()).await });
    until("it has begun", async || half_made(&book).await > 0).await;
    let running = projecting(&book);
    let refused =
        *rebuilder(&book).rebuild(&only("wallets"), RebuildRequest::default()).await.unwrap_err().cause;
    assert!(matches!(refused, RebuildError::UnderWay { .. }), "{refused}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(half_made(&book).await, 1);
    assert_eq!(records(&book).await[0].state, RebuildState::Running);
    holding.rollback().await.unwrap();
    assert!(alive.await.unwrap().unwrap()[0].swapped);
    running.stop().await;
    assert_eq!(records(&book).await[0].state, RebuildState::Swapped);
}

/// As the program that is to come would find the tables of this one.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_an_older_version_serve_until_they_are_rebuilt() {
    let mut book = folded(busy(3, 4)).await;
    let older = "UPDATE projections SET version = version - 1 WHERE name = 'wallets'";
    sqlx::query(older).execute(&book.pool).await.unwrap();
    sqlx::query("UPDATE wallets SET created_by = 'an older fold'").execute(&book.pool).await.unwrap();
    let left_at = book.head();
    let serving = "SELECT count(*) FROM wallets WHERE created_by = 'an older fold'";
    let old_rows = async || -> i64 { sqlx::query_scalar(serving).fetch_one(&book.pool).await.unwrap() };
    let rows = old_rows().await;
    assert!(rows > 0);
    // As long as somebody works on the projection, its rebuild waits.
    let mut working = PgConnection::connect_with(&book.pool.connect_options()).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(hashtext($1), hashtext('wallets'))")
        .bind(format!("rebuild of {}", book.schema))
        .execute(&mut working)
        .await
        .unwrap();

    let running = projecting(&book);
    book.record([deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"))]).await;
    book.caught_up(&names().into_iter().filter(|name| *name != "wallets").collect::<Vec<_>>()).await;
    until("it is asked for", async || !records(&book).await.is_empty()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let old_rows = async || -> i64 { sqlx::query_scalar(serving).fetch_one(&book.pool).await.unwrap() };
    assert_eq!(old_rows().await, rows, "the old table serves");
    assert_eq!(book.position("wallets").await, left_at, "and the new fold does not write to it");

    working.close().await.unwrap();
    book.caught_up(&["wallets"]).await;
    running.stop().await;
    assert_eq!(old_rows().await, 0);
    let record = records(&book).await.remove(0);
    assert_eq!((record.state, record.requested_by.as_str()), (RebuildState::Swapped, "system:projector"));
    assert_eq!(book.status("wallets").await.version, only("wallets")[0].version);
    let verified = rebuilder(&book).verify(&every()).await.unwrap();
    assert!(verified.iter().all(tallybook_projector::Verification::is_equal));
}

/// An older program must not undo what a newer one has done.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_a_newer_version_are_left_alone() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    sqlx::query("UPDATE projections SET version = version + 1").execute(&book.pool).await.unwrap();
    let running = projecting(&book);
    let other = asked("wallets");
    request_rebuild(&book.pool, other).await.unwrap();
    let refused =
        *rebuilder(&book).rebuild(&only("deposits"), RebuildRequest::default()).await.unwrap_err().cause;
    assert!(matches!(refused, RebuildError::NewerVersion { made: 2, .. }), "{refused}");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    running.stop().await;
    let written = records(&book).await;
    assert_eq!(written.len(), 1, "nobody asked for another: {written:?}");
    assert_eq!(written[0].state, RebuildState::Requested, "it waits for a program of that version");
    assert!(all_are_one_version_newer(&book).await);
    assert_eq!(book.tables().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_done_once_by_whichever_projector_comes() {
    let book = folded(busy(3, 4)).await;
    let wanted = [asked("wallets"), asked("deposits"), asked("customers")];
    for new in wanted {
        assert!(matches!(request_rebuild(&book.pool, new).await.unwrap(), Asked::Now(_)));
        assert!(matches!(request_rebuild(&book.pool, new).await.unwrap(), Asked::Before(_)));
    }
    let second = request_rebuild(&book.pool, asked("wallets")).await.unwrap_err();
    assert!(matches!(second, RebuildError::UnderWay { .. }), "{second}");
    let dropped = cancel_rebuild(&book.pool, wanted[2].id).await.unwrap().unwrap();
    assert_eq!(dropped.state, RebuildState::Cancelled);
    let projectors = [projecting(&book), projecting(&book), projecting(&book)];
    until("all is done", async || records(&book).await.iter().all(|record| record.state.is_over())).await;
    for projector in projectors {
        projector.stop().await;
    }
    let ended: Vec<_> =
        records(&book).await.into_iter().rev().map(|record| (record.projection, record.state)).collect();
    let expected = [
        ("wallets", RebuildState::Swapped),
        ("deposits", RebuildState::Swapped),
        ("customers", RebuildState::Cancelled),
    ];
    assert_eq!(ended, expected.map(|(name, state)| (name.to_owned(), state)));
}

fn soon_far_behind() -> ProjectorSettings {
    ProjectorSettings { rebuild_when_behind: 20, page_size: 1, ..ProjectorSettings::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_far_behind_is_rebuilt() {
    let events = busy(7, 12);
    let expected = folded(events.clone()).await.tables().await;
    let mut book = TestBook::new().await;
    book.record(events).await;
    // Nothing is folded before it is seen how far behind it is.
    let holding = hold_the_journal(&book).await;
    let running = book.project(every(), soon_far_behind());
    until("all are being rebuilt", async || records(&book).await.len() == every().len()).await;
    holding.rollback().await.unwrap();
    book.caught_up(&names()).await;
    until("all rebuilds are over", async || records(&book).await.iter().all(|record| record.state.is_over()))
        .await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
    for record in records(&book).await {
        assert_eq!((record.state, record.requested_by.as_str()), (RebuildState::Swapped, "system:projector"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projectors_far_behind_do_not_both_rebuild() {
    let events = busy(7, 12);
    let expected = folded(events.clone()).await.tables().await;
    let mut book = TestBook::new().await;
    book.record(events).await;
    let projectors = [book.project(every(), soon_far_behind()), book.project(every(), soon_far_behind())];
    book.caught_up(&names()).await;
    until("all rebuilds are over", async || records(&book).await.iter().all(|record| record.state.is_over()))
        .await;
    for projector in projectors {
        projector.stop().await;
    }
    assert_eq!(book.tables().await, expected);
    let mut rebuilt: Vec<_> = records(&book).await.into_iter().map(|record| record.projection).collect();
    rebuilt.sort();
    let records = rebuilt.len();
    rebuilt.dedup();
    assert_eq!(rebuilt.len(), records, "each at most once");
}

/// A dump may read for hours.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_dump_is_in_the_way_of_the_swap_what_is_far_behind_is_caught_up_with() {
    let events = busy(7, 12);
    let expected = folded(events.clone()).await.tables().await;
    let mut book = TestBook::new().await;
    book.record(events).await;
    let mut dump = book.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.unwrap();
    sqlx::query("SELECT count(*) FROM wallets, ledger_lines").execute(&mut *dump).await.unwrap();
    let holding = hold_the_journal(&book).await;
    let running = book.project(every(), soon_far_behind());
    until("all are being rebuilt", async || records(&book).await.len() == every().len()).await;
    holding.rollback().await.unwrap();
    book.caught_up(&names()).await;
    let over = async || records(&book).await.iter().all(|record| record.state.is_over());
    assert!(!over().await, "the wallets wait for the dump");
    assert_eq!(book.tables().await, expected);
    dump.rollback().await.unwrap();
    until("all rebuilds are over", over).await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
    assert!(records(&book).await.iter().all(|record| record.state == RebuildState::Swapped));
}

/// Half of a journal is caught up with sooner than all of it is folded again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_so_far_behind_is_caught_up_with() {
    let events = busy(7, 12);
    let (most, rest) = events.split_at(events.len() * 2 / 3);
    let mut book = folded(most.to_vec()).await;
    book.record(rest.to_vec()).await;
    let running = book.project(every(), soon_far_behind());
    book.caught_up(&names()).await;
    running.stop().await;
    assert_eq!(records(&book).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_fails_leaves_what_is_far_behind_to_be_caught_up_with() {
    let events = busy(7, 12);
    let mut book = TestBook::new().await;
    let last = book.record(events).await;
    let poisoned = book.record_poison("wallet").await;
    let holding = hold_the_journal(&book).await;
    let running = book.project(every(), soon_far_behind());
    until("all are being rebuilt", async || records(&book).await.len() == every().len()).await;
    holding.rollback().await.unwrap();
    until("it has come to the poison", async || {
        book.position("wallets").await == last
            && book.status("wallets").await.error_position == Some(poisoned)
    })
    .await;
    let written = records(&book).await;
    assert_eq!(written.len(), every().len(), "it is tried once");
    assert!(written.iter().all(|record| record.state == RebuildState::Failed), "{written:?}");
    running.stop().await;
}

/// Rows and differences of a projection, in all samples together.
async fn sampled(book: &TestBook, name: &str) -> (u64, u64) {
    let first = Sample::new(NonZeroU64::new(3).unwrap(), 0);
    let (mut rows, mut differences) = (0, 0);
    for sample in [first, first.next(), first.next().next()] {
        let going = CancellationToken::new();
        let found = only(name)[0].sampled(&book.pool, sample, &going).await.unwrap().unwrap();
        assert_eq!(found.position, book.position(name).await);
        rows += found.rows;
        differences += found.differences;
    }
    (rows, differences)
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_together_are_all_rows_and_find_every_one_that_differs() {
    let book = folded(busy(3, 4)).await;
    let rows = async |table: &str| -> u64 {
        let count = format!("SELECT count(*) FROM {table}");
        let count: i64 = sqlx::query_scalar(&count).fetch_one(&book.pool).await.unwrap();
        count.unsigned_abs()
    };
    let ledger = rows("ledger_lines").await + rows("ledger_days").await;
    assert_eq!(sampled(&book, "general_ledger").await, (ledger, 0));
    for projection in every() {
        assert_eq!(sampled(&book, projection.name).await.1, 0, "{}", projection.name);
    }
    let wallets = rows("wallets").await;
    for tampering in [
        "UPDATE wallets SET created_by = 'x' WHERE id = 'C00001.CNY'",
        "DELETE FROM wallets WHERE id = 'C00002.CNY'",
        "UPDATE ledger_lines SET recorded_by = 'x' WHERE position = (SELECT min(position) FROM ledger_lines) AND posting = 1",
    ] {
        assert_eq!(
            sqlx::query(tampering).execute(&book.pool).await.unwrap().rows_affected(),
            1,
            "{tampering}"
        );
    }
    assert_eq!(sampled(&book, "wallets").await, (wallets, 2));
    // A row without a key is another one when anything of it differs.
    assert_eq!(sampled(&book, "general_ledger").await, (ledger + 1, 2));
    sqlx::query("UPDATE projections SET version = version + 1").execute(&book.pool).await.unwrap();
    let sample = Sample::new(NonZeroU64::MIN, 0);
    let other = only("wallets")[0].sampled(&book.pool, sample, &CancellationToken::new()).await.unwrap();
    assert_eq!(other, None, "tables of another version are another fold's");
}
