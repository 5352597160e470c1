//! The engine on a real PostgreSQL: the tables are the same whatever the pages, the crashes and the company.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::time::{Duration, Instant};

use support::TestBook;
use support::approved::approved;
use support::history::{billed, busy, day, deposited, money, registered, wallet_of};
use support::judged::judged;
use support::notified::notified;
use support::ordered::ordered;
use support::paid::paid;
use support::paid_out::paid_out;
use support::rebuilding::names;
use support::settled::{settled, stated};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::BillId;
use tallybook_projector::{ProjectorSettings, Status, WaitError, every, resume, statuses, wait_for};

fn small_pages(page_size: u32) -> ProjectorSettings {
    ProjectorSettings { page_size, pace: Duration::ZERO, ..ProjectorSettings::default() }
}

/// A lease short enough to wait for.
fn short_lease() -> ProjectorSettings {
    ProjectorSettings {
        lease: Duration::from_millis(600),
        renew_every: Duration::from_millis(200),
        ..ProjectorSettings::default()
    }
}

type Tables = Vec<(String, Vec<String>)>;

/// What a single process makes of a history, event by event.
async fn event_by_event(events: &[(String, tallybook_domain::BookEvent)]) -> Tables {
    let mut book = TestBook::new().await;
    book.record(events.iter().cloned()).await;
    let running = book.project(every(), small_pages(1));
    book.caught_up(&names()).await;
    running.stop().await;
    book.tables().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cold_projector_makes_the_same_tables_in_any_pages() {
    let month = "2026-01".parse().unwrap();
    let bills: Vec<_> = (0..7).map(|number| BillId::new(&CustomerId::from_number(number), month)).collect();
    let busy = busy(7, 12);
    let judged = judged(&busy);
    let events = [
        busy,
        judged,
        billed(7),
        settled(&bills),
        stated(&bills),
        notified(),
        ordered(),
        paid(),
        approved(),
        paid_out(),
    ]
    .concat();
    let expected = event_by_event(&events).await;
    assert!(expected.iter().all(|(_, rows)| !rows.is_empty()), "every table has rows");
    for settings in [
        small_pages(7),
        ProjectorSettings { small_write: 0, cached_rows: 1, ..small_pages(64) },
        ProjectorSettings { small_write: usize::MAX, cached_rows: 3, ..small_pages(500) },
        ProjectorSettings::default(),
    ] {
        let mut book = TestBook::new().await;
        book.record(events.iter().cloned()).await;
        let shown = format!("{settings:?}");
        let running = book.project(every(), settings);
        book.caught_up(&names()).await;
        running.stop().await;
        assert_eq!(book.tables().await, expected, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projectors_at_once_count_every_event_once() {
    let events = busy(7, 12);
    let expected = event_by_event(&events).await;
    let mut book = TestBook::new().await;
    let one = book.project(every(), ProjectorSettings { page_size: 13, ..short_lease() });
    let other = book.project(every(), ProjectorSettings { page_size: 17, ..short_lease() });
    for some in events.chunks(31) {
        book.record(some.iter().cloned()).await;
    }
    book.caught_up(&names()).await;
    for status in statuses(&book.pool).await.unwrap() {
        assert_eq!((status.led, status.status), (true, Status::Running));
        assert!(status.led_since < status.lease_until && status.led_since.is_some(), "{status:?}");
    }
    one.stop().await;
    other.stop().await;
    assert_eq!(book.tables().await, expected);
    for status in statuses(&book.pool).await.unwrap() {
        assert_eq!(
            (status.led, status.status, status.led_since),
            (false, Status::NotLed, None),
            "leases are given back"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn projectors_killed_between_and_inside_pages_count_every_event_once() {
    let events = busy(7, 12);
    let expected = event_by_event(&events).await;
    let mut book = TestBook::new().await;
    book.record(events.iter().cloned()).await;
    // The same name each time, so that a lease need not run out first.
    for round in 0..12 {
        let settings =
            ProjectorSettings { leader: "one".into(), small_write: round % 2 * 250, ..small_pages(10) };
        let running = book.project(every(), settings);
        tokio::time::sleep(Duration::from_millis(5 + 7 * round as u64)).await;
        running.kill().await;
    }
    let running = book.project(every(), ProjectorSettings { leader: "one".into(), ..small_pages(10) });
    book.caught_up(&names()).await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_lose_and_double_nothing() {
    let events = busy(7, 12);
    let expected = event_by_event(&events).await;
    let mut book = TestBook::new().await;
    book.record(events.iter().cloned()).await;
    let settings = ProjectorSettings { first_backoff: Duration::from_millis(5), ..small_pages(10) };
    let running = book.project(every(), settings);
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE application_name = $1 AND pid <> pg_backend_pid()",
        )
        .bind(&book.schema)
        .execute(&book.pool)
        .await
        .unwrap();
    }
    book.caught_up(&names()).await;
    running.stop().await;
    assert_eq!(book.tables().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_leader_is_replaced_within_ten_seconds() {
    let mut book = TestBook::new().await;
    let leader = book.project(every(), ProjectorSettings::default());
    book.record([registered(1)]).await;
    book.caught_up(&names()).await;
    let next = book.project(every(), ProjectorSettings::default());
    leader.kill().await;
    let died = Instant::now();
    book.record([registered(2)]).await;
    book.caught_up(&names()).await;
    assert!(died.elapsed() < Duration::from_secs(10), "{:?}", died.elapsed());
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zombie_writes_nothing() {
    let mut book = TestBook::new().await;
    let zombie = book.project(every(), short_lease());
    book.record([registered(1)]).await;
    book.caught_up(&names()).await;
    // Another takes over behind its back, as after a long pause of the whole process.
    sqlx::query("UPDATE projections SET leader = 'another', lease_until = now() + interval '1 hour'")
        .execute(&book.pool)
        .await
        .unwrap();
    let before = book.tables().await;
    book.record([registered(2), deposited(&wallet_of(2), money("1.00"), "R", day("2026-03-01"))]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(book.tables().await, before);
    for name in names() {
        assert_eq!(book.position(name).await, 1);
    }
    // When the other dies, it leads again and begins where the tables are.
    sqlx::query("UPDATE projections SET lease_until = now()").execute(&book.pool).await.unwrap();
    book.caught_up(&names()).await;
    zombie.stop().await;
    assert_eq!(
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM customers").fetch_one(&book.pool).await.unwrap(),
        2
    );
}

/// The position alone fences too: an engine that finds it moved forgets what it holds and reads again.
#[tokio::test(flavor = "multi_thread")]
async fn a_position_moved_by_someone_else_is_believed() {
    let mut book = TestBook::new().await;
    let running = book.project(every(), short_lease());
    let wallet = wallet_of(1);
    let deposit = |reference: &str| deposited(&wallet, money("1.00"), reference, day("2026-03-01"));
    book.record([deposit("A")]).await;
    book.caught_up(&["wallets"]).await;
    // Someone folded an event this engine has not seen, and changed the row it has in its cache.
    sqlx::query("UPDATE wallets SET balance = 7, available = 7").execute(&book.pool).await.unwrap();
    sqlx::query("UPDATE projections SET position = 2 WHERE name = 'wallets'")
        .execute(&book.pool)
        .await
        .unwrap();
    book.record([deposit("B"), deposit("C")]).await;
    book.caught_up(&["wallets"]).await;
    running.stop().await;
    let balance: String =
        sqlx::query_scalar("SELECT balance::text FROM wallets").fetch_one(&book.pool).await.unwrap();
    assert_eq!(balance, "8.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_event_stops_its_projections_and_no_other() {
    let mut book = TestBook::new().await;
    let running = book.project(every(), short_lease());
    book.record([registered(1), registered(2)]).await;
    let poison = book.record_poison("wallet").await;
    book.record([registered(3)]).await;
    book.caught_up(&["customers", "withdrawals"]).await;
    let concerned = ["wallets", "deposits", "wallet_statement", "general_ledger", "daily_totals"];
    for name in concerned {
        let refused = wait_for(&book.pool, &[name], book.head(), Duration::from_secs(20)).await.unwrap_err();
        assert!(matches!(refused, WaitError::Stopped { .. } | WaitError::Behind { .. }), "{refused}");
        let status = stopped(&book, name).await;
        assert_eq!((status.position, status.error_position, status.lag), (poison - 1, Some(poison), 2));
        assert!(status.error.unwrap().contains("wallet/Poisoned"), "{name}");
    }
    assert_eq!(book.status("customers").await.status, Status::Running);

    // Resuming skips nothing: it stops at the same event.
    assert!(resume(&book.pool, "wallets").await.unwrap());
    assert_eq!(stopped(&book, "wallets").await.position, poison - 1);

    // A program that can read the event goes on from there.
    let (_, event) = deposited(&wallet_of(1), money("5.00"), "R", day("2026-03-01"));
    book.rewrite(poison, &event).await;
    running.stop().await;
    let repaired = book.project(every(), ProjectorSettings::default());
    book.caught_up(&names()).await;
    repaired.stop().await;
    for name in names() {
        let status = book.status(name).await;
        assert_eq!((status.status, status.error, status.error_position), (Status::NotLed, None, None));
    }
    let wallets: i64 =
        sqlx::query_scalar("SELECT count(*) FROM wallets").fetch_one(&book.pool).await.unwrap();
    assert_eq!(wallets, 1);
}

/// Waits until a projection says that it has stopped.
async fn stopped(book: &TestBook, name: &str) -> tallybook_projector::ProjectionStatus {
    for _ in 0..200 {
        let status = book.status(name).await;
        if status.status == Status::Stopped {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{name} has not stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_folded_stops_its_projection_right_before_it() {
    let mut book = TestBook::new().await;
    let (_, renamed) = rename_nobody();
    book.record([registered(1), registered(2), ("C00009".into(), renamed), registered(3)]).await;
    let running = book.project(every(), short_lease());
    let status = stopped(&book, "customers").await;
    assert_eq!((status.position, status.error_position), (2, Some(3)));
    let error = status.error.unwrap();
    assert!(error.contains("customers") && error.contains("CustomerRenamed"), "{error}");
    book.caught_up(&["wallets", "general_ledger"]).await;
    running.stop().await;
    // The events before it in the same page are there.
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM customers").fetch_one(&book.pool).await.unwrap();
    assert_eq!(rows, 2);
}

fn rename_nobody() -> (String, tallybook_domain::BookEvent) {
    let (old_name, new_name) = ("Nobody".parse().unwrap(), "Somebody".parse().unwrap());
    let customer = "C00009".parse().unwrap();
    let event = tallybook_domain::customers::CustomerEvent::CustomerRenamed { customer, old_name, new_name };
    ("C00009".into(), event.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_the_table_refuses_stops_at_its_event() {
    for small_write in [0, 250] {
        let mut book = TestBook::new().await;
        sqlx::query("ALTER TABLE deposits ADD CONSTRAINT no_fortunes CHECK (amount < 1000)")
            .execute(&book.pool)
            .await
            .unwrap();
        let amounts = ["1.00", "2.00", "3000.00", "4.00"];
        let events =
            amounts.iter().map(|amount| deposited(&wallet_of(1), money(amount), "R", day("2026-03-01")));
        book.record(events).await;
        let running = book.project(every(), ProjectorSettings { small_write, ..short_lease() });
        let status = stopped(&book, "deposits").await;
        assert_eq!((status.position, status.error_position), (2, Some(3)));
        assert!(status.error.unwrap().contains("no_fortunes"));
        sqlx::query("ALTER TABLE deposits DROP CONSTRAINT no_fortunes").execute(&book.pool).await.unwrap();
        assert!(resume(&book.pool, "deposits").await.unwrap());
        book.caught_up(&names()).await;
        assert!(!resume(&book.pool, "deposits").await.unwrap(), "it is running");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_another_version_are_left_alone() {
    let mut book = TestBook::new().await;
    book.record([registered(1)]).await;
    sqlx::query("INSERT INTO projections (name, version) VALUES ('customers', 99)")
        .execute(&book.pool)
        .await
        .unwrap();
    let running = book.project(every(), short_lease());
    book.caught_up(&["wallets"]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let status = book.status("customers").await;
    assert_eq!((status.version, status.position, status.led), (99, 0, false));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_what_has_not_happened_ends() {
    let mut book = TestBook::new().await;
    let running = book.project(every(), ProjectorSettings::default());
    book.record([registered(1)]).await;
    book.caught_up(&names()).await;
    let begun = Instant::now();
    let behind = wait_for(&book.pool, &["customers"], 2, Duration::from_millis(100)).await.unwrap_err();
    assert!(matches!(behind, WaitError::Behind { ref name, position: 1 } if name == "customers"), "{behind}");
    assert!(begun.elapsed() >= Duration::from_millis(100));
    let unknown = wait_for(&book.pool, &["customers", "no_such"], 1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(unknown, WaitError::Behind { ref name, position: 0 } if name == "no_such"), "{unknown}");
    wait_for(&book.pool, &["customers"], 1, Duration::ZERO).await.unwrap();
    running.stop().await;
}
