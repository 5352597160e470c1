//! Voided bills billed again, and late usage settled, on a real book.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{balance, bill, calls, history, october, subscribed, tell};
use support::{book, by, dry, events, keyed, refusal, text, yuan};
use tallybook_commands::billing::{
    CreditBill, RegenerateBill, SettleLateUsage, SettledLateUsage, VoidBill, credit_bill, regenerate_bill,
    settle_late_usage, show_late_usage, void_bill,
};
use tallybook_domain::billing::bill::{BillAction, NoteLines};
use tallybook_domain::billing::{
    BillEvent, BillId, BillRefusal, BillState, CreditPolicy, MonthRefusal, PlanCode, PricePlan,
    PricePlanCommand, Subscription, SubscriptionCommand, Usage, UsageCommand, UsageId,
};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::Book;

/// 100 for the month; calls at 0.50 up to 100 and 0.10 beyond; 6 % tax.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"base","name":"Base","model":"flat","fee":"100"},
    {"code":"calls","name":"Calls","meter":"calls","model":"graduated","tiers":[
        {"up_to":"100","unit_price":"0.50"},{"up_to":null,"unit_price":"0.10"}]}]}"#;

/// A customer billed for 80 calls: 140.00, and 8.40 tax.
async fn billed(book: &Book) -> (CustomerId, PlanCode, BillId) {
    let (customer, plan) = subscribed(book, TERMS).await;
    calls(book, &customer, 80).await;
    let bill = bill(book, &customer, &plan).await;
    (customer, plan, bill)
}

async fn void(book: &Book, bill: &BillId) {
    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
    void_bill(book, by("li"), void).await.unwrap();
}

fn again(bill: &BillId) -> RegenerateBill {
    RegenerateBill { bill: bill.clone(), issue_date: None }
}

fn settling(bill: &BillId) -> SettleLateUsage {
    SettleLateUsage { bill: bill.clone(), reason: text("late readings"), issue_date: None }
}

async fn settle(book: &Book, bill: &BillId) -> SettledLateUsage {
    settle_late_usage(book, by("li"), settling(bill), CreditPolicy::Warn).await.unwrap().outcome
}

