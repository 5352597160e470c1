//! Bills a wallet paid, voided and credited on a real book: what is owed no longer is in the wallet again.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{balance, bill, calls, history, subscribed, tell};
use support::{book, by, close, deposit, dry, events, keyed, keys, refusal, request, suspend, text, yuan};
use tallybook_commands::billing::{
    ApproveBadDebt, CreditBill, RegenerateBill, RequestBadDebt, SettleLateUsage, VoidBill, approve_bad_debt,
    credit_bill, regenerate_bill, request_bad_debt, settle_late_usage, void_bill,
};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{
    ChangeCustomer, ReactivateCustomer, change_customer, reactivate_customer,
};
use tallybook_domain::billing::bill::NoteLines;
use tallybook_domain::billing::{
    BillEvent, BillId, BillRefusal, CreditPolicy, Subscription, SubscriptionCommand,
};
use tallybook_domain::customers::{Edit, ProfileEdits, SettlementMode};
use tallybook_domain::ledger::periods::{
    ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodRefusal,
};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::Book;

/// 100.00 for the month and 0.10 a call, 6 % tax: 50 calls make it 111.30.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"base","name":"Base","model":"flat","fee":"100"},
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0.10"}]}"#;

/// A prepaid customer with so much in the wallet, and its bill of October over 111.30, issued on the first of November.
async fn paid_bill(book: &Book, amount: &str) -> BillId {
    let (customer, plan) = subscribed(book, TERMS).await;
    let mode =
        ProfileEdits { settlement_mode: Edit::Set(SettlementMode::Prepaid), ..ProfileEdits::default() };
    let change = ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(mode),
        personal: PersonalEdits::default(),
    };
    change_customer(book, &keys(book), by("li"), change).await.unwrap();
    deposit(book, &customer, amount, "R1").await.unwrap();
    calls(book, &customer, 50).await;
    bill(book, &customer, &plan).await
}

fn void(bill: &BillId) -> VoidBill {
    VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None }
}

fn credit(bill: &BillId, lines: NoteLines) -> CreditBill {
    CreditBill { bill: bill.clone(), lines, reason: text("goodwill"), effective_date: None }
}

fn of_line(line: u32, amount: &str) -> NoteLines {
    NoteLines::Lines(vec![(line, yuan(amount))])
}

/// What is in the wallet by its events.
async fn in_wallet(book: &Book, customer: &CustomerId) -> String {
    sqlx::query_scalar(
        "SELECT sum((payload -> event_type -> 'amount' ->> 'amount')::numeric
                    * CASE event_type WHEN 'BillPaid' THEN -1 ELSE 1 END)::text
           FROM events
          WHERE aggregate_id = $1 AND event_type IN ('DepositRecorded', 'BillPaid', 'BillPaymentReturned')",
    )
    .bind(format!("{customer}.CNY"))
    .fetch_one(book.pool())
    .await
    .unwrap()
}

async fn reactivate(book: &Book, customer: &CustomerId) {
    let reactivate = ReactivateCustomer { customer: customer.clone(), reason: None };
    reactivate_customer(book, by("li"), reactivate).await.unwrap();
}

