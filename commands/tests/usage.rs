//! Usage as a book takes it: once, whole batches, late once it was billed.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::{book, by, close, dry, keyed, register, suspend, text};
use tallybook_commands::billing::{RecordUsage, record_usage, record_usage_batch};
use tallybook_domain::billing::usage::{UsageEffect, UsageEntry, UsageRecord};
use tallybook_domain::billing::{BillId, Usage, UsageCommand, UsageId, UsageRefusal};
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, CommandMetadata, CommandRequest, StreamKey};

fn used(customer: &CustomerId, date: &str, quantity: &str) -> RecordUsage {
    let (meter, reference) = (text("sms"), text("gw-1"));
    let record = UsageRecord { meter, date: text(date), quantity: text(quantity), reference };
    RecordUsage { customer: customer.clone(), entry: UsageEntry { record, correction: false } }
}

fn corrected(customer: &CustomerId, date: &str, quantity: &str) -> RecordUsage {
    let mut record = used(customer, date, quantity);
    record.entry.correction = true;
    record
}

/// As a bill run will have it.
async fn bill(book: &Book, usage: &UsageId, command: UsageCommand) {
    let metadata = CommandMetadata {
        actor: text("system:bill-run"),
        request_id: None,
        reason: None,
        client_address: None,
    };
    let request = CommandRequest::new("bill", metadata, &usage).unwrap();
    let (streams, usage) = (vec![StreamKey::existing::<Usage>(usage)], usage.clone());
    let decide = move |decision: &mut tallybook_event_store::Decision<'_>| {
        decision.decide::<Usage>(usage.as_str(), command.clone())
    };
    book.execute(request, streams, decide).await.unwrap();
}

#[tokio::test]
async fn what_comes_after_the_bill_is_late() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let first = record_usage(&book, by("han"), used(&acme, "2026-01-05", "3")).await.unwrap().outcome;
    assert_eq!((first.effect, first.late), (UsageEffect::Recorded, false));
    let usage = first.id;
    let bill_id = BillId::new(&acme, usage.month());
    bill(&book, &usage, UsageCommand::Bill { usage: usage.clone(), bill: bill_id.clone() }).await;

    let records = vec![
        used(&acme, "2026-01-05", "3"),
        used(&acme, "2026-01-06", "1"),
        corrected(&acme, "2026-01-05", "4"),
        used(&acme, "2026-02-01", "1"),
    ];
    let outcome = record_usage_batch(&book, by("han"), records).await.unwrap().outcome;
    let seen: Vec<_> = outcome.records.iter().map(|record| (record.effect, record.late)).collect();
    assert_eq!(
        seen,
        [
            (UsageEffect::Unchanged, false),
            (UsageEffect::Recorded, true),
            (UsageEffect::Corrected, true),
            (UsageEffect::Recorded, false)
        ]
    );
    assert_eq!(outcome.late, 2);

    bill(&book, &usage, UsageCommand::Unbill { usage: usage.clone(), bill: bill_id, voided_on: None }).await;
    let after = record_usage(&book, by("han"), used(&acme, "2026-01-07", "1")).await.unwrap().outcome;
    assert!(!after.late, "a voided bill counts nothing");
    book.shutdown().await;
}

#[tokio::test]
async fn the_same_record_from_many_sides_is_recorded_once() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let send = || record_usage(&book, by("han"), used(&acme, "2026-01-05", "3"));
    let effects = join_all((0..20).map(|_| send())).await;
    let recorded = effects
        .into_iter()
        .filter(|answer| answer.as_ref().unwrap().outcome.effect == UsageEffect::Recorded)
        .count();
    assert_eq!(recorded, 1);
    book.shutdown().await;
}

#[tokio::test]
async fn a_batch_with_a_refused_record_leaves_no_trace() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    record_usage(&book, by("han"), used(&acme, "2026-01-05", "3")).await.unwrap();
    let head = book.head();
    let stranger = CustomerId::from_number(99_999);
    let records = vec![
        used(&acme, "2026-01-04", "3"),
        used(&acme, "2026-01-05", "4"),
        used(&stranger, "2026-01-05", "3"),
        used(&acme, "2026-01-06", "3"),
    ];
    let refused = record_usage_batch(&book, by("han"), records).await.unwrap_err();
    let CommandError::Refused(Refusal::Batch(batch)) = refused else { panic!("{refused:?}") };
    let refusals: Vec<_> = batch.entries().map(|entry| (entry.index, *entry.refusal.clone())).collect();
    assert_eq!(refusals.len(), 2);
    assert!(matches!(refusals[0], (1, Refusal::Usage(UsageRefusal::Differs { .. }))));
    let not_found = CustomerRefusal::NotFound { customer: stranger };
    assert_eq!(refusals[1], (2, Refusal::Customer(not_found)));
    assert_eq!(book.head(), head);
    let free = record_usage(&book, by("han"), used(&acme, "2026-01-04", "8")).await.unwrap().outcome;
    assert_eq!(free.effect, UsageEffect::Recorded);
    book.shutdown().await;
}

#[tokio::test]
async fn one_refused_record_is_refused_by_itself() {
    let book = book().await;
    let stranger = CustomerId::from_number(99_999);
    let refused = record_usage(&book, by("han"), used(&stranger, "2026-01-05", "3")).await.unwrap_err();
    let expected = Refusal::Customer(CustomerRefusal::NotFound { customer: stranger });
    assert!(matches!(refused, CommandError::Refused(refusal) if refusal == expected));
    book.shutdown().await;
}

#[tokio::test]
async fn a_batch_is_one_event_for_each_month_and_repeats_its_answer() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    suspend(&book, &acme).await;
    let head = book.head();
    let records =
        || -> Vec<_> { (1..=28).map(|day| used(&acme, &format!("2026-01-{day:02}"), "1")).collect() };
    let events = record_usage_batch(&book, dry(), records()).await.unwrap().dry_run_events.unwrap();
    assert_eq!(events.iter().map(|event| event.event_type).collect::<Vec<_>>(), ["UsageRecorded"]);
    let first = record_usage_batch(&book, keyed("K"), records()).await.unwrap();
    assert_eq!((first.position, first.outcome.recorded), (head + 1, 28));
    let again = record_usage_batch(&book, keyed("K"), records()).await.unwrap();
    assert_eq!((again.replayed, again.outcome), (true, first.outcome));
    book.shutdown().await;
}

#[tokio::test]
async fn a_closed_customer_uses_nothing() {
    let book = book().await;
    let (acme, beta) = (register(&book, "Acme").await, register(&book, "Beta").await);
    close(&book, &acme).await;
    let closed: Refusal = CustomerRefusal::Closed { customer: acme.clone() }.into();
    let refused = record_usage(&book, by("han"), used(&acme, "2026-01-05", "3")).await;
    let Err(CommandError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal, closed);
    let records = vec![used(&beta, "2026-01-05", "3"), used(&acme, "2026-01-05", "3")];
    let refused = record_usage_batch(&book, by("han"), records).await;
    let Err(CommandError::Refused(Refusal::Batch(batch))) = refused else { panic!("{refused:?}") };
    assert_eq!((batch.first.index, *batch.first.refusal), (1, closed));
}
