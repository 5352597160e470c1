//! Withdrawals: asked for by one, approved by another, and the wallet goes along with every step.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::{
    a_request, book, by, deposit, events, fresh, keyed, nothing, refusal, register, request, suspend, text,
    yuan,
};
use tallybook_commands::CommandContext;
use tallybook_commands::deposits::{
    ApproveWithdrawal, CancelWithdrawal, FailWithdrawal, RejectWithdrawal, ReturnWithdrawal,
    SubmitWithdrawal, SucceedWithdrawal, WithdrawalOutcome, approve_withdrawal, cancel_withdrawal,
    fail_withdrawal, reject_withdrawal, request_withdrawal, return_withdrawal, submit_withdrawal,
    succeed_withdrawal,
};
use tallybook_domain::approvals::{ApprovalId, ApprovalRefusal, ApprovalSubject};
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::deposits::{WalletRefusal, WithdrawalAction, WithdrawalRefusal, WithdrawalState};
use tallybook_domain::{CustomerId, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt};

use WithdrawalAction::{Approve, Cancel, Fail, Reject, Return, Submit, Succeed};

type Answer = Result<Receipt<WithdrawalOutcome>, CommandError>;

async fn take_as(
    book: &Book,
    context: CommandContext,
    action: WithdrawalAction,
    id: &WithdrawalId,
) -> Answer {
    let (withdrawal, reason, effective_date) = (id.clone(), text("no"), None);
    match action {
        Approve => approve_withdrawal(book, context, ApproveWithdrawal { withdrawal }).await,
        Reject => reject_withdrawal(book, context, RejectWithdrawal { withdrawal, reason }).await,
        Cancel => cancel_withdrawal(book, context, CancelWithdrawal { withdrawal, reason: None }).await,
        Submit => {
            let channel_reference = None;
            let asked = SubmitWithdrawal { withdrawal, channel_reference, effective_date };
            submit_withdrawal(book, context, asked).await
        }
        Succeed => succeed_withdrawal(book, context, SucceedWithdrawal { withdrawal, effective_date }).await,
        Fail => fail_withdrawal(book, context, FailWithdrawal { withdrawal, reason, effective_date }).await,
        Return => {
            return_withdrawal(book, context, ReturnWithdrawal { withdrawal, reason, effective_date }).await
        }
    }
}

/// Mei takes the steps one after the other.
async fn take(book: &Book, id: &WithdrawalId, actions: &[WithdrawalAction]) -> WithdrawalOutcome {
    let mut last = None;
    for action in actions {
        last = Some(take_as(book, by("mei"), *action, id).await.unwrap().outcome);
    }
    last.unwrap()
}

/// A customer with 100.00, of which 30.00 are asked for.
async fn thirty_of_a_hundred(book: &Book) -> (CustomerId, WithdrawalId) {
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "100.00", "R1").await.unwrap();
    let id = request(book, &acme, "30.00", "W1").await.unwrap().outcome.id;
    (acme, id)
}

