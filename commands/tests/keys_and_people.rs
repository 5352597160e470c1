//! What an API key asks for is not approved by the person who made the key, nor by the one who holds it.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{bill, subscribed, tell};
use support::{a_request, book, by, deposit, fresh, refusal, text, yuan};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{ApproveBadDebt, RequestBadDebt, approve_bad_debt, request_bad_debt};
use tallybook_commands::deposits::{ApproveWithdrawal, approve_withdrawal, request_withdrawal};
use tallybook_commands::ledger::{ApproveReopening, RequestReopening, approve_reopening, request_reopening};
use tallybook_domain::approvals::{ApprovalId, ApprovalRefusal, ApprovalSubject};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand};
use tallybook_domain::{Actor, Month, Refusal};
use tallybook_event_store::Book;

const TERMS: &str =
    r#"{"currency":"CNY","items":[{"code":"base","name":"Base","model":"flat","fee":"100"}]}"#;

fn self_approval(subject: ApprovalSubject, requested_by: Actor) -> Refusal {
    ApprovalRefusal::SelfApproval { approval: ApprovalId::new(&subject, 1), requested_by }.into()
}

fn reopening(period: Month) -> ApproveReopening {
    ApproveReopening { period, approval: None }
}

/// A key that Li made, for Anna.
async fn made_by_li(book: &Book) -> (CommandContext, Actor) {
    sqlx::query(
        "INSERT INTO api_keys (id, name, role, secret_hash, created_at, created_by, held_by)
         VALUES ('1', 'erp', 'finance', 'none', now(), 'user:li', 'user:anna')",
    )
    .execute(book.pool())
    .await
    .unwrap();
    let actor: Actor = text("key:erp");
    (CommandContext { actor: actor.clone(), ..by("nobody") }, actor)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_off_takes_somebody_else_than_who_made_the_key() {
    let book = book().await;
    let (customer, plan) = subscribed(&book, TERMS).await;
    let bill = bill(&book, &customer, &plan).await;
    let (key, requested_by) = made_by_li(&book).await;
    let ask = RequestBadDebt { bill: bill.clone(), amount: yuan("100.00"), reason: text("insolvent") };
    let asked = request_bad_debt(&book, key, ask).await.unwrap().outcome;
    assert_eq!(asked.requested_by, requested_by);
    let approve = ApproveBadDebt { bill: bill.clone(), amount: None, approval: None, effective_date: None };
    for behind in ["li", "anna"] {
        let own = refusal(approve_bad_debt(&book, by(behind), approve.clone()).await);
        assert_eq!(own, self_approval(ApprovalSubject::BadDebt(bill.clone()), requested_by.clone()));
    }
    approve_bad_debt(&book, by("wang"), approve).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_takes_somebody_else_than_who_made_the_key() {
    let book = book().await;
    let customer = support::register(&book, "Acme").await;
    deposit(&book, &customer, "100.00", "R1").await.unwrap();
    let (key, requested_by) = made_by_li(&book).await;
    let (withdrawal, asked) = (fresh(), a_request(&customer, "30.00", "W1"));
    request_withdrawal(&book, key, withdrawal.clone(), asked, support::nothing(&book)).await.unwrap();
    for behind in ["li", "anna"] {
        let approve = ApproveWithdrawal { withdrawal: withdrawal.clone() };
        let own = refusal(approve_withdrawal(&book, by(behind), approve).await);
        let subject = ApprovalSubject::Withdrawal(withdrawal.clone());
        assert_eq!(own, self_approval(subject, requested_by.clone()));
    }
    approve_withdrawal(&book, by("wang"), ApproveWithdrawal { withdrawal }).await.unwrap();
}

/// Whoever holds a key of an administrator must not get rid of himself by having it make another.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_key_has_made_has_the_same_people_behind_it() {
    let book = book().await;
    let customer = support::register(&book, "Acme").await;
    deposit(&book, &customer, "100.00", "R1").await.unwrap();
    made_by_li(&book).await;
    sqlx::query(
        "INSERT INTO api_keys (id, name, role, secret_hash, created_at, created_by, held_by)
         VALUES ('2', 'bot', 'finance', 'none', now(), 'key:erp', NULL),
                ('3', 'bots-bot', 'finance', 'none', now(), 'key:bot', 'user:zhao')",
    )
    .execute(book.pool())
    .await
    .unwrap();
    for (key, behind) in [("key:bot", ["li", "anna"]), ("key:bots-bot", ["zhao", "anna"])] {
        let key = CommandContext { actor: text(key), ..by("nobody") };
        let (requested_by, asked) = (key.actor.clone(), a_request(&customer, "30.00", key.actor.as_str()));
        let withdrawal = fresh();
        request_withdrawal(&book, key, withdrawal.clone(), asked, support::nothing(&book)).await.unwrap();
        for behind in behind {
            let approve = ApproveWithdrawal { withdrawal: withdrawal.clone() };
            let own = refusal(approve_withdrawal(&book, by(behind), approve).await);
            let subject = ApprovalSubject::Withdrawal(withdrawal.clone());
            assert_eq!(own, self_approval(subject, requested_by.clone()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_a_month_takes_somebody_else_than_who_made_the_key() {
    let book = book().await;
    let period: Month = text("2026-08");
    let close = PeriodCommand::Close { period, today: text("2026-09-01") };
    tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.into(), close).await;
    let (key, requested_by) = made_by_li(&book).await;
    let ask = RequestReopening { period, reason: text("a bill was missing") };
    let asked = request_reopening(&book, key, ask).await.unwrap().outcome;
    assert_eq!(asked.requested_by, Some(requested_by.clone()));
    for behind in ["li", "anna"] {
        let own = refusal(approve_reopening(&book, by(behind), reopening(period)).await);
        assert_eq!(own, self_approval(ApprovalSubject::PeriodReopening(period), requested_by.clone()));
    }
    approve_reopening(&book, by("wang"), reopening(period)).await.unwrap();
}
