//! Payouts: written once, sent once, and the withdrawal goes along with what is heard.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use support::{book, by, clocked, deposit, events, refusal, register, request, second, suspend, text, yuan};
use tallybook_commands::deposits::{
    ApproveWithdrawal, FailWithdrawal, SubmitWithdrawal, SucceedWithdrawal, approve_withdrawal,
    fail_withdrawal, submit_withdrawal, succeed_withdrawal,
};
use tallybook_commands::ledger::close_period;
use tallybook_commands::payouts::{
    PayoutOutcome, PreparePayout, begin_sending, find_order, hear_of_payout, prepare_payout,
};
use tallybook_domain::deposits::{WithdrawalRefusal, WithdrawalState};
use tallybook_domain::payouts::{
    AnsweredStatus, Heard, PayoutAdapterKind, PayoutAnswer, PayoutId, PayoutRefusal, PayoutState,
    UnknownCause,
};
use tallybook_domain::{CustomerId, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt};

async fn approved(book: &Book) -> (CustomerId, WithdrawalId) {
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "100.00", "R1").await.unwrap();
    let withdrawal = request(book, &acme, "30.00", "W1").await.unwrap().outcome.id;
    let approve = ApproveWithdrawal { withdrawal: withdrawal.clone() };
    approve_withdrawal(book, by("mei"), approve).await.unwrap();
    (acme, withdrawal)
}

async fn prepare(book: &Book, withdrawal: &WithdrawalId) -> Result<Receipt<PayoutOutcome>, CommandError> {
    let asked = PreparePayout { withdrawal: withdrawal.clone(), adapter: PayoutAdapterKind::Http };
    prepare_payout(book, by("mei"), asked).await
}

async fn hear(book: &Book, payout: &PayoutId, heard: Heard) -> PayoutOutcome {
    let order = find_order(book, payout).await.unwrap();
    hear_of_payout(book, by("mei"), order, Some(heard)).await.unwrap().outcome
}

