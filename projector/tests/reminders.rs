//! What people ask about reminders, from events in the journal to the answer, on a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use support::history::billed;
use support::rebuilding::folded;
use tallybook_domain::BookEvent;
use tallybook_domain::billing::{ReminderChannel, ReminderStatus};
use tallybook_read_models::billing::{ReminderFilter, list_reminders, reminders_to_deliver};
use tallybook_read_models::{Paging, SortKey};

/// What reminders there are in a history of bills.
fn reminded(customers: u64) -> Vec<(String, BookEvent)> {
    billed(customers).into_iter().filter(|(stream, _)| stream.ends_with(".reminders")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_are_found_by_what_they_are_page_after_page() {
    let book = folded(reminded(3)).await;
    let list = async |filter: ReminderFilter, limit, after: Option<String>| {
        let paging = Paging::new(limit, after).unwrap();
        list_reminders(&book.pool, &filter, SortKey::DEFAULT, &paging).await.unwrap()
    };
    let all = list(ReminderFilter::default(), None, None).await.data;
    assert_eq!(all.len(), 6);
    // A page may end between the rows of one event.
    let first = list(ReminderFilter::default(), Some(3), None).await;
    let second = list(ReminderFilter::default(), Some(3), first.next_cursor).await;
    assert_eq!([first.data, second.data].concat(), all);
    assert_eq!(second.next_cursor, None);

    let one = &all[0];
    let (bill, customer) = (Some(one.bill.clone()), Some(one.customer.clone()));
    for filter in [
        ReminderFilter { bill, ..ReminderFilter::default() },
        ReminderFilter { customer, ..ReminderFilter::default() },
    ] {
        let found = list(filter, None, None).await.data;
        assert!(found.len() == 2 && found.iter().all(|row| row.bill == one.bill), "{found:?}");
    }
    let sent = ReminderFilter { status: Some(ReminderStatus::Sent), ..ReminderFilter::default() };
    let sent = list(sent, None, None).await.data;
    assert!(sent.len() == 3 && sent.iter().all(|row| row.channel == ReminderChannel::Email), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_delivered_when_its_time_has_come() {
    let book = folded(reminded(2)).await;
    let waiting = async |channel, at: &str| {
        reminders_to_deliver(&book.pool, &[channel], at.parse().unwrap(), 10).await.unwrap().len()
    };
    assert_eq!(waiting(ReminderChannel::Webhook, "2026-01-31T09:00:04Z").await, 0);
    assert_eq!(waiting(ReminderChannel::Webhook, "2026-01-31T09:00:05Z").await, 2);
    assert_eq!(waiting(ReminderChannel::Email, "2027-01-01T00:00:00Z").await, 0, "what is sent is done");
}
