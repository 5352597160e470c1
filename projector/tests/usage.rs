//! What people ask about usage, from events in the journal to the answer, on a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use support::history::day;
use support::rebuilding::folded;
use tallybook_domain::billing::usage::UsageRecord;
use tallybook_domain::billing::{BillId, UsageEvent, UsageId};
use tallybook_domain::{BookEvent, CustomerId};
use tallybook_read_models::billing::{UsageFilter, customer_usage, list_usage};
use tallybook_read_models::{Paging, Sort};

fn usage() -> UsageId {
    UsageId::on(&CustomerId::from_number(1), day("2026-01-01"))
}

fn sms(date: &str, quantity: &str) -> UsageRecord {
    UsageRecord {
        meter: "sms".parse().unwrap(),
        date: day(date),
        quantity: quantity.parse().unwrap(),
        reference: "gw-1".parse().unwrap(),
    }
}

fn recorded(records: Vec<UsageRecord>, late: bool) -> UsageEvent {
    UsageEvent::UsageRecorded { usage: usage(), records, late }
}

fn billed(bill: &BillId, through: u64) -> UsageEvent {
    UsageEvent::UsageBilled { usage: usage(), bill: bill.clone(), through }
}

fn corrected(date: &str, old: &str, new: &str) -> UsageEvent {
    let UsageRecord { meter, date, reference, quantity } = sms(date, old);
    let (old_quantity, new_quantity) = (quantity, new.parse().unwrap());
    UsageEvent::UsageCorrected {
        usage: usage(),
        meter,
        date,
        reference,
        old_quantity,
        new_quantity,
        late: true,
    }
}

/// The list by date: day, quantity, whether late, and which bill counts it.
async fn listed(events: Vec<UsageEvent>) -> Vec<(String, String, bool, Option<String>)> {
    let events = events.into_iter().map(|event| (usage().to_string(), BookEvent::from(event))).collect();
    let book = folded(events).await;
    let (paging, sort) = (Paging::new(None, None).unwrap(), "date".parse::<Sort<_>>().unwrap());
    let page = list_usage(&book.pool, &UsageFilter::default(), sort, &paging).await.unwrap();
    assert_eq!(page.position, book.head());
    let month = customer_usage(&book.pool, &usage().customer(), usage().month()).await.unwrap().data;
    let late = page.data.iter().filter(|row| row.record.late).count() as u64;
    assert_eq!(month.meters[0].sum.records, page.data.len() as u64);
    assert_eq!(month.meters[0].sum.late_records, late);
    let shown = |row: tallybook_read_models::billing::BilledUsage| {
        let record = row.record;
        let bill = row.billed_by.map(|bill| bill.to_string());
        (record.date.to_string(), record.quantity.to_string(), record.late, bill)
    };
    page.data.into_iter().map(shown).collect()
}

fn row(
    day: &str,
    quantity: &str,
    late: bool,
    bill: Option<&BillId>,
) -> (String, String, bool, Option<String>) {
    (format!("2026-01-{day}"), quantity.to_owned(), late, bill.map(ToString::to_string))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_billed_by_the_first_bill_that_takes_its_last_change_into_account() {
    let bill = BillId::new(&usage().customer(), usage().month());
    let delta = bill.delta(1).unwrap();
    let mut history = vec![recorded(vec![sms("2026-01-05", "3"), sms("2026-01-06", "0.5")], false)];
    assert_eq!(listed(history.clone()).await, [row("05", "3", false, None), row("06", "0.5", false, None)]);

    history.extend([
        billed(&bill, 1),
        recorded(vec![sms("2026-01-07", "1")], true),
        corrected("2026-01-06", "0.5", "2"),
    ]);
    let late = [row("05", "3", false, Some(&bill)), row("06", "2", true, None), row("07", "1", true, None)];
    assert_eq!(listed(history.clone()).await, late);

    history.push(billed(&delta, 4));
    let settled = [
        row("05", "3", false, Some(&bill)),
        row("06", "2", true, Some(&delta)),
        row("07", "1", true, Some(&delta)),
    ];
    assert_eq!(listed(history.clone()).await, settled);

    history.push(UsageEvent::UsageUnbilled { usage: usage(), bill: delta, voided_on: None });
    assert_eq!(listed(history).await, late);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standing_bills_of_a_month_are_told_in_their_order() {
    let bill = BillId::new(&usage().customer(), usage().month());
    let (second, delta) = (bill.revised(2).unwrap(), bill.delta(1).unwrap());
    let events = [
        recorded(vec![sms("2026-01-05", "3")], false),
        billed(&bill, 1),
        UsageEvent::UsageUnbilled { usage: usage(), bill, voided_on: None },
        billed(&second, 3),
        recorded(vec![sms("2026-01-06", "3")], true),
        billed(&delta, 5),
    ];
    let events = events.into_iter().map(|event| (usage().to_string(), BookEvent::from(event))).collect();
    let book = folded(events).await;
    let month = customer_usage(&book.pool, &usage().customer(), usage().month()).await.unwrap().data;
    assert_eq!(month.bills, [second, delta]);
    assert_eq!(month.meters[0].sum.quantity, "6".parse().unwrap());
}
