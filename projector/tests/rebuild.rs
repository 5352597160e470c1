//! Rebuilding on a real PostgreSQL: the new tables are what the journal folds to, and whatever goes wrong, the live
//! ones are as they were.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::Duration;

use futures::future::join_all;
use support::history::{busy, day, deposited, money, registered, wallet_of};
use support::{Running, TestBook};
use tallybook_projector::{
    ProjectorSettings, RebuildError, RebuildOutcome, RebuildRequest, Rebuilder, Registered, TableDifference,
    back, every, wait_for,
};
use tallybook_read_models::deposits::{WalletFilter, list_wallets};
use tallybook_read_models::{Paging, Sort};
use tokio_util::sync::CancellationToken;

const REBUILD: RebuildRequest = RebuildRequest { dry_run: false, expect_equal: false };
const DRY_RUN: RebuildRequest = RebuildRequest { dry_run: true, expect_equal: false };
const EXPECT_EQUAL: RebuildRequest = RebuildRequest { dry_run: false, expect_equal: true };

fn names() -> Vec<&'static str> {
    every().iter().map(|projection| projection.name).collect()
}

fn only(name: &str) -> Vec<Registered> {
    every().into_iter().filter(|projection| projection.name == name).collect()
}

fn rebuilder(book: &TestBook) -> Rebuilder {
    Rebuilder::new(book.pool.clone(), &book.schema, CancellationToken::new()).with_resources(2, 64 << 20)
}

/// A book whose tables are up to date.
async fn folded(events: Vec<(String, tallybook_domain::BookEvent)>) -> TestBook {
    let mut book = TestBook::new().await;
    book.record(events).await;
    fold(&book).await;
    book
}

async fn fold(book: &TestBook) {
    let running = projecting(book);
    book.caught_up(&names()).await;
    running.stop().await;
}

fn projecting(book: &TestBook) -> Running {
    book.project(every(), ProjectorSettings::default())
}

fn changes_nothing(outcomes: &[RebuildOutcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.differences.as_ref().unwrap().iter().all(TableDifference::is_none))
}

/// Tables that are neither the book's nor kept for the way back.
async fn leftovers(book: &TestBook) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ($1 || '__next', $1 || '__check')",
    )
    .bind(&book.schema)
    .fetch_all(&book.pool)
    .await
    .unwrap()
}

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
            let page =
                list_wallets(&pool, &WalletFilter::default(), Sort::default(), &first()).await.unwrap();
            assert!(page.position >= last, "no answer goes back in time");
            last = page.position;
        }
    };
    tokio::join!(rebuilding, writing, reading);
    book.caught_up(&names()).await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
    assert!(rebuilder_finds_nothing(&book).await);
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
}

fn first() -> Paging {
    Paging::new(Some(500), None).unwrap()
}

