//! What the book keeps, and keeps from being changed; and what a lane does when PostgreSQL goes away.

#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use std::time::Duration;

use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster};
use futures::future::join_all;
use sqlx::Executor;
use support::{TestBook, assert_journal_is_whole, count, deposit, hold, wallet, yuan};
use tallybook_event_store::schema::{NewBook, pending_migrations, provision};
use tallybook_event_store::{Book, BookSettings, CommandError};

#[tokio::test(flavor = "multi_thread")]
async fn events_can_be_changed_by_no_one() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    for statement in [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE commands SET outcome = '{}'",
        "DELETE FROM commands",
        "DELETE FROM book_head",
    ] {
        let running = book.pool().execute(statement).await.unwrap_err().to_string();
        assert!(running.contains("permission denied"), "{statement}: {running}");
        let owner = test.owner().await.execute(statement).await.unwrap_err().to_string();
        assert!(owner.contains("append-only") || owner.contains("permission denied"), "{statement}: {owner}");
    }
    assert_journal_is_whole(&book).await;
}

/// The triggers hold even for someone who gave the rights back to himself.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_with_every_grant_still_meets_the_trigger() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    let mut owner = test.owner().await;
    owner.execute("GRANT ALL ON events TO CURRENT_USER").await.unwrap();
    for statement in ["UPDATE events SET payload = '{}'", "DELETE FROM events", "TRUNCATE events"] {
        let refused = owner.execute(statement).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

/// Someone who reads with an old snapshot, as a dump does, keeps every row the head ever was; no append reads them all.
#[tokio::test(flavor = "multi_thread")]
async fn an_append_does_not_search_for_the_head() {
    const APPENDS: i64 = 40;
    let test = TestBook::new().await;
    let book = test.open().await;
    for number in 0..APPENDS {
        deposit(&book, &wallet(1), "1.00", &format!("R{number}"), None).await.unwrap();
    }
    book.shutdown().await;
    let mut owner = test.owner().await;
    let statistics = "SELECT n_tup_upd, seq_scan FROM pg_stat_user_tables
                       WHERE relid = 'book_head'::regclass";
    let searches = loop {
        let (moves, searches): (i64, i64) = sqlx::query_as(statistics).fetch_one(&mut owner).await.unwrap();
        if moves >= APPENDS {
            break searches;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(searches < APPENDS, "{searches} searches for {APPENDS} appends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_was_moved_to_another_place_is_found_again() {
    let test = TestBook::new().await;
    let book = test.open().await;
    for number in 0..3 {
        deposit(&book, &wallet(1), "1.00", &format!("R{number}"), None).await.unwrap();
    }
    test.owner().await.execute("VACUUM FULL book_head").await.unwrap();
    deposit(&book, &wallet(1), "1.00", "R3", None).await.unwrap();
    assert_journal_is_whole(&book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provisioning_twice_at_once_changes_nothing() {
    let test = TestBook::new().await;
    let new = NewBook::default();
    let again = (0..4).map(|_| provision(&test.connect, &test.schema, &new));
    for result in join_all(again).await {
        result.unwrap();
    }
    let book = test.open().await;
    assert_eq!(pending_migrations(book.pool()).await.unwrap(), 0);
}

/// What all books of a database share is written by each of them.
#[tokio::test(flavor = "multi_thread")]
async fn books_can_be_provisioned_at_the_same_time() {
    let new = NewBook::default();
    let provisioned = (0..8).map(async |_| {
        let test = TestBook::new().await;
        for _ in 0..5 {
            provision(&test.connect, &test.schema, &new).await.unwrap();
        }
    });
    join_all(provisioned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_stream_loads_from_its_snapshot() {
    let test = TestBook::new().await;
    let settings = BookSettings { snapshot_every: 10, ..test.settings() };
    let book = Book::open(&test.connect, settings.clone()).await.unwrap();
    for n in 0..35 {
        deposit(&book, &wallet(1), "1.00", &format!("R{n}"), None).await.unwrap();
    }
    let snapshot = async {
        loop {
            let at: Option<i64> = sqlx::query_scalar("SELECT last_sequence FROM snapshots")
                .fetch_optional(book.pool())
                .await
                .unwrap();
            if at == Some(30) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), snapshot).await.expect("a snapshot at 30");
    let fresh = Book::open(&test.connect, settings).await.unwrap();
    assert_eq!(hold(&fresh, &wallet(1), "5.00").await.unwrap().outcome.available, yuan("30.00"));
    assert_journal_is_whole(&fresh).await;
}

/// An event written by an older program, as that program wrote it, is read in today's form: when its stream is
/// loaded, and when another process appends it to an aggregate already held.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_an_older_version_is_upcast_when_loaded() {
    let test = TestBook::new().await;
    let book =
        Book::open(&test.connect, BookSettings { upcasters: from_value, ..test.settings() }).await.unwrap();
    append_old_deposit(&test, 1).await;
    assert_eq!(hold(&book, &wallet(1), "2.00").await.unwrap().outcome.available, yuan("5.00"));
    append_old_deposit(&test, 3).await;
    assert_eq!(hold(&book, &wallet(1), "2.00").await.unwrap().outcome.available, yuan("10.00"));
    assert!(book.figures().conflicts() > 0, "the second one was met as another process's append");
}

fn from_value() -> Vec<Box<dyn EventUpcaster>> {
    vec![Box::new(SemanticVersionEventUpcaster::new(
        "DepositRecorded",
        "1.0",
        Box::new(|mut payload| {
            let amount = &mut payload["DepositRecorded"]["amount"];
            *amount = serde_json::json!({"amount": amount["value"], "currency": amount["currency"]});
            payload
        }),
    ))]
}

async fn append_old_deposit(test: &TestBook, position: i64) {
    let payload = format!(
        r#"{{"DepositRecorded":{{"wallet":"{}","amount":{{"value":"7.00","currency":"CNY"}},"reference":"R{position}",
            "method":"bank_transfer","effective_date":"2026-01-01"}}}}"#,
        wallet(1)
    );
    let mut owner = test.owner().await;
    sqlx::query(
        "INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                             payload, metadata, leaf_hash)
         VALUES ($1, $1, now(), 'wallet', $2, 'DepositRecorded', '0.9', $3::json, '{\"actor\":\"user:old\",\"command_id\":\"old\"}',
                 sha256(''))",
    )
    .bind(position)
    .bind(wallet(1).as_str())
    .bind(payload)
    .execute(&mut owner)
    .await
    .unwrap();
    let peaks = position.count_ones();
    sqlx::query("UPDATE book_head SET position = $1, frontier = decode(repeat('00', 32 * $2), 'hex')")
        .bind(position)
        .bind(i32::try_from(peaks).unwrap())
        .execute(&mut owner)
        .await
        .unwrap();
}

/// A snapshot that no longer reads as the aggregate (its state has another shape now) is ignored, not trusted.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_another_shape_is_replaced_by_the_whole_stream() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposit(&book, &wallet(1), "7.00", "R1", None).await.unwrap();
    sqlx::query("INSERT INTO snapshots VALUES ('wallet', $1, 1, 1, '{\"no\": \"wallet\", \"funds\": 3}')")
        .bind(wallet(1).as_str())
        .execute(book.pool())
        .await
        .unwrap();
    let fresh = test.open().await;
    assert_eq!(hold(&fresh, &wallet(1), "2.00").await.unwrap().outcome.available, yuan("5.00"));
}

/// Every backend of the book is killed again and again under load. Callers retry with their keys.
#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_lose_and_double_nothing() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let name = format!("tallybook {}", test.schema);
    let mut owner = test.owner().await;
    let killer = tokio::spawn(async move {
        for _ in 0..25 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1")
                .bind(&name)
                .execute(&mut owner)
                .await
                .unwrap();
        }
    });
    let shared = &book;
    let clients = (0..24usize).map(|client| async move {
        for n in 0..60 {
            let key = format!("R{client}-{n}");
            let account = wallet((client % 5) as u64);
            loop {
                match deposit(shared, &account, "1.00", &key, Some(&key)).await {
                    Ok(_) => break,
                    Err(CommandError::Unavailable | CommandError::OutcomeUnknown { .. }) => {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    Err(error) => panic!("{key}: {error}"),
                }
            }
        }
    });
    join_all(clients).await;
    killer.await.unwrap();
    assert!(book.figures().recoveries() > 0, "no append was ever interrupted");
    assert_journal_is_whole(&book).await;
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 24 * 60);
    assert_eq!(count(&book, "SELECT count(*) FROM commands").await, 24 * 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_answers_what_was_accepted_and_refuses_the_rest() {
    let book = TestBook::new().await.open().await;
    let (shared, account) = (&book, &wallet(1));
    let references: Vec<String> = (0..50).map(|n| format!("R{n}")).collect();
    let accepted =
        join_all(references.iter().map(|reference| deposit(shared, account, "1.00", reference, None)));
    let (results, ()) = tokio::join!(accepted, shared.shutdown());
    assert!(results.iter().all(Result::is_ok), "they were accepted before the end");
    assert!(matches!(deposit(shared, account, "1.00", "late", None).await, Err(CommandError::Unavailable)));
}

/// A caller that goes away while its transaction begins leaves no connection in it: whoever read with that connection
/// later would read an old moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_no_transaction_behind() {
    const READ: &str =
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE snapshots IN ACCESS SHARE MODE";
    let test = TestBook::new().await;
    let book = test.open().await;
    let mut owner = test.owner().await;
    owner.execute("BEGIN; LOCK TABLE snapshots IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let readers =
        (0..4).map(|_| tokio::time::timeout(Duration::from_millis(200), book.pool().begin_with(READ)));
    assert!(join_all(readers).await.iter().all(Result::is_err), "they wait for the lock, and go away");
    owner.execute("ROLLBACK").await.unwrap();

    let open = "SELECT count(*) FROM pg_stat_activity
                 WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
    let name = format!("tallybook {}", test.schema);
    let mut left = -1_i64;
    for _ in 0..100 {
        left = sqlx::query_scalar(open).bind(&name).fetch_one(&mut owner).await.unwrap();
        let idle = book.pool().num_idle() == usize::try_from(book.pool().size()).unwrap();
        if left == 0 && idle {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left, 0);
    // A transaction that begins and fails is not left behind either.
    let missing = "BEGIN READ ONLY; LOCK TABLE there_is_none IN ACCESS SHARE MODE";
    assert!(book.pool().begin_with(missing).await.is_err());
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    for _ in 0..book.pool().size() {
        assert_eq!(count(&book, "SELECT count(*) FROM events").await, 1);
    }
}
