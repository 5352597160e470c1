//! Rebuilding on a real PostgreSQL: the new tables are what the journal folds to, and whatever goes wrong, the live
//! ones are as they were.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use support::TestBook;
use support::history::{busy, day, deposited, money, registered, wallet_of};
use support::rebuilding::{
    DRY_RUN, EXPECT_EQUAL, REBUILD, begun, changes_nothing, finds_nothing, fold, folded, hold_the_journal,
    leftovers, names, only, projecting, rebuilder, rebuilding,
};
use tallybook_projector::{RebuildError, Rebuilder, TableDifference, every};
use tallybook_read_models::deposits::{WalletFilter, list_wallets};
use tallybook_read_models::{Paging, Sort};
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_under_writes_and_reads_equals_the_fold() {
    let events = busy(7, 30);
    let expected = folded(events.clone()).await.tables().await;
    let mut book = TestBook::new().await;
    let running = projecting(&book);
    let (before, during) = events.split_at(events.len() / 3);
    book.record(before.iter().cloned()).await;
    book.caught_up(&names()).await;
    let rebuilder = rebuilder(&book);
    let pool = book.pool.clone();
    let finished = CancellationToken::new();
    let rebuilding = async {
        for _ in 0..3 {
            let outcomes = rebuilder.rebuild(&every(), EXPECT_EQUAL).await.unwrap();
            assert!(outcomes.iter().all(|outcome| outcome.swapped));
            assert!(changes_nothing(&outcomes));
        }
        finished.cancel();
    };
    let writing = async {
        for some in during.chunks(9) {
            book.record(some.iter().cloned()).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let reading = async {
        let mut last = 0;
        while !finished.is_cancelled() {
            let page = list_wallets(
                &pool,
                &WalletFilter::default(),
                Sort::default(),
                &Paging::new(Some(500), None).unwrap(),
            )
            .await
            .unwrap();
            assert!(page.position >= last, "no answer goes back in time");
            last = page.position;
        }
    };
    tokio::join!(rebuilding, writing, reading);
    book.caught_up(&names()).await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
    assert!(finds_nothing(&book).await);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_tables_have_the_same_indexes_and_keys() {
    let book = folded(busy(3, 4)).await;
    let before = definitions(&book).await;
    rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap();
    assert_eq!(definitions(&book).await, before);
}

/// What the tables are, but for their rows.
async fn definitions(book: &TestBook) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT c.relname || ' ' || c.relowner::regrole || ' ' || coalesce(c.reloptions::text, '') || ' '
                || coalesce(pg_get_indexdef(c.oid), '') || ' '
                || coalesce((SELECT string_agg(conname || pg_get_constraintdef(o.oid), ' ' ORDER BY conname)
                               FROM pg_constraint AS o WHERE conrelid = c.oid), '') || ' '
                || coalesce((SELECT string_agg(attname || atttypid || attnotnull || attstorage::text, ' ' ORDER BY attnum)
                               FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0), '')
           FROM pg_class AS c
          WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'i', 'p') ORDER BY 1",
    )
    .bind(&book.schema)
    .fetch_all(&book.pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tampered_rows_are_told_refused_and_mended() {
    let book = folded(busy(4, 5)).await;
    let right = book.tables().await;
    let tamper = [
        "UPDATE wallets SET balance = balance + 7, available = available + 7 WHERE id = 'C00001.CNY'",
        "DELETE FROM wallets WHERE id = 'C00002.CNY'",
        "INSERT INTO wallets SELECT (w).* FROM (SELECT json_populate_record(w, '{\"id\": \"C00009.CNY\"}') AS w
           FROM wallets AS w WHERE id = 'C00003.CNY') AS more",
    ];
    for statement in tamper {
        assert_eq!(
            sqlx::query(statement).execute(&book.pool).await.unwrap().rows_affected(),
            1,
            "{statement}"
        );
    }
    let tampered = book.tables().await;

    let verified = rebuilder(&book).verify(&only("wallets")).await.unwrap();
    let rows: Vec<_> =
        verified[0].rows.iter().map(|row| (row.live.is_some(), row.folded.is_some())).collect();
    assert_eq!(rows, [(true, true), (false, true), (true, false)]);

    let refused = *rebuilder(&book).rebuild(&only("wallets"), EXPECT_EQUAL).await.unwrap_err().cause;
    let RebuildError::Different { name, differences, .. } = refused else { panic!("{refused}") };
    let counts = |of: &TableDifference| (of.added, of.removed, of.changed);
    assert_eq!((name.as_str(), counts(&differences[0])), ("wallets", (1, 1, 1)));
    assert!(differences[0].money["CNY"].contains_key("balance"));
    assert_eq!(book.tables().await, tampered, "a refused rebuild changes nothing");

    let outcome = rebuilder(&book).rebuild(&only("wallets"), DRY_RUN).await.unwrap().remove(0);
    assert!(!outcome.swapped);
    assert_eq!(counts(&outcome.differences.unwrap()[0]), (1, 1, 1));
    assert_eq!(book.tables().await, tampered, "nor does a dry run");

    let outcome = rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap().remove(0);
    assert!(outcome.swapped);
    assert_eq!(book.tables().await, right);
    assert!(finds_nothing(&book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_were_thrown_away_come_back() {
    let mut book = folded(busy(4, 5)).await;
    let (definitions_before, tables_before) = (definitions(&book).await, book.tables().await);
    for table in ["wallets", "withdrawals", "ledger_days"] {
        sqlx::query(&format!("DROP TABLE {table}")).execute(&book.pool).await.unwrap();
    }
    for what in [DRY_RUN, EXPECT_EQUAL] {
        let refused = *rebuilder(&book).rebuild(&every(), what).await.unwrap_err().cause;
        assert!(
            matches!(&refused, RebuildError::Missing { tables, .. } if tables == &["wallets"]),
            "{refused}"
        );
    }
    let refused = rebuilder(&book).verify(&only("withdrawals")).await.unwrap_err();
    assert!(
        matches!(&refused, RebuildError::Missing { tables, .. } if tables == &["withdrawals"]),
        "{refused}"
    );

    let outcomes = rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.swapped && outcome.position == book.head()));
    assert_eq!(book.tables().await, tables_before);
    assert_eq!(definitions(&book).await, definitions_before);
    let models: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_namespace WHERE nspname LIKE $1 || '\\_\\_run%'")
            .bind(&book.schema)
            .fetch_one(&book.pool)
            .await
            .unwrap();
    assert_eq!(models, 0);

    // With people at work, and what goes before it lost as well.
    sqlx::query("DROP TABLE withdrawal_steps").execute(&book.pool).await.unwrap();
    let running = projecting(&book);
    book.record([deposited(&wallet_of(1), money("5.00"), "LATER", day("2026-03-01"))]).await;
    rebuilder(&book).rebuild(&only("withdrawals"), REBUILD).await.unwrap();
    book.caught_up(&names()).await;
    running.stop().await;
    assert!(finds_nothing(&book).await);
    rebuilder(&book).back(only("withdrawals")[0]).await.unwrap();
    fold(&book).await;
    assert!(finds_nothing(&book).await, "what was kept is a fold of the journal, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rebuild_at_the_same_time_is_refused() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let under_way = rebuilding(rebuilder(&book));
    begun(&book).await;
    let refused = *rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap_err().cause;
    assert!(matches!(refused, RebuildError::UnderWay { ref name } if name == "wallets"), "{refused}");
    let refused = rebuilder(&book).back(only("wallets")[0]).await.unwrap_err();
    assert!(matches!(refused, RebuildError::UnderWay { .. }), "{refused}");
    holding.rollback().await.unwrap();
    assert!(under_way.await.unwrap().unwrap().iter().all(|outcome| outcome.swapped));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_rebuild_changes_nothing_and_leaves_nothing() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let cancelled = CancellationToken::new();
    let under_way = rebuilding(Rebuilder::new(book.pool.clone(), &book.schema, cancelled.clone()));
    begun(&book).await;
    cancelled.cancel();
    holding.rollback().await.unwrap();
    let error = *under_way.await.unwrap().unwrap_err().cause;
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(book.tables().await, before);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_loses_its_connections_changes_nothing() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    let holding = hold_the_journal(&book).await;
    let under_way = rebuilding(rebuilder(&book));
    begun(&book).await;
    holding.rollback().await.unwrap();
    for _ in 0..20 {
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE application_name = $1 AND pid <> pg_backend_pid()",
        )
        .bind(&book.schema)
        .execute(&book.pool)
        .await
        .unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let ended = under_way.await.unwrap();
    assert!(ended.is_err(), "{ended:?}");
    assert_eq!(book.tables().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_fails_the_rebuild() {
    let book = folded(busy(3, 4)).await;
    let before = book.tables().await;
    book.poison(5).await;
    for what in [REBUILD, DRY_RUN] {
        let error = *rebuilder(&book).rebuild(&only("general_ledger"), what).await.unwrap_err().cause;
        assert!(error.to_string().contains("cannot read event 5"), "{error}");
    }
    assert_eq!(book.tables().await, before);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_folded_fails_the_rebuild() {
    let book = folded((1..=6).map(registered).collect()).await;
    let before = book.tables().await;
    // The first customer is registered twice.
    let (_, again) = registered(1);
    book.rewrite(4, &again).await;
    let error = *rebuilder(&book).rebuild(&only("customers"), REBUILD).await.unwrap_err().cause;
    assert!(matches!(error, RebuildError::Generation(_)), "{error}");
    assert_eq!(book.tables().await, before);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn little_memory_makes_the_same_tables_in_more_passes() {
    let book = folded(busy(60, 20)).await;
    let before = book.tables().await;
    let events = book.head();
    for memory in [100 << 10, 256 << 10] {
        let rebuilder = rebuilder(&book).with_resources(2, memory);
        let outcomes = rebuilder.rebuild(&every(), EXPECT_EQUAL).await.unwrap();
        assert!(changes_nothing(&outcomes), "{memory}");
        assert_eq!(book.tables().await, before, "{memory}");
        let folded = rebuilder.progress.report();
        assert_eq!(folded.percent, 100, "{folded:?}");
        assert!(folded.events > events, "{memory} bytes need more than one pass: {folded:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_key_cannot_be_compared() {
    let book = folded(busy(3, 4)).await;
    sqlx::query("ALTER TABLE wallets DROP CONSTRAINT wallets_pkey").execute(&book.pool).await.unwrap();
    let error = *rebuilder(&book).rebuild(&only("wallets"), DRY_RUN).await.unwrap_err().cause;
    assert!(error.to_string().contains("wallets has no primary key"), "{error}");
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_written_with_other_decimals_is_a_difference() {
    let book = folded(busy(3, 4)).await;
    let right = book.tables().await;
    let respell = "UPDATE wallets SET balance = balance + 0.0000 WHERE id = 'C00001.CNY'";
    sqlx::query(respell).execute(&book.pool).await.unwrap();
    assert_ne!(book.tables().await, right);
    let verified = rebuilder(&book).verify(&only("wallets")).await.unwrap();
    assert_eq!((verified[0].tables[0].changed, verified[0].rows.len()), (1, 1));
    rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap();
    assert_eq!(book.tables().await, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_does_not_wait_for_the_journal() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let cancelled = CancellationToken::new();
    let under_way = rebuilding(Rebuilder::new(book.pool.clone(), &book.schema, cancelled.clone()));
    begun(&book).await;
    cancelled.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(10), under_way).await;
    assert!(ended.expect("it ends at once").unwrap().unwrap_err().cause.is_cancelled());
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
    holding.rollback().await.unwrap();
}
