//! Approvals on a real book: what was there before them, and what ends them.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::tell;
use support::{book, by, deposit, events, fresh, refusal, register, text, yuan};
use tallybook_commands::approvals::{
    ApprovalOutcome, GiveApproval, RejectApproval, expire_approval, give_approval, reject_approval,
};
use tallybook_commands::deposits::{CancelWithdrawal, cancel_withdrawal, request_withdrawal};
use tallybook_commands::ledger::{ApproveReopening, RequestReopening, approve_reopening, request_reopening};
use tallybook_domain::approvals::{ApprovalId, ApprovalRefusal, ApprovalState, ApprovalSubject};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodState};
use tallybook_domain::{CustomerId, Month, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt};

async fn closed(book: &Book) -> Month {
    let period: Month = text("2026-08");
    let close = PeriodCommand::Close { period, today: text("2026-09-01") };
    tell::<AccountingPeriods>(book, ACCOUNTING_PERIODS.into(), close).await;
    period
}

/// As it was asked for before there were approvals.
async fn asked_before(book: &Book) -> Month {
    let period = closed(book).await;
    let requested_by = text("user:li");
    let ask = PeriodCommand::RequestReopening { period, requested_by, reason: text("a late bill") };
    tell::<AccountingPeriods>(book, ACCOUNTING_PERIODS.into(), ask).await;
    period
}

fn reopening(period: Month) -> ApproveReopening {
    ApproveReopening { period, approval: None }
}

fn approval(period: Month) -> ApprovalId {
    ApprovalId::new(&ApprovalSubject::PeriodReopening(period), 1)
}

async fn give(
    book: &Book,
    who: &str,
    approval: ApprovalId,
) -> Result<Receipt<ApprovalOutcome>, CommandError> {
    give_approval(book, by(who), GiveApproval { approval, on_behalf_of: None, reason: None }).await
}

fn is_self_approval(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Approval(ApprovalRefusal::SelfApproval { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_before_there_were_approvals_is_approved_through_one() {
    let book = book().await;
    let period = asked_before(&book).await;
    let before = events(&book).await.len();
    assert!(is_self_approval(&refusal(approve_reopening(&book, by("li"), reopening(period)).await)));
    assert!(is_self_approval(&refusal(give(&book, "li", approval(period)).await)));
    let opened = approve_reopening(&book, by("wang"), reopening(period)).await.unwrap().outcome;
    assert_eq!((opened.state, opened.missing_approvals), (PeriodState::Open, None));
    let told = events(&book).await.split_off(before);
    assert_eq!(told, ["ApprovalRequested", "ApprovalGiven", "PeriodReopened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_before_is_rejected_through_one_too() {
    let book = book().await;
    let period = asked_before(&book).await;
    let before = events(&book).await.len();
    let (approval, reason) = (approval(period), text("it can wait"));
    let reject = RejectApproval { approval, on_behalf_of: None, reason };
    let rejected = reject_approval(&book, by("wang"), reject).await.unwrap().outcome;
    assert_eq!((rejected.state, rejected.missing), (ApprovalState::Rejected, 0));
    let told = events(&book).await.split_off(before);
    assert_eq!(told, ["ApprovalRequested", "ApprovalRejected", "PeriodReopeningRejected"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_twice_at_once_and_nothing_expires_before_its_time() {
    let book = book().await;
    let period = closed(&book).await;
    let ask = RequestReopening { period, reason: text("a late bill") };
    let asked = request_reopening(&book, by("li"), ask.clone()).await.unwrap().outcome;
    assert_eq!(asked.missing_approvals, Some(1));
    refusal(request_reopening(&book, by("li"), ask).await);
    let early = refusal(expire_approval(&book, by("nobody"), approval(period)).await);
    assert!(matches!(early, Refusal::Approval(ApprovalRefusal::NotDue { .. })), "{early}");
    give(&book, "wang", approval(period)).await.unwrap();
    let before = events(&book).await.len();
    let over = expire_approval(&book, by("nobody"), approval(period)).await.unwrap().outcome;
    assert_eq!(over.state, ApprovalState::Approved, "what is decided does not expire");
    assert_eq!(events(&book).await.len(), before);
}

async fn asked_for(book: &Book, customer: &CustomerId, amount: &str) -> WithdrawalId {
    let id = fresh();
    let asked = support::a_request(customer, amount, &format!("W {amount}"));
    request_withdrawal(book, by("han"), id.clone(), asked, support::nothing(book)).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_was_cancelled_is_approved_by_nobody() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    deposit(&book, &customer, "10000.00", "R1").await.unwrap();
    let id = asked_for(&book, &customer, "6000.00").await;
    let approval = ApprovalId::new(&ApprovalSubject::Withdrawal(id.clone()), 1);
    let half = give(&book, "wang", approval.clone()).await.unwrap().outcome;
    assert_eq!((half.state, half.missing), (ApprovalState::Open, 1));
    let cancel = CancelWithdrawal { withdrawal: id, reason: None };
    let cancelled = cancel_withdrawal(&book, by("han"), cancel).await.unwrap().outcome;
    assert_eq!((cancelled.held, cancelled.available), (yuan("0.00"), yuan("10000.00")));
    let late = refusal(give(&book, "zhao", approval).await);
    let closed =
        matches!(late, Refusal::Approval(ApprovalRefusal::NotOpen { state: ApprovalState::Closed, .. }));
    assert!(closed, "{late}");
}
