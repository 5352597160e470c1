//! A first figure of how fast a cold projector catches up. Not a test: run it by hand, in release, with
//! `scripts/with-postgres cargo test --release -p tallybook-projector --test speed -- --ignored --nocapture`.

mod support;

use std::time::Instant;

use support::TestBook;
use support::history::deposits;
use tallybook_projector::{ProjectorSettings, every};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn a_cold_projector_catches_up() {
    let events: u64 = std::env::args()
        .find_map(|a| a.strip_prefix("--test-threads=").and_then(|n| n.parse().ok()))
        .unwrap_or(200_000);
    let mut book = TestBook::new().await;
    for block in 0..events / 10_000 {
        book.record(deposits(events, 10_000).skip((block * 10_000) as usize).take(10_000)).await;
    }
    let names: Vec<&str> = every().iter().map(|projection| projection.name).collect();
    let begun = Instant::now();
    let running = book.project(every(), ProjectorSettings::default());
    book.caught_up(&names).await;
    let taken = begun.elapsed();
    running.stop().await;
    println!("all: {events} events in {taken:.2?}: {:.0} events/s", events as f64 / taken.as_secs_f64());
    for projection in every() {
        sqlx::query("UPDATE projections SET position = 0 WHERE name = $1")
            .bind(projection.name)
            .execute(&book.pool)
            .await
            .unwrap();
        let tables = support::READ_TABLES.join(", ");
        sqlx::query(&format!("TRUNCATE {tables}")).execute(&book.pool).await.unwrap();
        let begun = Instant::now();
        let running = book.project(vec![projection], ProjectorSettings::default());
        book.caught_up(&[projection.name]).await;
        let taken = begun.elapsed();
        running.stop().await;
        println!("{}: {:.0} events/s", projection.name, events as f64 / taken.as_secs_f64());
    }
}
