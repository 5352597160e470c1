//! Credit limits on a real book: who would owe more is told of, or not billed, whoever bills at the same moment.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::billing::{calls, history, october, subscribed, tell};
use support::{book, by, deposit, dry, keys, refusal, register, second, text, yuan};
use tallybook_commands::billing::{
    BillableCustomer, BilledCustomers, CreditBill, DebitBill, Preview, RegenerateBill, RunBills,
    SettleLateUsage, VoidBill, credit_bill, debit_bill, preview_bills, regenerate_bill, run_bills,
    settle_late_usage, void_bill,
};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{ChangeCustomer, change_customer};
use tallybook_domain::billing::bill::NoteLines;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::{
    BillId, CreditAlert, CreditAlertEvent, CreditAlertId, CreditLimitRefusal, CreditPolicy, PassedLimit,
    PlanCode, Subscription, SubscriptionCommand,
};
use tallybook_domain::customers::{Edit, ProfileEdits, SettlementMode};
use tallybook_domain::{CustomerId, EventSourced, Money, Month, Refusal};
use tallybook_event_store::{Book, StreamKey};

use CreditPolicy::{Block, Warn};

/// 100 for the month and 0.50 a call, and 6 % tax.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"base","name":"Base","model":"flat","fee":"100"},
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0.50"}]}"#;

async fn change(book: &Book, customer: &CustomerId, profile: ProfileEdits) {
    let change = ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(profile),
        personal: PersonalEdits::default(),
    };
    change_customer(book, &keys(book), by("li"), change).await.unwrap();
}

async fn limit(book: &Book, customer: &CustomerId, limit: Money) {
    let profile = ProfileEdits { credit_limit: Edit::Set(limit), ..ProfileEdits::default() };
    change(book, customer, profile).await;
}

/// A customer under the plan since January, with a limit.
async fn limited(book: &Book, amount: &str) -> BillableCustomer {
    let (customer, plan) = subscribed(book, TERMS).await;
    limit(book, &customer, yuan(amount)).await;
    BillableCustomer { customer, plans: vec![plan] }
}

async fn run(
    book: &Book,
    customers: &[BillableCustomer],
    month: &str,
    policy: CreditPolicy,
) -> BilledCustomers {
    let terms = RunTerms { issue_date: Some(text("2026-11-01")), ..RunTerms::default() };
    let run = RunBills { credit_policy: policy, ..RunBills::of(text(month), terms) };
    let mut all: Option<BilledCustomers> = None;
    let billed = |chunk: &BilledCustomers| {
        let all =
            all.get_or_insert(BilledCustomers { bills: vec![], parked: vec![], run: chunk.run.clone() });
        all.bills.extend(chunk.bills.clone());
        all.parked.extend(chunk.parked.clone());
    };
    run_bills(book, &by("li"), &run, customers, billed).await.unwrap();
    all.unwrap()
}

fn bill_of(customer: &BillableCustomer, month: &str) -> BillId {
    BillId::new(&customer.customer, text(month))
}

/// Everything that was raised about a bill.
async fn alerts(book: &Book, bill: &BillId) -> Vec<(CreditPolicy, Money, Money, Option<u32>)> {
    let key = StreamKey::existing::<CreditAlert>(CreditAlertId::of(&bill.clone().into()));
    let mut raised = Vec::new();
    for sequence in 1.. {
        let Some(event) = book.event_at(&key, sequence).await.unwrap() else { break };
        if let Some(CreditAlertEvent::CreditLimitPassed { policy, limit, exposure, note, date, .. }) =
            CreditAlert::pick(&event.event)
        {
            assert_eq!(*date, book.today());
            raised.push((*policy, *limit, *exposure, *note));
        }
    }
    raised
}