async fn rebuilder_finds_nothing(book: &TestBook) -> bool {
    let verified = rebuilder(book).verify(&every()).await.unwrap();
    verified.len() == every().len() && verified.iter().all(|verification| verification.is_equal())
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

    let refused = rebuilder(&book).rebuild(&only("wallets"), EXPECT_EQUAL).await.unwrap_err();
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
    assert!(rebuilder_finds_nothing(&book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_were_thrown_away_come_back() {
    let mut book = folded(busy(4, 5)).await;
    let (definitions_before, tables_before) = (definitions(&book).await, book.tables().await);
    for table in ["wallets", "withdrawals", "ledger_days"] {
        sqlx::query(&format!("DROP TABLE {table}")).execute(&book.pool).await.unwrap();
    }
    for what in [DRY_RUN, EXPECT_EQUAL] {
        let refused = rebuilder(&book).rebuild(&every(), what).await.unwrap_err();
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
    let models: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_namespace WHERE nspname = $1 || '__model'")
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
    assert!(rebuilder_finds_nothing(&book).await);
    back(&book.pool, &book.schema, only("withdrawals")[0]).await.unwrap();
    fold(&book).await;
    assert!(rebuilder_finds_nothing(&book).await, "what was kept is a fold of the journal, too");
}

/// Keeps everybody from the journal until it is dropped.
async fn hold_the_journal(book: &TestBook) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut holding = book.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE events IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    holding
}

/// Waits until a rebuild has made its first tables.
async fn begun(book: &TestBook) {
    for _ in 0..500 {
        if !leftovers(book).await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no rebuild has begun");
}

fn rebuilding(rebuilder: Rebuilder) -> tokio::task::JoinHandle<Result<Vec<RebuildOutcome>, RebuildError>> {
    tokio::spawn(async move { rebuilder.rebuild(&every(), REBUILD).await })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rebuild_at_the_same_time_is_refused() {
    let book = folded(busy(3, 4)).await;
    let holding = hold_the_journal(&book).await;
    let under_way = rebuilding(rebuilder(&book));
    begun(&book).await;
    let refused = rebuilder(&book).rebuild(&only("wallets"), REBUILD).await.unwrap_err();
    assert!(matches!(refused, RebuildError::UnderWay { ref name } if name == "wallets"), "{refused}");
    let refused = back(&book.pool, &book.schema, only("wallets")[0]).await.unwrap_err();
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
    let error = under_way.await.unwrap().unwrap_err();
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
        let error = rebuilder(&book).rebuild(&only("general_ledger"), what).await.unwrap_err();
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
    let error = rebuilder(&book).rebuild(&only("customers"), REBUILD).await.unwrap_err();
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
async fn going_back_brings_the_old_tables_which_catch_up() {
    let mut book = folded(busy(4, 5)).await;
    let projection = only("wallets")[0];
    let none = back(&book.pool, &book.schema, projection).await.unwrap_err();
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

    assert_eq!(back(&book.pool, &book.schema, projection).await.unwrap(), left_at);
    assert_eq!(book.position("wallets").await, left_at);
    let wallets = |tables: &[(String, Vec<String>)]| {
        tables.iter().find(|(name, _)| name == "wallets").unwrap().1.clone()
    };
    assert_eq!(wallets(&book.tables().await), wallets(&old));
    fold(&book).await;
    assert_ne!(wallets(&book.tables().await), wallets(&old), "it has caught up");
    let verified = rebuilder(&book).verify(&[projection]).await.unwrap();
    assert_eq!(verified[0].tables[0].changed, 4, "the old tables are as wrong as they were");
    back(&book.pool, &book.schema, projection).await.unwrap();
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
            back(&book.pool, &book.schema, projection).await.unwrap();
        }
        finished.cancel();
    };
    let reading = join_all((0..6).map(|_| async {
        let mut seen = [0, 0];
        while !finished.is_cancelled() {
            let page =
                list_wallets(&book.pool, &WalletFilter::default(), Sort::default(), &first()).await.unwrap();
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
    assert!(rebuilder_finds_nothing(&book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_key_cannot_be_compared() {
    let book = folded(busy(3, 4)).await;
    sqlx::query("ALTER TABLE wallets DROP CONSTRAINT wallets_pkey").execute(&book.pool).await.unwrap();
    let error = rebuilder(&book).rebuild(&only("wallets"), DRY_RUN).await.unwrap_err();
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
    assert!(ended.expect("it ends at once").unwrap().unwrap_err().is_cancelled());
    assert_eq!(leftovers(&book).await, Vec::<String>::new());
    holding.rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_projections_can_go_back_at_once() {
    let book = folded(busy(3, 4)).await;
    let right = book.tables().await;
    rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap();
    for _ in 0..5 {
        let all = every().into_iter().map(|projection| back(&book.pool, &book.schema, projection));
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
        let refused = back(&book.pool, &book.schema, projection).await.unwrap_err();
        assert!(matches!(refused, RebuildError::PreviousIsDifferent { .. }), "{change}: {refused}");
        sqlx::query(undo).execute(&book.pool).await.unwrap();
    }
    back(&book.pool, &book.schema, projection).await.unwrap();
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
    back(&book.pool, &book.schema, projection).await.unwrap();
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
    let error = under_way.await.unwrap().unwrap_err();
    assert!(matches!(error, RebuildError::LockLost { ref name } if name == "wallets"), "{error}");
    assert_eq!(book.tables().await, before);
}
