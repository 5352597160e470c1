//! Notes, disputes and bad debt on a real book.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{balance, bill, calls, history, subscribed, tell};
use support::{book, by, close, dry, events, refusal, text, yuan};
use tallybook_commands::billing::{
    ApproveBadDebt, CloseDispute, CreditBill, DebitBill, OpenDispute, RejectBadDebt, RequestBadDebt,
    SettleLateUsage, VoidBill, approve_bad_debt, close_dispute, credit_bill, debit_bill, open_dispute,
    reject_bad_debt, request_bad_debt, settle_late_usage, void_bill,
};
use tallybook_domain::Refusal;
use tallybook_domain::approvals::ApprovalRefusal;
use tallybook_domain::billing::bill::{BadDebtState, Dispute, DisputeOutcome, NoteLines};
use tallybook_domain::billing::{
    BillEvent, BillId, BillRefusal, CreditPolicy, Subscription, SubscriptionCommand,
};
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::ledger::periods::{
    ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodRefusal,
};
use tallybook_event_store::Book;

/// 100.33 for the month and 0.10 a call, 6 % tax: 5 calls make it 100.83 and 6.05 tax.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"base","name":"Base","model":"flat","fee":"100.33"},
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0.10"}]}"#;

async fn billed(book: &Book) -> BillId {
    let (customer, plan) = subscribed(book, TERMS).await;
    calls(book, &customer, 5).await;
    bill(book, &customer, &plan).await
}

fn credit(bill: &BillId, lines: NoteLines) -> CreditBill {
    CreditBill { bill: bill.clone(), lines, reason: text("goodwill"), effective_date: None }
}

fn of_line(line: u32, amount: &str) -> NoteLines {
    NoteLines::Lines(vec![(line, yuan(amount))])
}