fn names(events: &[BillEvent]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind().name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_bill_is_back_in_the_wallet() {
    let book = book().await;
    let bill = paid_bill(&book, "200.00").await;
    assert_eq!(in_wallet(&book, &bill.customer()).await, "88.70");
    let before = events(&book).await;
    let tried = void_bill(&book, dry(), void(&bill)).await.unwrap();
    assert_eq!((tried.outcome.returned, events(&book).await), (Some(yuan("111.30")), before));

    let voided = void_bill(&book, keyed("V1"), void(&bill)).await.unwrap();
    assert_eq!((voided.outcome.returned, voided.outcome.bill.open), (Some(yuan("111.30")), None));
    let done =
        ["BillDrafted", "BillIssued", "BillPaidFromWallet", "BillPaymentReturnedToWallet", "BillVoided"];
    assert_eq!(names(&history(&book, &bill).await), done);
    let after = events(&book).await;
    let retried = void_bill(&book, keyed("V1"), void(&bill)).await.unwrap();
    assert_eq!(retried.outcome, voided.outcome);
    let again = void_bill(&book, by("wang"), void(&bill)).await.unwrap();
    assert_eq!((again.outcome.returned, events(&book).await), (None, after), "once only");
    assert_eq!(in_wallet(&book, &bill.customer()).await, "200.00");
    for account in ["1122", "6001", "2221", "2241.01"] {
        assert_eq!(balance(&book, account).await, "0.00", "{account}");
    }

    let next = RegenerateBill { bill: bill.clone(), issue_date: None };
    let next = regenerate_bill(&book, by("li"), next, CreditPolicy::Warn).await.unwrap().outcome;
    assert_eq!(next.bill.bill.open, Some(yuan("0.00")), "the wallet pays the next one");
    assert_eq!(in_wallet(&book, &bill.customer()).await, "88.70");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_gives_back_what_is_beyond_the_open_amount() {
    let book = book().await;
    let bill = paid_bill(&book, "60.00").await;
    let first = credit_bill(&book, by("li"), credit(&bill, of_line(1, "10.00"))).await.unwrap().outcome;
    assert_eq!((first.open, first.returned), (yuan("40.70"), None));
    let second = credit_bill(&book, by("li"), credit(&bill, of_line(1, "50.00"))).await.unwrap().outcome;
    assert_eq!((second.open, second.returned), (yuan("0.00"), Some(yuan("12.30"))));
    assert_eq!(in_wallet(&book, &bill.customer()).await, "12.30");
    let refused = refusal(void_bill(&book, by("li"), void(&bill)).await);
    let (total, open) = (yuan("47.70"), yuan("0.00"));
    assert_eq!(refused, BillRefusal::PartlySettled { bill: bill.clone(), total, open }.into());
    let rest = credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await.unwrap().outcome;
    assert_eq!((rest.open, rest.returned), (yuan("0.00"), Some(yuan("47.70"))));
    assert_eq!(in_wallet(&book, &bill.customer()).await, "60.00");
    for account in ["1122", "6001", "2221", "2241.01"] {
        assert_eq!(balance(&book, account).await, "0.00", "{account}");
    }
    let nothing = refusal(credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await);
    assert!(matches!(nothing, Refusal::Bill(BillRefusal::AmountNotPositive { .. })), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_off_is_not_given_back() {
    let book = book().await;
    let bill = paid_bill(&book, "11.30").await;
    let ask = RequestBadDebt { bill: bill.clone(), amount: yuan("100.00"), reason: text("insolvent") };
    request_bad_debt(&book, by("li"), ask).await.unwrap();
    let approve = ApproveBadDebt { bill: bill.clone(), amount: None, approval: None, effective_date: None };
    approve_bad_debt(&book, by("wang"), approve).await.unwrap();
    let before = events(&book).await;
    let refused = refusal(credit_bill(&book, by("li"), credit(&bill, of_line(1, "50.00"))).await);
    let (paid, requested) = (yuan("11.30"), yuan("53.00"));
    assert_eq!(refused, BillRefusal::AbovePaid { bill: bill.clone(), paid, requested }.into());
    let refused = refusal(void_bill(&book, by("li"), void(&bill)).await);
    assert!(matches!(refused, Refusal::Bill(BillRefusal::PartlySettled { .. })), "{refused}");
    assert_eq!(events(&book).await, before, "what is refused gives nothing back");
    let all = credit_bill(&book, by("li"), credit(&bill, NoteLines::Whole)).await.unwrap().outcome;
    assert_eq!(
        (all.amounts.total, all.open, all.returned),
        (yuan("11.30"), yuan("0.00"), Some(yuan("11.30")))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_void_and_a_credit_at_once_no_more_is_given_back_than_was_paid() {
    let book = book().await;
    let bill = paid_bill(&book, "200.00").await;
    let (voided, credited, other) = tokio::join!(
        void_bill(&book, by("li"), void(&bill)),
        credit_bill(&book, by("wang"), credit(&bill, NoteLines::Whole)),
        void_bill(&book, by("zhao"), void(&bill))
    );
    assert!((voided.is_ok() || other.is_ok()) != credited.is_ok(), "{voided:?} {credited:?} {other:?}");
    assert_eq!(in_wallet(&book, &bill.customer()).await, "200.00");
    assert_eq!(balance(&book, "2241.01").await, "0.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn less_late_usage_goes_back_to_the_wallet() {
    let book = book().await;
    let bill = paid_bill(&book, "111.30").await;
    calls(&book, &bill.customer(), 20).await;
    let settle = SettleLateUsage { bill: bill.clone(), reason: text("counted twice"), issue_date: None };
    let settled =
        settle_late_usage(&book, by("li"), settle.clone(), CreditPolicy::Warn).await.unwrap().outcome;
    let [note] = settled.credit_notes.as_slice() else { panic!("{settled:?}") };
    assert_eq!(
        (note.amounts.total, note.open, note.returned),
        (yuan("3.18"), yuan("0.00"), Some(yuan("3.18")))
    );
    let again = settle_late_usage(&book, by("li"), settle, CreditPolicy::Warn).await.unwrap().outcome;
    assert!(again.credit_notes.is_empty(), "{again:?}");
    assert_eq!(in_wallet(&book, &bill.customer()).await, "3.18");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_customer_takes_back_what_is_its_own() {
    let book = book().await;
    let bill = paid_bill(&book, "111.30").await;
    let customer = bill.customer();
    suspend(&book, &customer).await;
    let some = credit_bill(&book, by("li"), credit(&bill, of_line(2, "5.00"))).await.unwrap().outcome;
    assert_eq!(some.returned, Some(yuan("5.30")));

    reactivate(&book, &customer).await;
    request(&book, &customer, "5.30", "W1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_customer_takes_back_what_is_its_own_and_can_have_it_paid_out() {
    let book = book().await;
    let bill = paid_bill(&book, "111.30").await;
    let customer = bill.customer();
    // No month but the billed one was under a plan.
    let end = SubscriptionCommand::End { customer: customer.clone(), from: text("2026-01-01") };
    tell::<Subscription>(&book, Subscription::stream_of(&customer), end).await;
    close(&book, &customer).await;
    let voided = void_bill(&book, by("li"), void(&bill)).await.unwrap().outcome;
    assert_eq!(voided.returned, Some(yuan("111.30")));
    request(&book, &customer, "111.30", "W1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_back_in_a_closed_month() {
    let book = book().await;
    let bill = paid_bill(&book, "200.00").await;
    let close = PeriodCommand::Close { period: text("2026-11"), today: text("2026-12-01") };
    tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.into(), close).await;
    let effective_date = Some(text("2026-11-02"));
    let closed = refusal(void_bill(&book, by("li"), VoidBill { effective_date, ..void(&bill) }).await);
    assert!(matches!(closed, Refusal::Period(PeriodRefusal::Closed { .. })), "{closed}");
    assert_eq!(in_wallet(&book, &bill.customer()).await, "88.70");
}
