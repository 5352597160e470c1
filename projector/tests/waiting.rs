//! Swapping on a real PostgreSQL while others use the tables, or fail: what waits, what is told, what is written down.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use support::TestBook;
use support::history::{busy, day, deposited, money, wallet_of};
use support::rebuilding::{
    EXPECT_EQUAL, REBUILD, finds_nothing, folded, leftovers, names, only, projecting, rebuilder,
};
use tallybook_projector::{
    EndState, Phase, Progress, ProgressReport, RebuildError, RebuildState, Unfinished, list_rebuilds,
};

/// As a dump does: one transaction over a table, for long. With its process.
async fn long_reader(book: &TestBook, table: &str) -> (PgConnection, i32) {
    let options = book.pool.connect_options().as_ref().clone().application_name("pg_dump");
    let mut reader = PgConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query(&format!("LOCK TABLE {table} IN ACCESS SHARE MODE")).execute(&mut reader).await.unwrap();
    let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut reader).await.unwrap();
    (reader, pid)
}

async fn waits(progress: &Progress) -> ProgressReport {
    for _ in 0..1000 {
        let report = progress.report();
        if report.phase == Phase::WaitingToSwap && !report.waits_for.is_empty() {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not wait: {:?}", progress.report());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_waits_for_a_dump_and_names_it() {
    let mut book = folded(busy(3, 4)).await;
    let running = projecting(&book);
    let (mut dump, pid) = long_reader(&book, "wallets").await;
    let rebuilder = rebuilder(&book);
    let progress = rebuilder.progress.clone();
    let under_way = tokio::spawn(async move { rebuilder.rebuild(&only("wallets"), REBUILD).await });
    let report = waits(&progress).await;
    let [blocker] = &report.waits_for[..] else { panic!("{report:?}") };
    assert_eq!((blocker.pid, blocker.application_name.as_deref()), (Some(pid), Some("pg_dump")));
    assert!(blocker.since.is_some() && blocker.query_started_at >= blocker.since, "{blocker:?}");

    // The new tables follow, and nobody queues behind a swap that cannot be.
    let more = deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"));
    book.record([more]).await;
    book.caught_up(&["wallets"]).await;
    let schema = leftovers(&book).await.remove(0);
    let newest = format!("SELECT max(updated_position) FROM {schema}");
    for look in 0.. {
        let last: Option<i64> = sqlx::query_scalar(&newest).fetch_one(&book.pool).await.unwrap();
        if last.unwrap().unsigned_abs() == book.head() {
            break;
        }
        assert!(look < 500, "the new tables do not follow");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..150 {
        let queued: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'wallets'::regclass",
        )
        .fetch_one(&book.pool)
        .await
        .unwrap();
        assert_eq!(queued, 0);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let shown = book.status("wallets").await.rebuild.unwrap();
    assert_eq!((shown.phase, shown.waits_for[0].pid), (Phase::WaitingToSwap, Some(pid)));
    let written = list_rebuilds(&book.pool, Some("wallets"), None, 1).await.unwrap().remove(0);
    assert_eq!(written.progress.unwrap()["waits_for"][0]["application_name"], "pg_dump");

    sqlx::query("COMMIT").execute(&mut dump).await.unwrap();
    assert!(under_way.await.unwrap().unwrap()[0].swapped);
    book.caught_up(&names()).await;
    running.stop().await;
    assert!(book.status("wallets").await.rebuild.is_none());
    assert!(finds_nothing(&book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_can_be_cancelled_and_a_return_waits_too() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap();
    let (mut dump, pid) = long_reader(&book, "wallets").await;
    let waiting = rebuilder(&book);
    let (progress, cancelled) = (waiting.progress.clone(), waiting.cancelled.clone());
    let under_way = tokio::spawn(async move { waiting.rebuild(&only("wallets"), REBUILD).await });
    waits(&progress).await;
    cancelled.cancel();
    let Unfinished { cause, endings } = under_way.await.unwrap().unwrap_err();
    assert!(cause.is_cancelled(), "{cause}");
    assert_eq!(endings[0].state, EndState::Cancelled);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());

    let waiting = rebuilder(&book);
    let progress = waiting.progress.clone();
    let under_way = tokio::spawn(async move { waiting.back(only("wallets")[0]).await });
    assert_eq!(waits(&progress).await.waits_for[0].pid, Some(pid));
    sqlx::query("COMMIT").execute(&mut dump).await.unwrap();
    assert!(under_way.await.unwrap().unwrap().swapped);
    assert_eq!(book.tables().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_each_of_several_is_told() {
    let book = folded(busy(3, 4)).await;
    let three = ["customers", "wallets", "deposits"].map(|name| only(name)[0]);
    let (mut dump, _) = long_reader(&book, "wallets").await;
    let waiting = rebuilder(&book);
    let progress = waiting.progress.clone();
    let under_way = tokio::spawn(async move { waiting.rebuild(&three, REBUILD).await });
    waits(&progress).await;
    lose_lock(&book, "wallets").await;
    sqlx::query("COMMIT").execute(&mut dump).await.unwrap();
    let Unfinished { cause, mut endings } = under_way.await.unwrap().unwrap_err();
    assert!(matches!(*cause, RebuildError::LockLost { ref name } if name == "wallets"), "{cause}");
    endings.sort_by(|a, b| a.projection.cmp(&b.projection));
    let told: Vec<_> = endings.iter().map(|ending| (ending.projection.as_str(), ending.state)).collect();
    let swapped = EndState::Swapped;
    assert_eq!(told, [("customers", swapped), ("deposits", swapped), ("wallets", EndState::Failed)]);
    assert!(endings[2].error.as_ref().unwrap().contains("lock"));
    assert_eq!((endings[0].position, endings[2].position), (Some(book.head()), None));
    let written = list_rebuilds(&book.pool, None, None, 3).await.unwrap();
    assert!(written.iter().all(|record| record.run.is_some() && record.run == written[0].run));

    sqlx::query("DELETE FROM wallets WHERE id = 'C00001.CNY'").execute(&book.pool).await.unwrap();
    let Unfinished { endings, .. } = rebuilder(&book).rebuild(&three, EXPECT_EQUAL).await.unwrap_err();
    let told: Vec<_> = endings.iter().map(|ending| ending.state).collect();
    assert_eq!(told, [EndState::NotBegun, EndState::Failed, EndState::NotBegun]);
    assert_eq!(endings[1].differences.as_ref().unwrap()[0].added, 1);
}

async fn lose_lock(book: &TestBook, name: &str) {
    let ended: Vec<bool> = sqlx::query_scalar(
        "SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND classid = hashtext('rebuild of ' || $1)::oid AND objid = hashtext($2)::oid",
    )
    .bind(&book.schema)
    .bind(name)
    .fetch_all(&book.pool)
    .await
    .unwrap();
    assert_eq!(ended, [true]);
}

/// A process that dies right after the swap has written it down, or there was none.
#[tokio::test(flavor = "multi_thread")]
async fn a_swap_and_its_record_are_one() {
    let book = folded(busy(3, 4)).await;
    sqlx::query("UPDATE wallets SET created_by = 'before'").execute(&book.pool).await.unwrap();
    let before = book.tables().await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                      $$ BEGIN RAISE EXCEPTION 'no record of it'; END $$;
                  CREATE TRIGGER refuse BEFORE UPDATE ON rebuilds FOR EACH ROW WHEN (NEW.state = 'swapped')
                      EXECUTE FUNCTION refuse()";
    sqlx::raw_sql(refuse).execute(&book.pool).await.unwrap();
    let Unfinished { cause, .. } = rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap_err();
    assert!(cause.to_string().contains("no record of it"), "{cause}");
    assert_eq!(book.tables().await, before, "nothing was swapped");
    let written = list_rebuilds(&book.pool, None, None, 1).await.unwrap().remove(0);
    assert_eq!(written.state, RebuildState::Failed);
    // Whoever was given up must not swap either.
    sqlx::raw_sql("DROP TRIGGER refuse ON rebuilds").execute(&book.pool).await.unwrap();
    let (mut dump, _) = long_reader(&book, "wallets").await;
    let waiting = rebuilder(&book);
    let progress = waiting.progress.clone();
    let under_way = tokio::spawn(async move { waiting.rebuild(&only("wallets"), REBUILD).await });
    waits(&progress).await;
    let given_up = "UPDATE rebuilds SET state = 'failed', finished_at = now() WHERE state = 'running'";
    sqlx::query(given_up).execute(&book.pool).await.unwrap();
    sqlx::query("COMMIT").execute(&mut dump).await.unwrap();
    let Unfinished { cause, .. } = under_way.await.unwrap().unwrap_err();
    assert!(matches!(*cause, RebuildError::LockLost { .. }), "{cause}");
    assert_eq!(book.tables().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_in_the_list_of_rebuilds() {
    let mut book = folded(busy(3, 4)).await;
    let left_at = book.head();
    rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap();
    book.record([deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"))]).await;
    support::rebuilding::fold(&book).await;
    let tester = "user:tester".parse().unwrap();
    rebuilder(&book).wanted_by(&tester).back(only("wallets")[0]).await.unwrap();
    let written = list_rebuilds(&book.pool, Some("wallets"), None, 9).await.unwrap();
    assert_eq!(written.iter().map(|record| record.back).collect::<Vec<_>>(), [true, false]);
    let record = &written[0];
    assert_eq!((record.state, record.requested_by.as_str()), (RebuildState::Swapped, "user:tester"));
    let report = record.report.as_ref().unwrap();
    assert_eq!((&report["position"], &report["replaced_position"]), (&left_at.into(), &book.head().into()));
    // One that is refused is there as well.
    rebuilder(&book).back(only("deposits")[0]).await.unwrap_err();
    let refused = list_rebuilds(&book.pool, Some("deposits"), None, 9).await.unwrap().remove(0);
    assert_eq!((refused.state, refused.back), (RebuildState::Failed, true));
    let all = [only("wallets"), only("deposits"), only("customers")].concat();
    let Unfinished { endings, .. } = rebuilder(&book).back_all(&all).await.unwrap_err();
    let told: Vec<_> = endings.iter().map(|ending| ending.state).collect();
    assert_eq!(told, [EndState::Swapped, EndState::Failed, EndState::NotBegun]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_over_the_tables_is_named() {
    let book = folded(busy(3, 4)).await;
    let other = format!("others_{}", book.schema);
    let made = format!(
        "CREATE SCHEMA {other}; CREATE VIEW {other}.balances AS SELECT id, balance FROM wallets;
         CREATE MATERIALIZED VIEW {other}.sums AS SELECT sum(balance) FROM wallets;
         CREATE TABLE {other}.notes (wallet text COLLATE \"C\" CONSTRAINT of REFERENCES wallets (id))"
    );
    sqlx::raw_sql(&made).execute(&book.pool).await.unwrap();
    let expected = [
        format!("materialized view {other}.sums"),
        format!("table constraint of on {other}.notes"),
        format!("view {other}.balances"),
    ];
    let all = [only("customers"), only("wallets")].concat();
    let outcomes = rebuilder(&book).rebuild(&all, REBUILD).await.unwrap();
    let told = outcomes.iter().find(|outcome| outcome.projection == "wallets").unwrap();
    assert_eq!(told.dependents, expected);
    let untouched = outcomes.iter().find(|outcome| outcome.projection == "customers").unwrap();
    assert_eq!(untouched.dependents, Vec::<String>::new(), "its own keys and indexes are none");
    let written = list_rebuilds(&book.pool, Some("wallets"), None, 1).await.unwrap().remove(0);
    assert_eq!(written.report.unwrap()["dependents"], serde_json::json!(expected));

    // They keep the replaced tables from being dropped, which is found out before the journal is folded.
    let Unfinished { cause, .. } = rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap_err();
    assert!(matches!(*cause, RebuildError::KeptByOthers { .. }), "{cause}");
    assert!(cause.to_string().contains(&expected[2]), "{cause}");
    assert_eq!(rebuilder(&book).back(only("wallets")[0]).await.unwrap().dependents, Vec::<String>::new());
    sqlx::raw_sql(&format!("DROP SCHEMA {other} CASCADE")).execute(&book.pool).await.unwrap();
    rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap();
}