fn figures(outcome: &WithdrawalOutcome) -> [String; 3] {
    [outcome.balance, outcome.held, outcome.available].map(|money| money.amount().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_asked_for_is_held() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    let asked = request(&book, &acme, "30.00", "W1").await.unwrap();
    assert_eq!(asked.outcome.state, WithdrawalState::Requested);
    assert_eq!(asked.outcome.wallet.as_str(), "C00001.CNY");
    assert_eq!(asked.outcome.amount, yuan("30.00"));
    assert_eq!(figures(&asked.outcome), ["100.00", "30.00", "70.00"]);
    let recorded =
        ["WithdrawalRequested", "FundsHeld", "WithdrawalAssessed", "PayeeUsed", "ApprovalRequested"];
    assert_eq!(events(&book).await[2..], recorded);
    let too_much = WalletRefusal::InsufficientFunds { available: yuan("70.00"), requested: yuan("70.01") };
    assert_eq!(refusal(request(&book, &acme, "70.01", "W2").await), too_much.into());
    assert_eq!(events(&book).await.len(), 7, "a refused request leaves nothing behind");
    request(&book, &acme, "70.00", "W2").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_goes_along_with_every_step() {
    for (steps, state, expected) in [
        (&[Approve][..], WithdrawalState::Approved, ["100.00", "30.00", "70.00"]),
        (&[Reject], WithdrawalState::Rejected, ["100.00", "0.00", "100.00"]),
        (&[Cancel], WithdrawalState::Cancelled, ["100.00", "0.00", "100.00"]),
        (&[Approve, Cancel], WithdrawalState::Cancelled, ["100.00", "0.00", "100.00"]),
        (&[Approve, Submit], WithdrawalState::Submitted, ["100.00", "30.00", "70.00"]),
        (&[Approve, Submit, Succeed], WithdrawalState::Succeeded, ["70.00", "0.00", "70.00"]),
        (&[Approve, Submit, Fail], WithdrawalState::Failed, ["100.00", "0.00", "100.00"]),
        (&[Approve, Submit, Succeed, Return], WithdrawalState::Returned, ["100.00", "0.00", "100.00"]),
    ] {
        let book = book().await;
        let (_, id) = thirty_of_a_hundred(&book).await;
        let outcome = take(&book, &id, steps).await;
        assert_eq!((outcome.state, figures(&outcome)), (state, expected.map(String::from)), "{steps:?}");

        let before = events(&book).await;
        let last = *steps.last().unwrap();
        let again = take_as(&book, by("mei"), last, &id).await.unwrap();
        assert_eq!(again.outcome, outcome, "{last} again");
        assert_eq!(events(&book).await, before, "{last} again records nothing");
        book.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_out_of_turn_is_refused() {
    let book = book().await;
    let (_, id) = thirty_of_a_hundred(&book).await;
    for action in [Submit, Succeed, Fail, Return] {
        let state = WithdrawalState::Requested;
        let not_now = WithdrawalRefusal::NotInState { withdrawal: id.clone(), state, action };
        assert_eq!(refusal(take_as(&book, by("mei"), action, &id).await), not_now.into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_for_money_cannot_approve_it() {
    let book = book().await;
    let (_, id) = thirty_of_a_hundred(&book).await;
    let approval = ApprovalId::new(&ApprovalSubject::Withdrawal(id.clone()), 1);
    let own = ApprovalRefusal::SelfApproval { approval, requested_by: text("user:han") };
    assert_eq!(refusal(take_as(&book, by("han"), Approve, &id).await), own.into());
    take(&book, &id, &[Approve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_money_goes_out_for_a_suspended_customer() {
    let book = book().await;
    let (acme, requested) = thirty_of_a_hundred(&book).await;
    let approved = request(&book, &acme, "10.00", "W2").await.unwrap().outcome.id;
    take(&book, &approved, &[Approve]).await;
    suspend(&book, &acme).await;
    let suspended = Refusal::from(WithdrawalRefusal::WalletSuspended { customer: acme.clone() });
    assert_eq!(refusal(request(&book, &acme, "1.00", "W3").await), suspended);
    assert_eq!(refusal(take_as(&book, by("mei"), Approve, &requested).await), suspended);
    assert_eq!(refusal(take_as(&book, by("mei"), Submit, &approved).await), suspended);
    take(&book, &requested, &[Reject]).await;
    assert_eq!(figures(&take(&book, &approved, &[Cancel]).await), ["100.00", "0.00", "100.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banks_facts_are_recorded_for_a_suspended_customer() {
    let book = book().await;
    let (acme, first) = thirty_of_a_hundred(&book).await;
    let second = request(&book, &acme, "10.00", "W2").await.unwrap().outcome.id;
    take(&book, &first, &[Approve, Submit]).await;
    take(&book, &second, &[Approve, Submit]).await;
    suspend(&book, &acme).await;
    take(&book, &first, &[Succeed, Return]).await;
    assert_eq!(figures(&take(&book, &second, &[Fail]).await), ["100.00", "0.00", "100.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_reference_is_used_once() {
    let book = book().await;
    let (acme, id) = thirty_of_a_hundred(&book).await;
    let taken = Refusal::from(WithdrawalRefusal::ReferenceTaken { reference: text("W1") });
    assert_eq!(refusal(request(&book, &acme, "1.00", "W1").await), taken);
    take(&book, &id, &[Cancel]).await;
    assert_eq!(refusal(request(&book, &acme, "1.00", "W1").await), taken);
    deposit(&book, &acme, "1.00", "W1").await.unwrap();
}

/// Each call brings an id of its own, as the edge does.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_the_first() {
    let book = &book().await;
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "50.00", "R1").await.unwrap();
    let ask = || {
        let asked = a_request(&acme, "30.00", "W1");
        request_withdrawal(book, keyed("key-1"), fresh(), asked, nothing(book))
    };
    let all: Vec<_> = join_all((0..20).map(|_| ask())).await.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|receipt| receipt.outcome == all[0].outcome));
    assert_eq!(figures(&all[0].outcome), ["50.00", "30.00", "20.00"]);
    assert_eq!(events(book).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_and_what_does_not_exist_is_not_found() {
    let book = book().await;
    let (nobody, nothing) = (CustomerId::from_number(99), fresh());
    let no_customer = CustomerRefusal::NotFound { customer: nobody.clone() };
    assert_eq!(refusal(request(&book, &nobody, "1.00", "W1").await), no_customer.into());
    for action in WithdrawalAction::ALL {
        let no_withdrawal = WithdrawalRefusal::NotFound { withdrawal: nothing.clone() };
        assert_eq!(refusal(take_as(&book, by("mei"), action, &nothing).await), no_withdrawal.into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_requests_on_money_for_three_hundred() {
    let book = &book().await;
    let acme = &register(book, "Acme").await;
    deposit(book, acme, "300.00", "R1").await.unwrap();
    let all = (0..500).map(|n| async move { request(book, acme, "1.00", &format!("W{n}")).await.is_ok() });
    assert_eq!(join_all(all).await.into_iter().filter(|granted| *granted).count(), 300);
}

/// A bank further east may be a day ahead: the next step, given no date, is then of that day too.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_not_before_the_one_it_follows() {
    let book = &book().await;
    let (_, withdrawal) = thirty_of_a_hundred(book).await;
    take(book, &withdrawal, &[Approve]).await;
    let today = book.today();
    let tomorrow = today.succ_opt();
    let asked = SubmitWithdrawal {
        withdrawal: withdrawal.clone(),
        channel_reference: None,
        effective_date: tomorrow,
    };
    submit_withdrawal(book, by("mei"), asked).await.unwrap();
    let early = SucceedWithdrawal { withdrawal: withdrawal.clone(), effective_date: Some(today) };
    let refused = refusal(succeed_withdrawal(book, by("mei"), early).await);
    let Refusal::Withdrawal(WithdrawalRefusal::EffectiveDate(refused)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(Some(refused.earliest), tomorrow);
    assert_eq!(figures(&take(book, &withdrawal, &[Succeed]).await), ["70.00", "0.00", "70.00"]);
    take(book, &withdrawal, &[Return]).await;
    let dated: i64 = sqlx::query_scalar("SELECT count(*) FROM events WHERE payload::text LIKE $1")
        .bind(format!("%{}%", tomorrow.unwrap()))
        .fetch_one(book.pool())
        .await
        .unwrap();
    assert_eq!(dated, 5, "submitted, succeeded, paid out, returned, credited");
}

/// Approval and suspension at the same moment: whichever comes first, no order goes out after the suspension.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_and_a_suspension_do_not_pass_each_other() {
    let book = &book().await;
    let (acme, id) = &thirty_of_a_hundred(book).await;
    let (approved, ()) = futures::join!(take_as(book, by("mei"), Approve, id), suspend(book, acme));
    let kinds = events(book).await;
    let suspended = kinds.iter().position(|kind| kind == "CustomerSuspended").unwrap();
    match kinds.iter().position(|kind| kind == "WithdrawalApproved") {
        Some(at) => assert!(approved.is_ok() && at < suspended),
        None => assert!(approved.is_err()),
    }
    let suspension = Refusal::from(WithdrawalRefusal::WalletSuspended { customer: acme.clone() });
    let submit = take_as(book, by("mei"), Submit, id).await;
    assert!(submit.is_err());
    if approved.is_ok() {
        assert_eq!(refusal(submit), suspension);
    }
}