fn passed(bill: &BillId, limit: &str, exposure: &str) -> Refusal {
    let passed = PassedLimit { limit: yuan(limit), exposure: yuan(exposure) };
    CreditLimitRefusal::Passed { subject: bill.clone().into(), passed }.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_limit_is_within_it_and_more_is_told_of() {
    let book = book().await;
    let acme = [limited(&book, "212.00").await];
    for month in ["2026-08", "2026-09"] {
        assert_eq!(run(&book, &acme, month, Warn).await.bills.len(), 1);
        assert_eq!(alerts(&book, &bill_of(&acme[0], month)).await, []);
    }
    let october = run(&book, &acme, "2026-10", Warn).await;
    assert_eq!((october.bills.len(), october.parked.len()), (1, 0), "it is issued all the same");
    let raised = alerts(&book, &bill_of(&acme[0], "2026-10")).await;
    assert_eq!(raised, [(Warn, yuan("212.00"), yuan("318.00"), None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_parked_and_told_of_until_something_is_paid() {
    let book = book().await;
    let acme = [limited(&book, "150.00").await];
    run(&book, &acme, "2026-09", Block).await;
    let blocked = bill_of(&acme[0], "2026-10");
    for _ in 0..2 {
        let october = run(&book, &acme, "2026-10", Block).await;
        assert_eq!(october.bills, []);
        assert_eq!(
            october.parked[0].reason,
            "212.00 CNY would be owed, more than the credit limit of 150.00 CNY"
        );
        let raised = alerts(&book, &blocked).await;
        assert_eq!(
            raised,
            [(Block, yuan("150.00"), yuan("212.00"), None)],
            "once, however often it is tried"
        );
    }
    assert_eq!(history(&book, &blocked).await, [], "not even a draft");
    let credit = CreditBill {
        bill: bill_of(&acme[0], "2026-09"),
        lines: NoteLines::Lines(vec![(1, yuan("60.00"))]),
        reason: text("goodwill"),
        effective_date: None,
    };
    credit_bill(&book, by("li"), credit).await.unwrap();
    assert_eq!(run(&book, &acme, "2026-10", Block).await.bills.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_made_again_counts_in_place_of_the_one_it_replaces() {
    let book = book().await;
    let acme = [limited(&book, "106.00").await];
    run(&book, &acme, "2026-10", Block).await;
    let bill = bill_of(&acme[0], "2026-10");
    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
    void_bill(&book, by("li"), void).await.unwrap();
    let customer = &acme[0].customer;
    let again = RegenerateBill { bill: bill.clone(), issue_date: None };
    let second = bill.revised(2).unwrap();
    limit(&book, customer, yuan("105.99")).await;
    let refused = refusal(regenerate_bill(&book, by("li"), again.clone(), Block).await);
    assert_eq!(refused, passed(&second, "105.99", "106.00"));
    assert_eq!(alerts(&book, &second).await, []);
    limit(&book, customer, yuan("106.00")).await;
    regenerate_bill(&book, by("li"), again, Block).await.unwrap();

    limit(&book, customer, yuan("211.99")).await;
    assert_eq!(run(&book, &acme, "2026-09", Block).await.parked.len(), 1);
    limit(&book, customer, yuan("212.00")).await;
    assert_eq!(run(&book, &acme, "2026-09", Block).await.bills.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_above_the_limit_is_refused_or_told_of_and_counts() {
    let book = book().await;
    let acme = [limited(&book, "110.00").await];
    run(&book, &acme, "2026-10", Block).await;
    let (customer, bill) = (&acme[0].customer, bill_of(&acme[0], "2026-10"));
    calls(&book, customer, 80).await;
    let settle = SettleLateUsage { bill: bill.clone(), reason: text("late readings"), issue_date: None };
    let delta = bill.delta(1).unwrap();
    let refused = refusal(settle_late_usage(&book, by("li"), settle.clone(), Block).await);
    assert_eq!(refused, passed(&delta, "110.00", "148.40"));
    let tried = settle_late_usage(&book, dry(), settle.clone(), Warn).await.unwrap();
    let tried: Vec<_> = tried.dry_run_events.unwrap().iter().map(|event| event.event_type).collect();
    assert!(tried.contains(&"CreditLimitPassed"), "{tried:?}");
    settle_late_usage(&book, by("li"), settle, Warn).await.unwrap();
    assert_eq!(alerts(&book, &delta).await, [(Warn, yuan("110.00"), yuan("148.40"), None)]);

    limit(&book, customer, yuan("254.39")).await;
    assert_eq!(run(&book, &acme, "2026-09", Block).await.parked.len(), 1);
    limit(&book, customer, yuan("254.40")).await;
    assert_eq!(run(&book, &acme, "2026-09", Block).await.bills.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_note_above_the_limit_is_refused_or_told_of_each_time() {
    let book = book().await;
    let acme = [limited(&book, "159.00").await];
    run(&book, &acme, "2026-10", Block).await;
    let bill = bill_of(&acme[0], "2026-10");
    let debit = |amount: &str| DebitBill {
        bill: bill.clone(),
        lines: NoteLines::Lines(vec![(1, yuan(amount))]),
        reason: text("forgotten"),
        effective_date: None,
    };
    debit_bill(&book, by("li"), debit("50.00"), Block).await.unwrap();
    let refused = refusal(debit_bill(&book, by("li"), debit("1.00"), Block).await);
    assert_eq!(refused, passed(&bill, "159.00", "160.06"));
    for _ in 0..2 {
        debit_bill(&book, by("li"), debit("1.00"), Warn).await.unwrap();
    }
    let limit = yuan("159.00");
    let raised = [(Warn, limit, yuan("160.06"), Some(2)), (Warn, limit, yuan("161.12"), Some(3))];
    assert_eq!(alerts(&book, &bill).await, raised);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wallet_pays_is_not_owed() {
    let book = book().await;
    let acme = [limited(&book, "51.00").await];
    let customer = &acme[0].customer;
    let prepaid =
        ProfileEdits { settlement_mode: Edit::Set(SettlementMode::Prepaid), ..ProfileEdits::default() };
    change(&book, customer, prepaid).await;
    deposit(&book, customer, "55.00", "R1").await.unwrap();
    assert_eq!(run(&book, &acme, "2026-09", Block).await.bills[0].paid, Some(yuan("55.00")));
    deposit(&book, customer, "105.99", "R2").await.unwrap();
    assert_eq!(run(&book, &acme, "2026-10", Block).await.parked.len(), 1);
    deposit(&book, customer, "0.01", "R3").await.unwrap();
    assert_eq!(run(&book, &acme, "2026-10", Block).await.bills[0].paid, Some(yuan("106.00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_in_another_currency_does_not_apply() {
    let book = book().await;
    let acme = [limited(&book, "0.00").await];
    limit(&book, &acme[0].customer, Money::parse("1.00", text("USD")).unwrap()).await;
    assert_eq!(run(&book, &acme, "2026-10", Block).await.bills.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_which_limits_are_passed() {
    let book = book().await;
    let acme = [limited(&book, "100.00").await];
    let before = book.head();
    let run = |policy| RunBills { credit_policy: policy, ..RunBills::of(october(), RunTerms::default()) };
    let previewed = preview_bills(&book, &by("li"), &run(Warn), &acme).await.unwrap();
    let Preview::Billed { passed_limit, .. } = &previewed[0].preview else { panic!("{previewed:?}") };
    assert_eq!(*passed_limit, Some(PassedLimit { limit: yuan("100.00"), exposure: yuan("106.00") }));
    let previewed = preview_bills(&book, &by("li"), &run(Block), &acme).await.unwrap();
    let Preview::Parked { reason } = &previewed[0].preview else { panic!("{previewed:?}") };
    assert!(reason.contains("credit limit of 100.00 CNY"), "{reason}");
    assert_eq!(book.head(), before);
}

/// Two processes, each with the bills of another month of the same customers: one of two fits.
#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_never_pass_the_limit_together() {
    let book = book().await;
    let other = second(&book).await;
    let mut customers = vec![limited(&book, "150.00").await];
    let plan: PlanCode = customers[0].plans[0].clone();
    for number in 1..120 {
        let customer = register(&book, &format!("Customer {number}")).await;
        let from = text("2026-01-01");
        let assign = SubscriptionCommand::Assign { customer: customer.clone(), plan: plan.clone(), from };
        tell::<Subscription>(&book, Subscription::stream_of(&customer), assign).await;
        limit(&book, &customer, yuan("150.00")).await;
        customers.push(BillableCustomer { customer, plans: vec![plan.clone()] });
    }
    let (september, october) =
        tokio::join!(run(&book, &customers, "2026-09", Block), run(&other, &customers, "2026-10", Block));
    assert_eq!(september.bills.len() + october.bills.len(), customers.len());
    let billed = |run: &BilledCustomers| -> Vec<CustomerId> {
        run.bills.iter().map(|bill| bill.bill.customer()).collect()
    };
    let (september, october) = (billed(&september), billed(&october));
    assert!(september.iter().all(|customer| !october.contains(customer)), "one bill each");
    let months: Vec<Month> = vec![text("2026-09"), text("2026-10")];
    let mut raised = 0;
    for customer in &customers {
        for month in &months {
            raised += alerts(&book, &BillId::new(&customer.customer, *month)).await.len();
        }
    }
    assert_eq!(raised, customers.len());
}