async fn add_version(book: &Book, plan: &PlanCode, terms: &str) {
    let (effective_from, terms) = (text("2026-10-01"), serde_json::from_str(terms).unwrap());
    let add = PricePlanCommand::AddVersion { plan: plan.clone(), effective_from, terms };
    tell::<PricePlan>(book, plan.stream(), add).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_bill_is_billed_again_by_what_is_so_now() {
    let book = book().await;
    let (customer, plan, bill) = billed(&book).await;
    let refused = refusal(regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await);
    let (state, action) = (BillState::Issued, BillAction::Regenerate);
    assert_eq!(refused, BillRefusal::NotInState { bill: bill.clone(), state, action }.into());
    void(&book, &bill).await;
    calls(&book, &customer, 120).await;
    add_version(&book, &plan, &TERMS.replace(r#""fee":"100""#, r#""fee":"200""#)).await;
    let before = events(&book).await;
    regenerate_bill(&book, dry(), again(&bill), CreditPolicy::Warn).await.unwrap();
    assert_eq!(events(&book).await, before, "a dry run writes nothing");

    let revised = regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await.unwrap().outcome;
    assert_eq!(revised.bill.bill.id.as_str(), format!("{bill}.r2"));
    // 200 for the month, 50 and 2 for calls.
    assert_eq!((revised.bill.total, revised.new, &revised.replaces), (yuan("267.12"), true, &bill));
    assert_eq!(revised.bill.bill.number.as_ref().unwrap().as_str(), "2026-000002");
    let second = revised.bill.bill.id.clone();
    assert!(matches!(
        &history(&book, &second).await[0],
        BillEvent::BillDrafted { replaces: Some(replaced), amends: None, .. } if *replaced == bill
    ));
    let repeat = regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await.unwrap().outcome;
    assert_eq!((repeat.bill, repeat.new), (revised.bill, false));
    void(&book, &second).await;
    let third = regenerate_bill(&book, by("li"), again(&second), CreditPolicy::Warn).await.unwrap().outcome;
    assert_eq!(third.bill.bill.id.as_str(), format!("{bill}.r3"));
    assert_eq!(balance(&book, "1122").await, "267.12", "only the last one is owed");
}

/// Or the month would be owed twice on the days between the two.
#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_billed_again_no_earlier_than_its_bill_was_voided() {
    let book = book().await;
    let (_, _, bill) = billed(&book).await;
    let effective_date = Some(text("2026-11-10"));
    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date };
    void_bill(&book, by("li"), void).await.unwrap();
    let on = |issue_date: &str| RegenerateBill { issue_date: Some(text(issue_date)), ..again(&bill) };
    let refused = refusal(regenerate_bill(&book, by("li"), on("2026-11-09"), CreditPolicy::Warn).await);
    let Refusal::Bill(BillRefusal::BeforeVoiding { bill: refused, dates }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((refused, dates.earliest), (bill.clone(), text("2026-11-10")));
    let issued =
        regenerate_bill(&book, by("li"), on("2026-11-10"), CreditPolicy::Warn).await.unwrap().outcome.bill;
    assert_eq!(issued.due_date, Some(text("2026-12-10")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_regenerate_at_once_there_is_one_revision() {
    let book = book().await;
    let (_, _, bill) = billed(&book).await;
    void(&book, &bill).await;
    let (one, other) = tokio::join!(
        regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn),
        regenerate_bill(&book, by("wang"), again(&bill), CreditPolicy::Warn)
    );
    let (one, other) = (one.unwrap().outcome, other.unwrap().outcome);
    assert_eq!(one.bill, other.bill);
    assert!(one.new != other.new, "one of them made it");
    let issued = events(&book).await.iter().filter(|event| *event == "BillIssued").count();
    assert_eq!((issued, balance(&book, "1122").await.as_str()), (2, "148.40"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_without_a_plan_is_not_billed_again() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    void(&book, &bill).await;
    let end = SubscriptionCommand::End { customer: customer.clone(), from: text("2026-01-01") };
    tell::<Subscription>(&book, Subscription::stream_of(&customer), end).await;
    let refused = refusal(regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await);
    let (meter, on) = (text("calls"), text("2026-10-07"));
    assert_eq!(refused, Refusal::Month(MonthRefusal::NotPriced { meter, on }));
    calls(&book, &customer, 0).await;
    let refused = refusal(regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await);
    assert_eq!(refused, Refusal::Month(MonthRefusal::NoPlan));
    let none: BillId = text("C99999.2026-10");
    let refused = refusal(regenerate_bill(&book, by("li"), again(&none), CreditPolicy::Warn).await);
    assert_eq!(refused, BillRefusal::NotFound { bill: none }.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_late_usage_is_a_bill_of_its_own() {
    let book = book().await;
    let (customer, plan, bill) = billed(&book).await;
    // A version that is in force looking back changes nothing of a bill that was made before it.
    add_version(&book, &plan, &TERMS.replace(r#""fee":"100""#, r#""fee":"999""#)).await;
    calls(&book, &customer, 120).await;
    let close = PeriodCommand::Close { period: october(), today: text("2026-11-02") };
    tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.into(), close).await;
    let before = events(&book).await;
    let shown = show_late_usage(&book, text("user:li"), &bill).await.unwrap().outcome;
    assert_eq!((&shown.id, shown.late.amounts.total), (&bill, yuan("12.72")));
    let tried = settle_late_usage(&book, dry(), settling(&bill), CreditPolicy::Warn).await.unwrap();
    assert_eq!(tried.outcome.difference, yuan("12.72"));
    assert_eq!(events(&book).await, before, "looking and trying write nothing");

    let settled = settle_late_usage(&book, keyed("K"), settling(&bill), CreditPolicy::Warn).await.unwrap();
    let delta = settled.outcome.bill.clone().unwrap();
    assert_eq!(delta.bill.id.as_str(), format!("{bill}.d1"));
    assert_eq!((delta.total, delta.bill.number.as_ref().unwrap().as_str()), (yuan("12.72"), "2026-000002"));
    let told = history(&book, &delta.bill.id).await;
    let [BillEvent::BillDrafted { amends, .. }, BillEvent::BillIssued { issue_date, due_date, .. }] =
        &told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!(amends.as_ref(), Some(&bill), "it links back");
    assert_eq!((*due_date - *issue_date).num_days(), 30, "by the term of the month's bill");
    assert_ne!(Month::nearest(*issue_date), october(), "in an open period");
    let repeat = settle_late_usage(&book, keyed("K"), settling(&bill), CreditPolicy::Warn).await.unwrap();
    assert!(repeat.replayed && repeat.outcome == settled.outcome);
    let second = settle(&book, &bill).await;
    assert_eq!((second.difference, second.bill, second.credit_notes), (yuan("0.00"), None, vec![]));
    assert_eq!(balance(&book, "1122").await, "161.12");

    // What a voided bill of late usage billed is late again.
    void(&book, &delta.bill.id).await;
    let refused = refusal(regenerate_bill(&book, by("li"), again(&delta.bill.id), CreditPolicy::Warn).await);
    assert_eq!(refused, BillRefusal::DeltaNotRegenerated { bill: delta.bill.id }.into());
    let next = settle(&book, &bill).await.bill.unwrap();
    assert_eq!((next.bill.id.as_str(), next.total), (format!("{bill}.d2").as_str(), yuan("12.72")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_settle_at_once_one_does() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    calls(&book, &customer, 120).await;
    let (one, other) = tokio::join!(settle(&book, &bill), settle(&book, &bill));
    assert!(one.bill.is_some() != other.bill.is_some(), "{one:?} {other:?}");
    assert_eq!(balance(&book, "1122").await, "161.12");
}

#[tokio::test(flavor = "multi_thread")]
async fn less_usage_is_credited() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    calls(&book, &customer, 150).await;
    assert_eq!(settle(&book, &bill).await.difference, yuan("15.90"));
    // 150 calls were 55.00, 20 are 10.00: all of the bill of late usage, and the rest on the month's.
    calls(&book, &customer, 20).await;
    let settled = settle(&book, &bill).await;
    assert_eq!(
        (settled.difference, settled.bill, settled.not_credited),
        (yuan("-47.70"), None, yuan("0.00"))
    );
    let notes: Vec<_> =
        settled.credit_notes.iter().map(|note| (note.id.as_str(), note.amounts.total)).collect();
    let delta = format!("{bill}.d1");
    assert_eq!(notes, [(delta.as_str(), yuan("15.90")), (bill.as_str(), yuan("31.80"))]);
    let twice = settle(&book, &bill).await;
    assert_eq!((twice.difference, twice.credit_notes), (yuan("0.00"), vec![]));
    for (account, expected) in [("1122", "116.60"), ("6001", "-110.00"), ("2221", "-6.60")] {
        assert_eq!(balance(&book, account).await, expected, "{account}");
    }
    let voided =
        refusal(void_bill(&book, by("li"), VoidBill { bill, reason: text("x"), effective_date: None }).await);
    assert!(matches!(voided, Refusal::Bill(BillRefusal::PartlySettled { .. })), "{voided}");
}

/// A note keeps its bill from being voided, and the month's bill with it; the refusals say what can be done, and it can.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_credited_for_late_usage_is_put_right_by_settling_again() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    calls(&book, &customer, 120).await;
    let delta = settle(&book, &bill).await.bill.unwrap().bill.id;
    calls(&book, &customer, 100).await;
    assert_eq!(settle(&book, &bill).await.credit_notes[0].id, delta);
    let refused = async |bill: &BillId| {
        let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
        refusal(void_bill(&book, by("li"), void).await)
    };
    let Refusal::Bill(BillRefusal::PartlySettled { .. }) = refused(&delta).await else { panic!("{delta}") };
    let month = refused(&bill).await.to_string();
    assert!(month.contains(delta.as_str()) && month.contains("correct the usage and settle it"), "{month}");
    calls(&book, &customer, 130).await;
    settle(&book, &bill).await;
    // 100 for the month, 50 and 3 for calls, and 6 %.
    assert_eq!(balance(&book, "1122").await, "162.18");
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_is_not_credited_above_what_is_left() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    let lines = NoteLines::Lines(vec![(2, yuan("35.00"))]);
    let credit = CreditBill { bill: bill.clone(), lines, reason: text("goodwill"), effective_date: None };
    credit_bill(&book, by("li"), credit).await.unwrap();
    calls(&book, &customer, 60).await;
    let settled = settle(&book, &bill).await;
    assert_eq!((settled.difference, settled.not_credited), (yuan("-10.60"), yuan("5.00")));
    assert_eq!(settled.credit_notes[0].amounts.subtotal, yuan("5.00"));
    assert_eq!(balance(&book, "1122").await, "106.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_settled_of_a_voided_bill() {
    let book = book().await;
    let (_, _, bill) = billed(&book).await;
    void(&book, &bill).await;
    let refused = refusal(settle_late_usage(&book, by("li"), settling(&bill), CreditPolicy::Warn).await);
    let (state, action) = (BillState::Voided, BillAction::SettleLateUsage);
    assert_eq!(refused, BillRefusal::NotInState { bill: bill.clone(), state, action }.into());
    let none: BillId = text("C99999.2026-10");
    let refused = refusal(settle_late_usage(&book, by("li"), settling(&none), CreditPolicy::Warn).await);
    assert_eq!(refused, BillRefusal::NotFound { bill: none }.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_that_changes_nothing_is_late_until_somebody_has_settled_it() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    calls(&book, &customer, 120).await;
    calls(&book, &customer, 80).await;
    let before = events(&book).await.len();
    let settled = settle(&book, &bill).await;
    assert_eq!((settled.difference, settled.bill, settled.credit_notes), (yuan("0.00"), None, vec![]));
    let told = events(&book).await;
    assert_eq!(told[before..], ["LateUsageSettled"]);
    settle(&book, &bill).await;
    assert_eq!(events(&book).await, told, "nothing is left to settle");
    void(&book, &bill).await;
    regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_that_nothing_prices_is_refused() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    let usage = UsageId::new(&customer, october());
    let texts = |quantity: &str, correction: bool| {
        let entry = format!(
            r#"{{"meter":"texts","date":"2026-10-09","quantity":"{quantity}","reference":"t","correction":{correction}}}"#
        );
        let entries = vec![serde_json::from_str(&entry).unwrap()];
        UsageCommand::Record { usage: usage.clone(), entries, today: text("2026-11-01") }
    };
    tell::<Usage>(&book, usage.to_string(), texts("5", false)).await;
    let unpriced =
        Refusal::Month(MonthRefusal::LateNotPriced { meter: text("texts"), on: text("2026-10-09") });
    assert_eq!(refusal(show_late_usage(&book, text("user:li"), &bill).await), unpriced);
    let before = events(&book).await;
    assert_eq!(
        refusal(settle_late_usage(&book, by("li"), settling(&bill), CreditPolicy::Warn).await),
        unpriced
    );
    assert_eq!(events(&book).await, before);
    tell::<Usage>(&book, usage.to_string(), texts("0", true)).await;
    assert_eq!(settle(&book, &bill).await.difference, yuan("0.00"));
}

/// Voided from this day on.
async fn void_on(book: &Book, bill: &BillId, date: &str) {
    let (reason, effective_date) = (text("wrong usage"), Some(text(date)));
    void_bill(book, by("li"), VoidBill { bill: bill.clone(), reason, effective_date }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_usage_is_not_owed_twice_on_any_day() {
    let book = book().await;
    let (customer, _, bill) = billed(&book).await;
    calls(&book, &customer, 120).await;
    let on = |date: &str| SettleLateUsage { issue_date: Some(text(date)), ..settling(&bill) };
    let refused = refusal(settle_late_usage(&book, by("li"), on("2026-10-31"), CreditPolicy::Warn).await);
    assert!(matches!(refused, Refusal::Bill(BillRefusal::EffectiveDate(_))), "before the base: {refused}");
    let first =
        settle_late_usage(&book, by("li"), on("2026-11-03"), CreditPolicy::Warn).await.unwrap().outcome;
    void_on(&book, &first.bill.unwrap().bill.id, "2026-11-10").await;
    let refused = refusal(settle_late_usage(&book, by("li"), on("2026-11-05"), CreditPolicy::Warn).await);
    assert!(matches!(refused, Refusal::Bill(BillRefusal::EffectiveDate(_))), "both owed: {refused}");
    let second =
        settle_late_usage(&book, by("li"), on("2026-11-10"), CreditPolicy::Warn).await.unwrap().outcome;
    void_on(&book, &second.bill.unwrap().bill.id, "2026-11-15").await;
    void_on(&book, &bill, "2026-11-10").await;
    let early = RegenerateBill { issue_date: Some(text("2026-11-10")), ..again(&bill) };
    let refused = refusal(regenerate_bill(&book, by("li"), early, CreditPolicy::Warn).await);
    assert!(
        matches!(refused, Refusal::Bill(BillRefusal::BeforeVoiding { .. })),
        "it counts all usage: {refused}"
    );
    regenerate_bill(&book, by("li"), again(&bill), CreditPolicy::Warn).await.unwrap();
}
