//! What the book knew at a moment.

#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use support::{TestBook, deposit, wallet};
use tallybook_event_store::StoreError;
use tallybook_event_store::journal::{page, position_at};

#[tokio::test(flavor = "multi_thread")]
async fn the_last_position_at_any_moment_is_found() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let now: DateTime<Utc> = book.now();
    assert_eq!(position_at(book.pool(), now).await.unwrap(), 0, "nothing is recorded yet");
    // Together in a few batches, whose events have their moment in common, and then one by one.
    join_all((0..60u64).map(|n| {
        let book = &book;
        async move { deposit(book, &wallet(n % 5), "1.00", &format!("R{n}"), None).await.unwrap() }
    }))
    .await;
    for n in 60..65 {
        deposit(&book, &wallet(1), "1.00", &format!("R{n}"), None).await.unwrap();
    }
    let events = page(book.pool(), 0, 100).await.unwrap();
    let last_at =
        |moment| events.iter().rfind(|event| event.recorded_at <= moment).map_or(0, |event| event.position);
    for event in &events {
        for microseconds in [-1, 0, 1] {
            let moment = event.recorded_at + TimeDelta::microseconds(microseconds);
            assert_eq!(position_at(book.pool(), moment).await.unwrap(), last_at(moment), "{moment}");
        }
    }
    assert_eq!(position_at(book.pool(), now + TimeDelta::days(9)).await.unwrap(), 65);
    assert_eq!(position_at(book.pool(), now - TimeDelta::days(9)).await.unwrap(), 0);
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_on_the_way_is_told() {
    let test = TestBook::new().await;
    let book = test.open().await;
    for n in 0..4 {
        deposit(&book, &wallet(1), "1.00", &format!("R{n}"), None).await.unwrap();
    }
    let mut owner = test.owner().await;
    for statement in ["ALTER TABLE events DISABLE TRIGGER ALL", "DELETE FROM events WHERE position = 2"] {
        sqlx::query(statement).execute(&mut owner).await.unwrap();
    }
    let missing = position_at(book.pool(), book.now()).await.unwrap_err();
    assert!(matches!(missing, StoreError::Corrupt(_)), "{missing}");
    book.shutdown().await;
}