fn answer(payout: &PayoutId, status: AnsweredStatus) -> Heard {
    Heard::Answer(PayoutAnswer {
        payout: Some(payout.clone()),
        amount: Some(yuan("30.00")),
        status,
        bank_reference: None,
        reason: None,
        paid_date: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_would_send_one_is_told_to() {
    let book = book().await;
    let another = second(&book).await;
    let (_, withdrawal) = approved(&book).await;
    let payout = prepare(&book, &withdrawal).await.unwrap().outcome.id;
    let order = find_order(&book, &payout).await.unwrap();
    let senders = (0..16).map(|number| {
        let process = if number % 2 == 0 { &book } else { &another };
        begin_sending(process, by("mei"), order.clone())
    });
    let told = join_all(senders).await;
    assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 1);
    let not_to_be_sent = PayoutRefusal::NotToBeSent { payout: payout.clone(), state: PayoutState::Sending };
    assert_eq!(refusal(begin_sending(&book, by("mei"), order).await), not_to_be_sent.into());
    assert_eq!(events(&book).await.iter().filter(|event| *event == "PayoutSendingBegan").count(), 1);
    another.shutdown().await;
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_paid_out_one_way_only() {
    let book = book().await;
    let (acme, withdrawal) = approved(&book).await;
    suspend(&book, &acme).await;
    let suspended = WithdrawalRefusal::WalletSuspended { customer: acme.clone() };
    assert_eq!(refusal(prepare(&book, &withdrawal).await), suspended.into());

    let by_hand = request_another(&book, "Beta").await;
    let submit =
        SubmitWithdrawal { withdrawal: by_hand.clone(), channel_reference: None, effective_date: None };
    submit_withdrawal(&book, by("mei"), submit).await.unwrap();
    let submitted = PayoutRefusal::AlreadySubmitted { withdrawal: by_hand.clone() };
    assert_eq!(refusal(prepare(&book, &by_hand).await), submitted.into());
    assert!(!events(&book).await.contains(&"PayoutPrepared".to_owned()));
    book.shutdown().await;
}

async fn request_another(book: &Book, name: &str) -> WithdrawalId {
    let customer = register(book, name).await;
    deposit(book, &customer, "100.00", name).await.unwrap();
    let withdrawal = request(book, &customer, "30.00", name).await.unwrap().outcome.id;
    let approve = ApproveWithdrawal { withdrawal: withdrawal.clone() };
    approve_withdrawal(book, by("mei"), approve).await.unwrap();
    withdrawal
}

#[tokio::test(flavor = "multi_thread")]
async fn the_withdrawal_goes_along_with_what_is_heard() {
    for (status, state, recorded) in [
        (AnsweredStatus::Accepted, WithdrawalState::Submitted, &["PayoutAccepted"][..]),
        (
            AnsweredStatus::Succeeded,
            WithdrawalState::Succeeded,
            &["PayoutSucceeded", "WithdrawalSucceeded", "HoldPaidOut"],
        ),
        (
            AnsweredStatus::Failed,
            WithdrawalState::Failed,
            &["PayoutFailed", "WithdrawalFailed", "HoldReleased"],
        ),
        (
            AnsweredStatus::Returned,
            WithdrawalState::Returned,
            &[
                "PayoutSucceeded",
                "PayoutReturned",
                "WithdrawalSucceeded",
                "HoldPaidOut",
                "WithdrawalReturned",
                "ReturnCredited",
            ],
        ),
    ] {
        let book = book().await;
        let (_, withdrawal) = approved(&book).await;
        let payout = prepare(&book, &withdrawal).await.unwrap().outcome.id;
        let order = find_order(&book, &payout).await.unwrap();
        begin_sending(&book, by("mei"), order).await.unwrap();
        hear(&book, &payout, Heard::Nothing(UnknownCause::TimedOut)).await;
        let before = events(&book).await.len();
        let outcome = hear(&book, &payout, answer(&payout, status)).await;
        assert_eq!(outcome.withdrawal_state, state);
        assert_eq!(events(&book).await[before..], *recorded);
        assert_eq!(hear(&book, &payout, answer(&payout, status)).await, outcome);
        assert_eq!(events(&book).await.len(), before + recorded.len(), "again changes nothing");
        book.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_says_of_a_withdrawal_is_said_of_its_payout() {
    let book = book().await;
    let (_, withdrawal) = approved(&book).await;
    let payout = prepare(&book, &withdrawal).await.unwrap().outcome.id;
    let order = find_order(&book, &payout).await.unwrap();
    begin_sending(&book, by("mei"), order.clone()).await.unwrap();
    let fail = || FailWithdrawal {
        withdrawal: withdrawal.clone(),
        reason: text("it never arrived"),
        effective_date: None,
    };
    let being_sent = PayoutRefusal::BeingSent { payout: payout.clone() };
    assert_eq!(refusal(fail_withdrawal(&book, by("mei"), fail()).await), being_sent.clone().into());
    let succeed = SucceedWithdrawal { withdrawal: withdrawal.clone(), effective_date: None };
    assert_eq!(refusal(succeed_withdrawal(&book, by("mei"), succeed).await), being_sent.into());

    hear(&book, &payout, Heard::Nothing(UnknownCause::BrokenOff)).await;
    fail_withdrawal(&book, by("mei"), fail()).await.unwrap();
    let recorded = events(&book).await;
    assert_eq!(recorded[recorded.len() - 3..], ["WithdrawalFailed", "PayoutFailed", "HoldReleased"]);
    // The bank has paid after all, and the wallet still has it: it leaves the wallet, once.
    for _ in 0..2 {
        let outcome = hear(&book, &payout, answer(&payout, AnsweredStatus::Succeeded)).await;
        let paid = (PayoutState::Succeeded, WithdrawalState::Succeeded);
        assert_eq!((outcome.state, outcome.withdrawal_state), paid);
    }
    let after_all =
        ["PayoutSucceeded", "FundsHeld", "WithdrawalSubmitted", "WithdrawalSucceeded", "HoldPaidOut"];
    assert_eq!(events(&book).await[recorded.len()..], after_all);
    book.shutdown().await;
}

/// Seconds since 1970, of the clock of one test.
static MOMENT: AtomicI64 = AtomicI64::new(0);

fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp(MOMENT.load(Ordering::SeqCst), 0).unwrap()
}

fn it_is(moment: &str) {
    MOMENT.store(text::<DateTime<Utc>>(moment).timestamp(), Ordering::SeqCst);
}

/// What a bank did cannot be refused, and nothing may be booked in a month that is closed.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_in_a_month_that_is_closed_is_booked_today() {
    it_is("2026-03-31T04:00:00Z");
    let book = clocked(clock).await;
    let (_, withdrawal) = approved(&book).await;
    let payout = prepare(&book, &withdrawal).await.unwrap().outcome.id;
    let order = find_order(&book, &payout).await.unwrap();
    begin_sending(&book, by("mei"), order).await.unwrap();
    it_is("2026-04-02T04:00:00Z");
    close_period(&book, by("mei"), text("2026-03")).await.unwrap();
    let Heard::Answer(succeeded) = answer(&payout, AnsweredStatus::Succeeded) else { panic!("it is one") };
    let paid = PayoutAnswer { paid_date: Some(text("2026-03-31")), ..succeeded };
    let outcome = hear(&book, &payout, Heard::Answer(paid)).await;
    assert_eq!(outcome.withdrawal_state, WithdrawalState::Succeeded);
    let dates: (String, String) = sqlx::query_as(
        "SELECT max(payload #>> '{PayoutSucceeded,paid_date}'),
                max(payload #>> '{WithdrawalSucceeded,effective_date}') FROM events",
    )
    .fetch_one(book.pool())
    .await
    .unwrap();
    assert_eq!(dates, ("2026-03-31".into(), "2026-04-02".into()));
    book.shutdown().await;
}
