//! How fast a cold projector catches up. Not a test: run it by hand, on an idle machine, with
//! `scripts/with-postgres cargo test --release -p tallybook-projector --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]
#![allow(clippy::float_arithmetic, clippy::print_stdout, reason = "it prints rates, which are not money")]

mod support;

use std::time::{Duration, Instant};

use sqlx::Executor;
use support::history::deposits;
use support::{READ_TABLES, TestBook};
use tallybook_projector::{ProjectorSettings, Registered, every, wait_for};

const EVENTS: u64 = 200_000;
const WALLETS: u64 = 10_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, which says nothing in a debug build or on a busy machine"]
async fn a_cold_projector_catches_up() {
    let mut book = TestBook::new().await;
    let mut events = deposits(EVENTS, WALLETS);
    loop {
        let some: Vec<_> = events.by_ref().take(10_000).collect();
        if some.is_empty() {
            break;
        }
        book.record(some).await;
    }
    print("all together", catch_up(&book, every()).await);
    for projection in every() {
        print(projection.name, catch_up(&book, vec![projection]).await);
    }
}

/// From the append of one event until every read model has it, one event after the other.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, which says nothing in a debug build or on a busy machine"]
async fn a_new_event_can_be_read_soon() {
    let mut book = TestBook::new().await;
    let names: Vec<&str> = every().iter().map(|projection| projection.name).collect();
    let running = book.project(every(), ProjectorSettings::default());
    let mut taken = Vec::new();
    for event in deposits(200, 50) {
        let position = book.record([event]).await;
        let begun = Instant::now();
        wait_for(&book.pool, &names, position, Duration::from_secs(10)).await.unwrap();
        taken.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.stop().await;
    taken.sort();
    println!("readable after {:?} (median), {:?} (99 of 100)", taken[100], taken[198]);
}

async fn catch_up(book: &TestBook, projections: Vec<Registered>) -> Duration {
    let emptied = format!("TRUNCATE projections, {}", READ_TABLES.join(", "));
    book.pool.execute(emptied.as_str()).await.unwrap();
    let names: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
    let begun = Instant::now();
    let running = book.project(projections, ProjectorSettings::default());
    book.caught_up(&names).await;
    let taken = begun.elapsed();
    running.stop().await;
    taken
}

fn print(what: &str, taken: Duration) {
    println!("{what}: {:.0} events/s", EVENTS as f64 / taken.as_secs_f64());
}
