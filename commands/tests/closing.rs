//! Customers with usage nobody has billed: what is still to be billed is billed before they are closed.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{bill, calls, october, subscribed, tell};
use support::{book, by, refusal, register, text};
use tallybook_commands::billing::{
    DismissQuarantinedUsage, EndPricePlan, RecordUsage, RegenerateBill, SettleLateUsage, VoidBill,
    dismiss_quarantined_usage, end_price_plan, record_usage, regenerate_bill, settle_late_usage, void_bill,
};
use tallybook_commands::customers::{CloseCustomer, close_customer};
use tallybook_domain::billing::quarantine::{HeldUsage, QuarantineReason, UsageQuarantineCommand};
use tallybook_domain::billing::{
    BillId, CreditPolicy, PlanCode, Subscription, SubscriptionCommand, UsageQuarantine, UsageQuarantineId,
};
use tallybook_domain::customers::{CustomerRefusal, OpenItem};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError};

/// Calls that cost nothing, so that nothing is owed of their bills.
const FREE: &str = r#"{"currency":"CNY","items":[
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0"}]}"#;

fn closing(customer: &CustomerId) -> CloseCustomer {
    CloseCustomer { customer: customer.clone(), reason: text("moved away") }
}

async fn close(book: &Book, customer: &CustomerId) {
    close_customer(book, by("li"), closing(customer)).await.unwrap();
}

async fn is_kept_open(book: &Book, customer: &CustomerId, by_what: OpenItem) {
    let still = CustomerRefusal::StillOpen { customer: customer.clone(), open: vec![by_what] };
    assert_eq!(refusal(close_customer(book, by("li"), closing(customer)).await), still.into());
}

/// A customer with a plan in October alone.
async fn with_october(book: &Book) -> (CustomerId, PlanCode) {
    let (customer, plan) = subscribed(book, FREE).await;
    let stream = Subscription::stream_of(&customer);
    let end = |from: &str| SubscriptionCommand::End { customer: customer.clone(), from: text(from) };
    let from = text("2026-10-01");
    let assign = SubscriptionCommand::Assign { customer: customer.clone(), plan: plan.clone(), from };
    tell::<Subscription>(book, stream.clone(), end("2026-01-01")).await;
    tell::<Subscription>(book, stream.clone(), assign).await;
    tell::<Subscription>(book, stream, end("2026-11-01")).await;
    (customer, plan)
}

fn record(customer: &CustomerId, date: &str, quantity: &str, correction: bool) -> RecordUsage {
    let entry = format!(
        r#"{{"meter":"calls","date":"{date}","quantity":"{quantity}","reference":"a day","correction":{correction}}}"#
    );
    RecordUsage { customer: customer.clone(), entry: serde_json::from_str(&entry).unwrap() }
}

async fn void(book: &Book, bill: &BillId) {
    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
    void_bill(book, by("li"), void).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_keeps_a_customer_open_until_it_is_settled() {
    let book = book().await;
    let (customer, plan) = with_october(&book).await;
    let bill = bill(&book, &customer, &plan).await;
    calls(&book, &customer, 500).await;
    is_kept_open(&book, &customer, OpenItem::LateUsage { bill: bill.clone() }).await;
    let settle = SettleLateUsage { bill, reason: text("late readings"), issue_date: None };
    settle_late_usage(&book, by("li"), settle, CreditPolicy::Warn).await.unwrap();
    close(&book, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_month_keeps_a_customer_open_until_it_is_billed_again() {
    let book = book().await;
    let (customer, plan) = with_october(&book).await;
    calls(&book, &customer, 400).await;
    let bill = bill(&book, &customer, &plan).await;
    void(&book, &bill).await;
    is_kept_open(&book, &customer, OpenItem::NotBilledAgain { bill: bill.clone() }).await;
    let again = RegenerateBill { bill, issue_date: None };
    let second =
        regenerate_bill(&book, by("li"), again, CreditPolicy::Warn).await.unwrap().outcome.bill.bill.id;
    void(&book, &second).await;
    is_kept_open(&book, &customer, OpenItem::NotBilledAgain { bill: second.clone() }).await;
    regenerate_bill(&book, by("li"), RegenerateBill { bill: second, issue_date: None }, CreditPolicy::Warn)
        .await
        .unwrap();
    close(&book, &customer).await;
}

/// What is not to be billed at all has neither plan nor usage.
#[tokio::test(flavor = "multi_thread")]
async fn a_voided_month_whose_plan_is_taken_back_is_closed_once_nothing_was_used() {
    let book = book().await;
    let (customer, plan) = with_october(&book).await;
    calls(&book, &customer, 400).await;
    let bill = bill(&book, &customer, &plan).await;
    void(&book, &bill).await;
    let end = EndPricePlan { customer: customer.clone(), from: text("2026-10-01"), reason: None };
    end_price_plan(&book, by("li"), end).await.unwrap();
    is_kept_open(&book, &customer, OpenItem::NotBilledAgain { bill }).await;
    calls(&book, &customer, 0).await;
    close(&book, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_under_no_plan_keeps_a_customer_open_in_whatever_month_it_is() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    for date in ["2019-02-03".to_owned(), book.today().succ_opt().unwrap().to_string()] {
        record_usage(&book, by("li"), record(&customer, &date, "300", false)).await.unwrap();
        let month = Month::of(date.parse().unwrap()).unwrap();
        is_kept_open(&book, &customer, OpenItem::UnbilledUsage { month }).await;
        record_usage(&book, by("li"), record(&customer, &date, "0", true)).await.unwrap();
    }
    close(&book, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_and_a_closing_at_once_never_leave_usage_behind() {
    let book = &book().await;
    for round in 0..10 {
        let customer = &register(book, &format!("Customer {round}")).await;
        let month = OpenItem::UnbilledUsage { month: october() };
        let (used, closed) = tokio::join!(
            record_usage(book, by("li"), record(customer, "2026-10-07", "5", false)),
            close_customer(book, by("li"), closing(customer)),
        );
        match (used, closed) {
            (
                Ok(_),
                Err(CommandError::Refused(Refusal::Customer(CustomerRefusal::StillOpen { open, .. }))),
            ) => {
                assert_eq!(open, [month], "round {round}");
            }
            (Err(CommandError::Refused(Refusal::Customer(CustomerRefusal::Closed { .. }))), Ok(_)) => {}
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_that_is_put_aside_keeps_a_customer_open_until_somebody_looked() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let quarantine = UsageQuarantineId::new(&customer, october());
    let held = HeldUsage {
        meter: text("calls"),
        date: text("2026-10-05"),
        reference: text("gw-1"),
        given: text("-5"),
        reason: QuarantineReason::Negative,
        recorded: None,
        average: None,
    };
    let (id, run) = (quarantine.clone(), text("meters.1"));
    let hold = UsageQuarantineCommand::Hold { quarantine: id, run, held: vec![held] };
    tell::<UsageQuarantine>(&book, quarantine.to_string(), hold).await;
    is_kept_open(&book, &customer, OpenItem::Quarantined { quarantine, waiting: 1 }).await;
    let id = text(&format!("{customer}.2026-10.q1"));
    let dismiss = DismissQuarantinedUsage { id, reason: text("a test of the meter") };
    dismiss_quarantined_usage(&book, by("li"), dismiss).await.unwrap();
    close(&book, &customer).await;
}
