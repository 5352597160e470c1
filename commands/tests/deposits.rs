//! Deposits: recorded once per reference, reversed once.

mod support;

use futures::future::join_all;
use support::{
    a_deposit, book, by, deposit, dry, events, keyed, refusal, register, request, suspend, text, yuan,
};
use tallybook_commands::deposits::{
    DepositOutcome, RecordDeposit, ReverseDeposit, record_deposit, reverse_deposit,
};
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::deposits::{DepositState, Wallet, WalletRefusal};
use tallybook_domain::{CustomerId, DepositId, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

async fn reverse(book: &Book, deposit: &str) -> Result<Receipt<DepositOutcome>, CommandError> {
    let reverse =
        ReverseDeposit { deposit: text(deposit), reason: text("wrong customer"), effective_date: None };
    reverse_deposit(book, by("han"), reverse).await
}

fn taken(reference: &str) -> Refusal {
    WalletRefusal::ReferenceTaken { reference: text(reference) }.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_named_after_its_entry_in_the_wallet() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let first = deposit(&book, &acme, "100.00", "R1").await.unwrap();
    let expected = DepositOutcome {
        id: text("C00001.CNY.1"),
        state: DepositState::Recorded,
        wallet: text("C00001.CNY"),
        amount: yuan("100.00"),
        balance: yuan("100.00"),
        available: yuan("100.00"),
    };
    assert_eq!((first.outcome, first.position), (expected, 2));
    let second = deposit(&book, &acme, "5.00", "R2").await.unwrap().outcome;
    assert_eq!((second.id.as_str(), second.balance), ("C00001.CNY.2", yuan("105.00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_currency_has_a_wallet_of_its_own() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    let yen = Money::parse("500", text("JPY")).unwrap();
    let in_yen = RecordDeposit { amount: yen, ..a_deposit(&acme, "1.00", "R2") };
    let recorded = record_deposit(&book, by("han"), in_yen).await.unwrap().outcome;
    assert_eq!((recorded.id.as_str(), recorded.balance), ("C00001.JPY.1", yen));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_recorded_once_in_the_book() {
    let book = book().await;
    let (acme, beta) = (register(&book, "Acme").await, register(&book, "Beta").await);
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    assert_eq!(refusal(deposit(&book, &acme, "100.00", "R1").await), taken("R1"));
    assert_eq!(refusal(deposit(&book, &beta, "1.00", "R1").await), taken("R1"));
    let dry_run = record_deposit(&book, dry(), a_deposit(&beta, "1.00", "R1")).await;
    assert_eq!(refusal(dry_run), taken("R1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_deposit_is_the_first() {
    let book = &book().await;
    let acme = register(book, "Acme").await;
    let all = (0..30).map(|_| record_deposit(book, keyed("key-1"), a_deposit(&acme, "100.00", "R1")));
    let all: Vec<_> = join_all(all).await.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|receipt| receipt.outcome == all[0].outcome && receipt.position == 2));
    assert_eq!(all.iter().filter(|receipt| !receipt.replayed).count(), 1);
    let other = record_deposit(book, keyed("key-1"), a_deposit(&acme, "100.01", "R1")).await;
    assert!(matches!(other, Err(CommandError::KeyReused)));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_recorded_for_registered_customers_only() {
    let book = book().await;
    let nobody = CustomerId::from_number(99);
    let not_found = CustomerRefusal::NotFound { customer: nobody.clone() };
    assert_eq!(refusal(deposit(&book, &nobody, "1.00", "R1").await), not_found.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_customers_wallet_takes_deposits() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    suspend(&book, &acme).await;
    assert_eq!(deposit(&book, &acme, "1.00", "R1").await.unwrap().outcome.balance, yuan("1.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_date_a_deposit_is_effective_today() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let dated = RecordDeposit { effective_date: Some(text("2026-01-31")), ..a_deposit(&acme, "1.00", "R1") };
    record_deposit(&book, by("han"), dated).await.unwrap();
    deposit(&book, &acme, "1.00", "R2").await.unwrap();
    let effective_date = async |sequence| {
        let key = StreamKey::existing::<Wallet>("C00001.CNY");
        let recorded = book.event_at(&key, sequence).await.unwrap().unwrap();
        let recorded_date = recorded.recorded_at.with_timezone(&book.time_zone()).date_naive();
        (tallybook_domain::ledger::effective_date(&recorded.event), recorded_date)
    };
    assert_eq!(effective_date(1).await.0, Some(text("2026-01-31")));
    let (effective, recorded) = effective_date(2).await;
    assert_eq!(effective, Some(recorded));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversed_deposit_frees_its_reference() {
    let book = book().await;
    let (acme, beta) = (register(&book, "Acme").await, register(&book, "Beta").await);
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    let reversed = reverse(&book, "C00001.CNY.1").await.unwrap().outcome;
    assert_eq!((reversed.state, reversed.balance), (DepositState::Reversed, yuan("0.00")));
    assert_eq!(reversed.amount, yuan("100.00"));
    deposit(&book, &beta, "100.00", "R1").await.unwrap();
    assert_eq!(refusal(deposit(&book, &acme, "100.00", "R1").await), taken("R1"));
}

/// Neither must it free the reference that another deposit holds by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_reversal_records_and_frees_nothing() {
    let book = book().await;
    let (acme, beta) = (register(&book, "Acme").await, register(&book, "Beta").await);
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    reverse(&book, "C00001.CNY.1").await.unwrap();
    deposit(&book, &beta, "100.00", "R1").await.unwrap();
    let before = events(&book).await;
    let again = reverse(&book, "C00001.CNY.1").await.unwrap().outcome;
    assert_eq!((again.state, again.balance), (DepositState::Reversed, yuan("0.00")));
    assert_eq!(events(&book).await, before);
    assert_eq!(refusal(deposit(&book, &acme, "100.00", "R1").await), taken("R1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_of_money_that_is_asked_for_is_refused() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    request(&book, &acme, "0.01", "W1").await.unwrap();
    let overdraw =
        WalletRefusal::ReversalWouldOverdraw { available: yuan("99.99"), requested: yuan("100.00") };
    assert_eq!(refusal(reverse(&book, "C00001.CNY.1").await), overdraw.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_deposit_is_not_found() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    deposit(&book, &acme, "100.00", "R1").await.unwrap();
    reverse(&book, "C00001.CNY.1").await.unwrap();
    let last = format!("C00001.CNY.{}", i64::MAX);
    for id in ["C00001.CNY.2", "C00001.CNY.3", "C00001.USD.1", "C00002.CNY.1", &last] {
        let deposit: DepositId = text(id);
        assert_eq!(refusal(reverse(&book, id).await), WalletRefusal::DepositNotFound { deposit }.into());
    }
    assert_eq!(events(&book).await, ["CustomerRegistered", "DepositRecorded", "DepositReversed"]);
}
