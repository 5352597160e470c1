//! A customer with a plan, usage and a bill of October, as tests of what becomes of bills need them.

use tallybook_commands::billing::{BillableCustomer, RunBills, run_bills};
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::{
    Bill, BillEvent, BillId, PlanCode, PricePlan, PricePlanCommand, Subscription, SubscriptionCommand, Usage,
    UsageCommand, UsageId,
};
use tallybook_domain::{CustomerId, EventSourced, Month};
use tallybook_event_store::{Book, CommandMetadata, CommandRequest, StreamKey};

use super::{by, register, text};

pub fn october() -> Month {
    text("2026-10")
}

/// Lets one aggregate decide, as the use cases for it do.
pub async fn tell<A: EventSourced>(book: &Book, id: String, command: A::Command)
where
    A::Command: Clone + Send + 'static,
{
    let metadata =
        CommandMetadata { actor: text("user:tester"), request_id: None, reason: None, client_address: None };
    let request = CommandRequest::new("tell", metadata, &id).unwrap();
    let streams = vec![StreamKey::existing::<A>(&id)];
    book.execute(request, streams, move |decision| {
        decision.decide::<A>(&id, command.clone())?;
        Ok(())
    })
    .await
    .unwrap();
}

/// A plan and customer of these terms, from the beginning of the year on.
pub async fn subscribed(book: &Book, terms: &str) -> (CustomerId, PlanCode) {
    let plan: PlanCode = text("standard");
    let (name, effective_from) = (text("Standard"), text("2026-01-01"));
    let terms = serde_json::from_str(terms).unwrap();
    let create = PricePlanCommand::Create { plan: plan.clone(), name, effective_from, terms };
    tell::<PricePlan>(book, plan.stream(), create).await;
    let customer = register(book, "Acme").await;
    let assign = SubscriptionCommand::Assign {
        customer: customer.clone(),
        plan: plan.clone(),
        from: text("2026-01-01"),
    };
    tell::<Subscription>(book, Subscription::stream_of(&customer), assign).await;
    (customer, plan)
}

/// So many calls on the seventh of October; another number corrects the one before.
pub async fn calls(book: &Book, customer: &CustomerId, calls: u32) {
    let usage = UsageId::new(customer, october());
    for correction in [false, true] {
        let entry = format!(
            r#"{{"meter":"calls","date":"2026-10-07","quantity":"{calls}","reference":"day 7","correction":{correction}}}"#
        );
        let entries = vec![serde_json::from_str(&entry).unwrap()];
        let record = UsageCommand::Record { usage: usage.clone(), entries, today: text("2026-11-01") };
        let id = usage.to_string();
        let metadata = CommandMetadata {
            actor: text("user:tester"),
            request_id: None,
            reason: None,
            client_address: None,
        };
        let request = CommandRequest::new("calls", metadata, &calls).unwrap();
        let streams = vec![StreamKey::existing::<Usage>(&id)];
        let recorded = book
            .execute(request, streams, move |decision| {
                decision.decide::<Usage>(&id, record.clone())?;
                Ok(())
            })
            .await;
        if recorded.is_ok() {
            return;
        }
    }
    panic!("{calls} calls were not recorded");
}

/// Runs October's bills for one customer, on the first of November.
pub async fn bill(book: &Book, customer: &CustomerId, plan: &PlanCode) -> BillId {
    let terms = RunTerms { issue_date: Some(text("2026-11-01")), ..RunTerms::default() };
    let run = RunBills::of(october(), terms);
    let customers = [BillableCustomer { customer: customer.clone(), plans: vec![plan.clone()] }];
    run_bills(book, &by("li"), &run, &customers, |_| {}).await.unwrap();
    BillId::new(customer, october())
}

/// What has happened to a bill.
pub async fn history(book: &Book, bill: &BillId) -> Vec<BillEvent> {
    let key = StreamKey::existing::<Bill>(bill);
    let mut events = Vec::new();
    for sequence in 1.. {
        match book.event_at(&key, sequence).await.unwrap() {
            Some(event) => events.push(Bill::pick(&event.event).unwrap().clone()),
            None => break,
        }
    }
    events
}

/// Debits less credits of an account.
pub async fn balance(book: &Book, account: &str) -> String {
    use tallybook_domain::ledger::{Side, postings};
    use tallybook_domain::{Currency, Money};
    let mut sum = Money::zero(Currency::CNY);
    let streams: Vec<(String, i64)> = sqlx::query_as(
        "SELECT aggregate_id, sequence FROM events WHERE aggregate_type = 'bill' ORDER BY position",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    for (bill, sequence) in streams {
        let key = StreamKey::existing::<Bill>(bill);
        let event = book.event_at(&key, sequence.unsigned_abs()).await.unwrap().unwrap();
        for posting in postings(&event.event).iter().filter(|posting| posting.account.code() == account) {
            sum = match posting.side {
                Side::Debit => sum.checked_add(posting.amount),
                Side::Credit => sum.checked_sub(posting.amount),
            }
            .unwrap();
        }
    }
    sum.amount().to_string()
}