fn refused<T: std::fmt::Debug>(
    result: Result<tallybook_event_store::Receipt<T>, tallybook_event_store::CommandError>,
) -> BillRefusal {
    let refusal = refusal(result);
    if let Refusal::Bill(refusal) = refusal { refusal } else { panic!("{refusal}") }
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_move_revenue_and_tax_to_the_cent() {
    let book = book().await;
    let bill = billed(&book).await;
    let first = credit_bill(&book, by("li"), credit(&bill, of_line(1, "50.00"))).await.unwrap().outcome;
    assert_eq!((first.note, first.amounts.total, first.open), (1, yuan("53.00"), yuan("53.88")));
    let debit = DebitBill {
        bill: bill.clone(),
        lines: of_line(2, "0.10"),
        reason: text("forgotten"),
        effective_date: None,
    };
    let second = debit_bill(&book, by("li"), debit, CreditPolicy::Warn).await.unwrap().outcome;
    assert_eq!((second.note, second.amounts.total, second.open), (2, yuan("0.11"), yuan("53.99")));
    let before = events(&book).await;
    let tried = credit_bill(&book, dry(), credit(&bill, NoteLines::Whole)).await.unwrap();
    assert_eq!(tried.dry_run_events.unwrap().len(), 1);
    assert_eq!(events(&book).await, before, "a dry run writes nothing");
    let all = credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await.unwrap().outcome;
    assert_eq!((all.note, all.open), (3, yuan("0.00")));
    for account in ["1122", "6001", "2221"] {
        assert_eq!(balance(&book, account).await, "0.00", "{account}");
    }
    let nothing = refused(credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await);
    assert!(matches!(nothing, BillRefusal::AmountNotPositive { .. }), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_credits_at_once_no_more_is_taken_than_is_left() {
    let book = book().await;
    let bill = billed(&book).await;
    let one = credit_bill(&book, by("li"), credit(&bill, of_line(1, "60.00")));
    let other = credit_bill(&book, by("wang"), credit(&bill, of_line(1, "60.00")));
    let (one, other) = tokio::join!(one, other);
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refusal = refused(if one.is_ok() { other } else { one });
    let (line, left, requested) = (1, yuan("40.33"), yuan("60.00"));
    assert_eq!(refusal, BillRefusal::AboveLine { bill, line, left, requested });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_effective_in_an_open_period_and_not_on_a_voided_bill() {
    let book = book().await;
    let (customer, plan) = subscribed(&book, TERMS).await;
    let bill = bill(&book, &customer, &plan).await;
    let (period, today) = (text("2026-11"), text("2026-12-01"));
    let close = PeriodCommand::Close { period, today };
    tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.into(), close).await;
    let effective_date = Some(text("2026-11-02"));
    let closed = CreditBill { effective_date, ..credit(&bill, of_line(1, "1.00")) };
    let closed = refusal(credit_bill(&book, by("li"), closed).await);
    assert!(matches!(closed, Refusal::Period(PeriodRefusal::Closed { .. })), "{closed}");
    let before = CreditBill { effective_date: Some(text("2026-10-31")), ..credit(&bill, NoteLines::Whole) };
    let before = refused(credit_bill(&book, by("li"), before).await);
    assert!(matches!(before, BillRefusal::EffectiveDate(_)), "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_bill_takes_no_notes() {
    let book = book().await;
    let bill = billed(&book).await;
    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
    void_bill(&book, by("li"), void).await.unwrap();
    let refusal = refused(credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await);
    assert!(matches!(refusal, BillRefusal::NotInState { .. }), "{refusal}");
    let dispute = OpenDispute { bill: bill.clone(), reason: text("not ours") };
    let refusal = refused(open_dispute(&book, by("li"), dispute).await);
    assert!(matches!(refusal, BillRefusal::NotInState { .. }), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_open_and_then_won_or_lost() {
    let book = book().await;
    let bill = billed(&book).await;
    let dispute = OpenDispute { bill: bill.clone(), reason: text("not ours") };
    let opened = open_dispute(&book, by("li"), dispute.clone()).await.unwrap().outcome;
    assert_eq!((opened.dispute, opened.open), (Dispute::Open, yuan("106.88")));
    let again = refused(open_dispute(&book, by("li"), dispute).await);
    assert_eq!(again, BillRefusal::InDispute { bill: bill.clone() });
    let won =
        CloseDispute { bill: bill.clone(), outcome: DisputeOutcome::Won, reason: text("the meter erred") };
    assert_eq!(close_dispute(&book, by("li"), won.clone()).await.unwrap().outcome.dispute, Dispute::Won);
    assert_eq!(refused(close_dispute(&book, by("li"), won).await), BillRefusal::NotInDispute { bill });
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_debt_is_given_up_by_somebody_else() {
    let book = book().await;
    let bill = billed(&book).await;
    let asked = RequestBadDebt { bill: bill.clone(), amount: yuan("106.88"), reason: text("insolvent") };
    let outcome = request_bad_debt(&book, by("li"), asked.clone()).await.unwrap().outcome;
    assert_eq!((outcome.state, outcome.open), (BadDebtState::Requested, yuan("106.88")));
    let approve =
        || ApproveBadDebt { bill: bill.clone(), amount: None, approval: None, effective_date: None };
    let own = refusal(approve_bad_debt(&book, by("li"), approve()).await);
    assert!(matches!(own, Refusal::Approval(ApprovalRefusal::SelfApproval { .. })), "{own}");
    assert_eq!(balance(&book, "6702").await, "0.00");

    let reject = RejectBadDebt { bill: bill.clone(), reason: text("sue first") };
    let rejected = reject_bad_debt(&book, by("wang"), reject).await.unwrap().outcome;
    assert_eq!((rejected.state, rejected.amount), (BadDebtState::Rejected, yuan("106.88")));
    let none = refused(approve_bad_debt(&book, by("wang"), approve()).await);
    assert_eq!(none, BillRefusal::BadDebtNotRequested { bill: bill.clone() });

    request_bad_debt(&book, by("li"), asked).await.unwrap();
    let (one, other) = tokio::join!(
        approve_bad_debt(&book, by("wang"), approve()),
        approve_bad_debt(&book, by("zhao"), approve())
    );
    assert!(one.is_ok() != other.is_ok(), "given up once");
    let given_up = one.or(other).unwrap().outcome;
    assert_eq!((given_up.state, given_up.open), (BadDebtState::WrittenOff, yuan("0.00")));
    assert_eq!(balance(&book, "6702").await, "106.88");
    assert_eq!(balance(&book, "1122").await, "0.00");
    assert!(matches!(history(&book, &bill).await.last(), Some(BillEvent::BadDebtWrittenOff { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_customer_owes_nothing_new() {
    let book = book().await;
    let bill = billed(&book).await;
    let customer = bill.customer();
    credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await.unwrap();
    // No month but the billed one was under a plan.
    let end = SubscriptionCommand::End { customer: customer.clone(), from: text("2026-01-01") };
    tell::<Subscription>(&book, Subscription::stream_of(&customer), end).await;
    close(&book, &customer).await;
    calls(&book, &customer, 50).await;
    let before = events(&book).await;
    let closed = Refusal::from(CustomerRefusal::Closed { customer });
    let lines = of_line(1, "1.00");
    let debit = DebitBill { bill: bill.clone(), lines, reason: text("forgotten"), effective_date: None };
    assert_eq!(refusal(debit_bill(&book, by("li"), debit, CreditPolicy::Warn).await), closed);
    let settle = SettleLateUsage { bill, reason: text("late"), issue_date: None };
    assert_eq!(refusal(settle_late_usage(&book, by("li"), settle, CreditPolicy::Warn).await), closed);
    assert_eq!(events(&book).await, before);
}
