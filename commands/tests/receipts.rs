//! Receipts on a real book: entered once, identified, reversed, moved to the wallet and paid back.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::settlement::{
    balance, count, fee, figures, from_receipt, granted, issued, money_in, received, sums, write_off,
};
use support::{book, by, close, deposit, dry, events, refusal, register, request, suspend, text, yuan};
use tallybook_commands::customers::{CloseCustomer, close_customer};
use tallybook_commands::settlement::{
    ApproveRefund, IdentifyReceipt, MoveAdvance, MoveBack, RecordReceipt, RejectRefund, RequestRefund,
    ReturnRefund, ReverseCredit, ReverseReceipt, approve_refund, identify_receipt, move_advance, move_back,
    record_receipt, reject_refund, request_refund, return_refund, reverse_credit, reverse_receipt,
};
use tallybook_domain::approvals::ApprovalRefusal;
use tallybook_domain::customers::{CustomerRefusal, OpenItem};
use tallybook_domain::deposits::{WalletRefusal, WithdrawalRefusal};
use tallybook_domain::ledger::periods::{
    ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodRefusal,
};
use tallybook_domain::settlement::receipt::ReceiptState;
use tallybook_domain::settlement::{ReceiptId, ReceiptRefusal, WriteOffState};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::Book;

fn reverse(receipt: &ReceiptId, with_write_offs: bool) -> ReverseReceipt {
    let (receipt, reason) = (receipt.clone(), text("a slip"));
    ReverseReceipt { receipt, entry: None, reason, with_write_offs, effective_date: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_money_is_entered_once_however_often() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let entered = || record_receipt(&book, by("li"), money_in(Some(&customer), "55.00", "1"));
    let answers = join_all((0..20).map(|_| entered())).await;
    let outcomes: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().outcome).collect();
    assert_eq!(outcomes.iter().filter(|outcome| !outcome.known).count(), 1);
    assert!(outcomes.iter().all(|outcome| outcome.receipt == outcomes[0].receipt));
    assert_eq!((count(&book, "ReceiptRecorded").await, balance(&book, "2203").await), (1, "-55.00".into()));
    let other = money_in(Some(&customer), "55.01", "1");
    let refused = refusal(record_receipt(&book, by("li"), other).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::Differs { .. })), "{refused}");
    let elsewhere = money_in(Some(&customer), "55.01", "2");
    assert!(!record_receipt(&book, by("li"), elsewhere).await.unwrap().outcome.known);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_nobody_waits_in_suspense() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let waiting = record_receipt(&book, by("li"), money_in(None, "55.00", "1")).await.unwrap().outcome;
    assert_eq!(waiting.receipt.state, ReceiptState::Unidentified);
    assert_eq!(
        (balance(&book, "2241.03").await, balance(&book, "1002").await),
        ("-55.00".into(), "55.00".into())
    );
    let receipt = waiting.receipt.id;
    let bill = issued(&book, &customer, 10, "80").await;
    let split = sums(&[from_receipt(&receipt, "55.00")], &[(&bill, "55.00")]);
    let refused = refusal(write_off(&book, split.clone()).await);
    assert_eq!(refused, ReceiptRefusal::Unidentified { receipt: receipt.clone() }.into());
    let (of, customer) = (receipt.clone(), customer.clone());
    let said = IdentifyReceipt { receipt: of, customer: customer.clone(), effective_date: None };
    let identified = identify_receipt(&book, by("li"), said.clone()).await.unwrap().outcome;
    assert_eq!((identified.state, identified.customer), (ReceiptState::Open, Some(customer.clone())));
    assert_eq!(
        (balance(&book, "2241.03").await, balance(&book, "2203").await),
        ("0.00".into(), "-55.00".into())
    );
    let before = events(&book).await;
    identify_receipt(&book, by("li"), said).await.unwrap();
    assert_eq!(events(&book).await, before);
    let other = register(&book, "Umbra").await;
    let said = IdentifyReceipt { receipt, customer: other, effective_date: None };
    let refused = refusal(identify_receipt(&book, by("li"), said).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::OfAnother { .. })), "{refused}");
    assert_eq!(figures(&write_off(&book, split).await.unwrap().outcome).0, ["25.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_reversed_with_its_write_offs_or_not_at_all() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (one, other) = (issued(&book, &customer, 9, "100").await, issued(&book, &customer, 10, "100").await);
    let receipt = received(&book, &customer, "150.00", "1").await;
    let second = received(&book, &customer, "40.00", "2").await;
    let split = sums(
        &[from_receipt(&receipt, "50.00"), from_receipt(&second, "40.00"), fee("10.00")],
        &[(&one, "100.00")],
    );
    write_off(&book, split).await.unwrap();
    write_off(&book, sums(&[from_receipt(&receipt, "30.00")], &[(&other, "30.00")])).await.unwrap();
    let refused = refusal(reverse_receipt(&book, by("li"), reverse(&receipt, false)).await);
    assert_eq!(refused, ReceiptRefusal::InUse { receipt: receipt.clone(), applied: yuan("80.00") }.into());
    let before = events(&book).await;
    let tried = reverse_receipt(&book, dry(), reverse(&receipt, true)).await.unwrap().outcome;
    assert_eq!((tried.write_offs.len(), events(&book).await), (2, before));
    let reversed = reverse_receipt(&book, by("li"), reverse(&receipt, true)).await.unwrap().outcome;
    assert_eq!(reversed, tried);
    assert_eq!(reversed.receipt.state, ReceiptState::Reversed);
    assert!(reversed.write_offs.iter().all(|write_off| write_off.state == WriteOffState::Reversed));
    assert_eq!(balance(&book, "1122").await, "200.00");
    assert_eq!(balance(&book, "6603").await, "0.00", "the fee goes with the money");
    assert_eq!(
        (balance(&book, "2203").await, balance(&book, "1002").await),
        ("-40.00".into(), "40.00".into())
    );
    let before = events(&book).await;
    reverse_receipt(&book, by("li"), reverse(&receipt, true)).await.unwrap();
    assert_eq!(events(&book).await, before, "once only");

    let other = register(&book, "Umbra").await;
    for customer in [Some(&customer), Some(&other), None] {
        let refused = refusal(record_receipt(&book, by("li"), money_in(customer, "150.00", "1")).await);
        let read_again = matches!(refused, Refusal::Receipt(ReceiptRefusal::ReversedBefore { .. }));
        assert!(read_again, "the bank's list is read again: {refused}");
    }
    let as_it_was = RecordReceipt { again: true, ..money_in(Some(&customer), "105.00", "1") };
    let anew = record_receipt(&book, by("li"), as_it_was.clone()).await.unwrap().outcome;
    assert!(!anew.known);
    let anew = (anew.receipt.state, anew.receipt.unapplied, anew.receipt.entry);
    assert_eq!(anew, (ReceiptState::Open, yuan("105.00"), 2));
    assert!(record_receipt(&book, by("li"), as_it_was).await.unwrap().outcome.known);
    let late = ReverseReceipt { entry: Some(1), ..reverse(&receipt, true) };
    let refused = refusal(reverse_receipt(&book, by("li"), late).await);
    assert_eq!(refused, ReceiptRefusal::RecordedAnew { receipt, entry: 2 }.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_goes_to_the_wallet() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let receipt = received(&book, &customer, "55.00", "1").await;
    let ask = |amount| MoveAdvance { receipt: receipt.clone(), amount, effective_date: None };
    let moved = move_advance(&book, by("li"), ask(Some(yuan("15.00")))).await.unwrap().outcome;
    assert_eq!(moved.unapplied, yuan("40.00"));
    let refused = refusal(move_advance(&book, by("li"), ask(Some(yuan("40.01")))).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::AboveUnapplied { .. })), "{refused}");
    let moved = move_advance(&book, by("li"), ask(None)).await.unwrap().outcome;
    assert_eq!((moved.state, moved.unapplied), (ReceiptState::Used, yuan("0.00")));
    assert_eq!(
        (balance(&book, "2203").await, balance(&book, "2241.01").await),
        ("0.00".into(), "-55.00".into())
    );
    let refused = refusal(reverse_receipt(&book, by("li"), reverse(&receipt, true)).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::Gone { .. })), "{refused}");
    let back = |amount| MoveBack { receipt: receipt.clone(), amount, effective_date: None };
    request(&book, &customer, "50.00", "W1").await.unwrap();
    let refused = refusal(move_back(&book, by("li"), back(None)).await);
    assert!(matches!(refused, Refusal::Wallet(WalletRefusal::InsufficientFunds { .. })), "{refused}");
    let came_back = move_back(&book, by("li"), back(Some(yuan("5.00")))).await.unwrap().outcome;
    assert_eq!(came_back.unapplied, yuan("5.00"));
    assert_eq!(
        (balance(&book, "2203").await, balance(&book, "2241.01").await),
        ("-5.00".into(), "-50.00".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_to_the_wallet_and_came_back_can_be_reversed() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let receipt = received(&book, &customer, "55.00", "1").await;
    let moved = MoveAdvance { receipt: receipt.clone(), amount: None, effective_date: None };
    move_advance(&book, by("li"), moved).await.unwrap();
    let back = MoveBack { receipt: receipt.clone(), amount: None, effective_date: None };
    move_back(&book, by("li"), back.clone()).await.unwrap();
    let refused = refusal(move_back(&book, by("li"), back).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::AmountNotPositive { .. })), "{refused}");
    reverse_receipt(&book, by("li"), reverse(&receipt, false)).await.unwrap();
    for account in ["1002", "2203", "2241.01"] {
        assert_eq!(balance(&book, account).await, "0.00", "{account}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_line_comes_in_once_as_a_deposit_or_as_a_receipt() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    deposit(&book, &customer, "100.00", "77").await.unwrap();
    let entered = money_in(Some(&customer), "100.00", "77");
    let refused = refusal(record_receipt(&book, by("li"), entered.clone()).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::EnteredAsDeposit { .. })), "{refused}");
    assert_eq!(balance(&book, "1002").await, "100.00");
    let other_money = RecordReceipt { again: true, ..entered };
    assert!(!record_receipt(&book, by("li"), other_money).await.unwrap().outcome.known);

    let receipt = received(&book, &customer, "50.00", "78").await;
    let refused = refusal(deposit(&book, &customer, "50.00", "78").await);
    assert!(matches!(refused, Refusal::Wallet(WalletRefusal::EnteredAsReceipt { .. })), "{refused}");
    let elsewhere = RecordReceipt { account: text("CCB-1"), ..money_in(Some(&customer), "50.00", "78") };
    let elsewhere = record_receipt(&book, by("li"), elsewhere).await.unwrap().outcome;
    assert!(!elsewhere.known, "a reference is once per account");
    reverse_receipt(&book, by("li"), reverse(&elsewhere.receipt.id, false)).await.unwrap();
    assert!(deposit(&book, &customer, "50.00", "78").await.is_err(), "the first receipt stands");
    reverse_receipt(&book, by("li"), reverse(&receipt, false)).await.unwrap();
    deposit(&book, &customer, "50.00", "78").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_receipt_of_a_reference_takes_it_from_no_other() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let slip = received(&book, &customer, "50.00", "78").await;
    let right = RecordReceipt { account: text("CCB-1"), ..money_in(Some(&customer), "50.00", "78") };
    let right = record_receipt(&book, by("li"), right).await.unwrap().outcome.receipt.id;
    reverse_receipt(&book, by("li"), reverse(&slip, false)).await.unwrap();
    let refused = refusal(deposit(&book, &customer, "50.00", "78").await);
    assert!(matches!(refused, Refusal::Wallet(WalletRefusal::EnteredAsReceipt { .. })), "{refused}");
    assert_eq!(balance(&book, "1002").await, "50.00");
    reverse_receipt(&book, by("li"), reverse(&right, false)).await.unwrap();
    deposit(&book, &customer, "50.00", "78").await.unwrap();
    let taken = refusal(record_receipt(&book, by("li"), money_in(Some(&customer), "50.00", "78")).await);
    assert!(matches!(taken, Refusal::Receipt(ReceiptRefusal::ReversedBefore { .. })), "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_enters_it_again_and_knows_whose_it_is_identifies_it() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    record_receipt(&book, by("li"), money_in(None, "55.00", "1")).await.unwrap();
    let of_no_day = RecordReceipt { received_date: None, ..money_in(Some(&customer), "55.00", "1") };
    let known = record_receipt(&book, by("li"), of_no_day).await.unwrap().outcome;
    assert_eq!((known.known, known.receipt.state), (true, ReceiptState::Open));
    assert_eq!(
        (balance(&book, "2241.03").await, balance(&book, "2203").await),
        ("0.00".into(), "-55.00".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_a_closed_month_is_effective_in_an_open_one() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let close = PeriodCommand::Close { period: text("2026-10"), today: text("2026-11-01") };
    support::billing::tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.to_owned(), close).await;
    let late =
        RecordReceipt { received_date: Some(text("2026-10-31")), ..money_in(Some(&customer), "55.00", "1") };
    let refused = refusal(record_receipt(&book, by("li"), late.clone()).await);
    assert!(matches!(refused, Refusal::Period(PeriodRefusal::Closed { .. })), "{refused}");
    let booked = RecordReceipt { effective_date: Some(text("2026-11-03")), ..late.clone() };
    assert!(!record_receipt(&book, by("li"), booked).await.unwrap().outcome.known);
    assert!(
        record_receipt(&book, by("li"), late).await.unwrap().outcome.known,
        "the bank's list says the same day"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_paid_back_by_two_people() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let receipt = received(&book, &customer, "55.00", "1").await;
    let ask = RequestRefund { receipt: receipt.clone(), amount: yuan("20.00"), reason: text("too much") };
    let asked = request_refund(&book, by("li"), ask.clone()).await.unwrap().outcome;
    assert_eq!(asked.unapplied, yuan("35.00"));
    let approve =
        ApproveRefund { receipt: receipt.clone(), amount: None, approval: None, effective_date: None };
    let refused = refusal(approve_refund(&book, by("li"), approve.clone()).await);
    assert!(matches!(refused, Refusal::Approval(ApprovalRefusal::SelfApproval { .. })), "{refused}");
    let reject = RejectRefund { receipt: receipt.clone(), reason: text("it pays the next bill") };
    let rejected = reject_refund(&book, by("wang"), reject).await.unwrap().outcome;
    assert_eq!(rejected.unapplied, yuan("55.00"));
    request_refund(&book, by("li"), ask.clone()).await.unwrap();
    let refunded = approve_refund(&book, by("wang"), approve.clone()).await.unwrap().outcome;
    assert_eq!(refunded.unapplied, yuan("35.00"));
    assert_eq!(
        (balance(&book, "2203").await, balance(&book, "1002").await),
        ("-35.00".into(), "35.00".into())
    );
    let returned = ReturnRefund {
        receipt: receipt.clone(),
        amount: None,
        reason: text("account closed"),
        effective_date: None,
    };
    let back = return_refund(&book, by("li"), returned.clone()).await.unwrap().outcome;
    assert_eq!(back.unapplied, yuan("55.00"));
    assert_eq!(
        (balance(&book, "2203").await, balance(&book, "1002").await),
        ("-55.00".into(), "55.00".into())
    );
    let refused = refusal(return_refund(&book, by("li"), returned).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::AmountNotPositive { .. })), "{refused}");
    request_refund(&book, by("li"), ask.clone()).await.unwrap();
    approve_refund(&book, by("wang"), approve.clone()).await.unwrap();
    let refused = refusal(approve_refund(&book, by("wang"), approve.clone()).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::RefundNotRequested { .. })), "{refused}");
    request_refund(&book, by("li"), ask).await.unwrap();
    suspend(&book, &customer).await;
    let refused = refusal(approve_refund(&book, by("wang"), approve.clone()).await);
    assert!(matches!(refused, Refusal::Withdrawal(WithdrawalRefusal::WalletSuspended { .. })), "{refused}");
    assert_eq!(balance(&book, "2203").await, "-35.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_customer_gets_no_receipts() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    close(&book, &customer).await;
    let refused = refusal(record_receipt(&book, by("li"), money_in(Some(&customer), "55.00", "1")).await);
    assert!(matches!(refused, Refusal::Customer(CustomerRefusal::Closed { .. })), "{refused}");
    let waiting = record_receipt(&book, by("li"), money_in(None, "55.00", "1")).await.unwrap().outcome;
    let said = IdentifyReceipt { receipt: waiting.receipt.id, customer, effective_date: None };
    let refused = refusal(identify_receipt(&book, by("li"), said).await);
    assert!(matches!(refused, Refusal::Customer(CustomerRefusal::Closed { .. })), "{refused}");
}

async fn closing(book: &Book, customer: &CustomerId) -> Vec<OpenItem> {
    let close = CloseCustomer { customer: customer.clone(), reason: text("moved away") };
    let refused = refusal(close_customer(book, by("han"), close).await);
    let Refusal::Customer(CustomerRefusal::StillOpen { open, .. }) = refused else { panic!("{refused}") };
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whose_money_is_there_is_not_closed() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let receipt = received(&book, &customer, "100.00", "1").await;
    let ask = RequestRefund { receipt: receipt.clone(), amount: yuan("30.00"), reason: text("too much") };
    request_refund(&book, by("li"), ask.clone()).await.unwrap();
    let note = granted(&book, &customer, "80.00").await;
    let advance = |amount| OpenItem::Advance { receipt: receipt.clone(), unapplied: yuan(amount) };
    let refund = |amount| OpenItem::Refund { receipt: receipt.clone(), amount: yuan(amount) };
    let left = OpenItem::CreditNote { credit_note: note.clone(), unapplied: yuan("80.00") };
    assert_eq!(closing(&book, &customer).await, [advance("70.00"), refund("30.00"), left]);
    let taken_back = ReverseCredit { credit_note: note, reason: text("a slip"), effective_date: None };
    reverse_credit(&book, by("li"), taken_back).await.unwrap();
    let approve =
        ApproveRefund { receipt: receipt.clone(), amount: None, approval: None, effective_date: None };
    approve_refund(&book, by("wang"), approve.clone()).await.unwrap();
    assert_eq!(closing(&book, &customer).await, [advance("70.00")]);
    let rest = RequestRefund { amount: yuan("70.00"), ..ask };
    request_refund(&book, by("li"), rest).await.unwrap();
    assert_eq!(closing(&book, &customer).await, [refund("70.00")]);
    approve_refund(&book, by("wang"), approve).await.unwrap();
    close(&book, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_customer_owes_after_an_undoing_can_be_paid() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "100").await;
    let receipt = received(&book, &customer, "100.00", "1").await;
    write_off(&book, sums(&[from_receipt(&receipt, "100.00")], &[(&bill, "100.00")])).await.unwrap();
    close(&book, &customer).await;
    let anew =
        record_receipt(&book, by("li"), money_in(None, "100.00", "2")).await.unwrap().outcome.receipt.id;
    let said = IdentifyReceipt { receipt: anew.clone(), customer: customer.clone(), effective_date: None };
    let refused = refusal(identify_receipt(&book, by("li"), said.clone()).await);
    assert!(
        matches!(refused, Refusal::Customer(CustomerRefusal::Closed { .. })),
        "nothing is owed: {refused}"
    );
    reverse_receipt(&book, by("li"), reverse(&receipt, true)).await.unwrap();
    assert_eq!(balance(&book, "1122").await, "100.00");
    identify_receipt(&book, by("li"), said).await.unwrap();
    let paid = write_off(&book, sums(&[from_receipt(&anew, "100.00")], &[(&bill, "100.00")])).await.unwrap();
    assert_eq!(figures(&paid.outcome).0, ["0.00"]);
    for account in ["1122", "2203", "2241.03"] {
        assert_eq!(balance(&book, account).await, "0.00", "{account}");
    }
}
