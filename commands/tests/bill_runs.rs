//! Bill runs on a real book: everyone billed once, whatever happens in between.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use std::collections::BTreeSet;

use support::{book, by, keys, refusal, register, suspend, text, yuan};
use tallybook_commands::billing::{
    AssignPricePlan, BillCustomers, BillableCustomer, BilledCustomers, CreatePricePlan, EndPricePlan,
    Preview, RecordUsage, RunBills, VoidBill, assign_price_plan, bill_customers, bill_run_standing,
    carry_on_bill_run, create_price_plan, end_price_plan, preview_bills, record_usage, run_bills,
    start_bill_run, take_up_bill_run, void_bill,
};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{ChangeCustomer, CloseCustomer, change_customer, close_customer};
use tallybook_domain::billing::bill_run::{BillRunState, RunCounts, RunTerms};
use tallybook_domain::billing::{BillId, BillState, CreditPolicy, PlanCode};
use tallybook_domain::customers::{CustomerRefusal, Edit, OpenItem, PaymentTermDays, ProfileEdits};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError};

fn period() -> Month {
    text("2026-10")
}

/// 100 for the month and 0.10 a call, 6 % tax.
async fn plan(book: &Book, code: &str, effective_from: &str) -> PlanCode {
    let plan: PlanCode = text(code);
    let terms = serde_json::from_str(
        r#"{"currency":"CNY","tax_rate":"0.06","items":[
            {"code":"base","name":"Base","model":"flat","fee":"100"},
            {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0.10"}]}"#,
    )
    .unwrap();
    let (name, effective_from) = (text("Standard"), Some(text(effective_from)));
    let create = CreatePricePlan { plan: plan.clone(), name, effective_from, terms };
    create_price_plan(book, by("li"), create).await.unwrap();
    plan
}

async fn assign(book: &Book, customer: &CustomerId, plan: &PlanCode, from: &str) {
    let (customer, plan, from) = (customer.clone(), plan.clone(), text(from));
    let assign = AssignPricePlan { customer, plan, from, reason: None };
    assign_price_plan(book, by("li"), assign).await.unwrap();
}

async fn subscribe(book: &Book, customer: &CustomerId, plan: &PlanCode) -> BillableCustomer {
    assign(book, customer, plan, "2026-01-01").await;
    BillableCustomer { customer: customer.clone(), plans: vec![plan.clone()] }
}

async fn call(book: &Book, customer: &CustomerId, calls: u32) {
    let entry =
        format!(r#"{{"meter":"calls","date":"2026-10-07","quantity":"{calls}","reference":"day 7"}}"#);
    let record = RecordUsage { customer: customer.clone(), entry: serde_json::from_str(&entry).unwrap() };
    record_usage(book, by("li"), record).await.unwrap();
}

fn october() -> RunBills {
    let issue_date = Some(text("2026-11-01"));
    RunBills::of(period(), RunTerms { issue_date, ..RunTerms::default() })
}

async fn run(book: &Book, customers: &[BillableCustomer]) -> (RunCounts, BilledCustomers) {
    let mut all: Option<BilledCustomers> = None;
    let counts = run_bills(book, &by("li"), &october(), customers, |chunk| match &mut all {
        None => all = Some(chunk.clone()),
        Some(all) => {
            all.bills.extend(chunk.bills.clone());
            all.parked.extend(chunk.parked.clone());
        }
    })
    .await
    .unwrap();
    (counts, all.unwrap())
}

async fn count(book: &Book, event: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = $1")
        .bind(event)
        .fetch_one(book.pool())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_billed_once_and_numbers_have_no_gaps() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let mut customers = Vec::new();
    for number in 0..230 {
        let customer = register(&book, &format!("Customer {number}")).await;
        call(&book, &customer, number).await;
        customers.push(subscribe(&book, &customer, &plan).await);
    }
    let (counts, billed) = run(&book, &customers).await;
    assert_eq!((counts.customers, counts.billed, counts.skipped, counts.parked), (230, 230, 0, 0));
    // 230 base fees, 0.10 for each of 0 + 1 + … + 229 calls, and 6 % on each bill.
    assert_eq!(counts.totals, [yuan("27171.51")]);
    let numbers: BTreeSet<_> = billed.bills.iter().map(|bill| bill.number.to_string()).collect();
    let expected: BTreeSet<_> = (1..=230).map(|number| format!("2026-{number:06}")).collect();
    assert_eq!(numbers, expected);

    let (again, _) = run(&book, &customers).await;
    assert_eq!((again.billed, again.skipped, again.totals), (0, 230, vec![]));
    assert_eq!(count(&book, "BillIssued").await, 230);
    assert_eq!(count(&book, "UsageBilled").await, 230);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_bill_everyone_once() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let mut customers = Vec::new();
    for number in 0..150 {
        let customer = register(&book, &format!("Customer {number}")).await;
        customers.push(subscribe(&book, &customer, &plan).await);
    }
    let (by_li, by_wang, run) = (by("li"), by("wang"), october());
    let one = run_bills(&book, &by_li, &run, &customers, |_| {});
    let other = run_bills(&book, &by_wang, &run, &customers, |_| {});
    let outcomes = tokio::join!(one, other);
    // The one that comes later may find the run finished by the other.
    assert!(outcomes.0.is_ok() && outcomes.1.is_ok(), "{outcomes:?}");
    assert_eq!(count(&book, "BillIssued").await, 150);
    let numbers: Vec<String> = sqlx::query_scalar(
        "SELECT payload -> 'BillIssued' ->> 'number' FROM events WHERE event_type = 'BillIssued' ORDER BY 1",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    assert_eq!(numbers, (1..=150).map(|number| format!("2026-{number:06}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_billed_is_parked_and_harms_no_other() {
    let book = book().await;
    let standard = plan(&book, "standard", "2026-01-01").await;
    let late = plan(&book, "late", "2026-10-15").await;
    let good = register(&book, "Good").await;
    let suspended = register(&book, "Suspended").await;
    let moved_late = register(&book, "Moved late").await;
    let unplanned = register(&book, "Unplanned").await;
    let mut customers =
        vec![subscribe(&book, &good, &standard).await, subscribe(&book, &suspended, &standard).await];
    let moved = subscribe(&book, &moved_late, &standard).await;
    customers.push(BillableCustomer { plans: vec![late.clone()], ..moved });
    customers.push(BillableCustomer { customer: unplanned, plans: vec![] });
    suspend(&book, &suspended).await;

    let (counts, billed) = run(&book, &customers).await;
    assert_eq!((counts.billed, counts.skipped, counts.parked), (1, 1, 2));
    assert_eq!(billed.bills[0].bill, BillId::new(&good, period()));
    let told: Vec<_> =
        billed.parked.iter().map(|parked| (&parked.customer, parked.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (&suspended, "the customer is suspended"),
            (&moved_late, "price plan standard was assigned while the month was being billed: bill it again"),
        ]
    );
    // It is billed by the next run under the next number.
    let (counts, billed) =
        run(&book, &[BillableCustomer { customer: moved_late, plans: vec![standard, late] }]).await;
    assert_eq!((counts.billed, counts.parked), (1, 0));
    assert_eq!(billed.bills[0].number.as_str(), "2026-000002");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_is_voided_frees_its_usage_and_keeps_its_number() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let customer = register(&book, "Acme").await;
    call(&book, &customer, 5).await;
    let customers = [subscribe(&book, &customer, &plan).await];
    let (_, billed) = run(&book, &customers).await;
    let bill = billed.bills[0].bill.clone();
    assert_eq!(billed.bills[0].total, yuan("106.53"));

    let void = VoidBill { bill: bill.clone(), reason: text("wrong plan"), effective_date: None };
    let outcome = void_bill(&book, by("li"), void.clone()).await.unwrap().outcome.bill;
    assert_eq!((outcome.state, outcome.open), (BillState::Voided, None));
    let again = void_bill(&book, by("li"), void).await.unwrap().outcome.bill;
    assert_eq!(again, outcome, "a repeat changes nothing");
    assert_eq!(count(&book, "BillVoided").await, 1);
    assert_eq!(count(&book, "UsageUnbilled").await, 1);
    assert_eq!(outcome.number.unwrap().as_str(), "2026-000001");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_own_payment_term_goes_before_the_runs() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let (own, none) = (register(&book, "Own").await, register(&book, "None").await);
    let term = Edit::Set(PaymentTermDays::try_from(7).unwrap());
    let change = ChangeCustomer {
        customer: own.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(ProfileEdits { payment_term_days: term, ..ProfileEdits::default() }),
        personal: PersonalEdits::default(),
    };
    change_customer(&book, &keys(&book), by("li"), change).await.unwrap();
    let customers = [subscribe(&book, &own, &plan).await, subscribe(&book, &none, &plan).await];
    run(&book, &customers).await;
    let due: Vec<String> = sqlx::query_scalar(
        "SELECT payload -> 'BillIssued' ->> 'due_date' FROM events WHERE event_type = 'BillIssued' ORDER BY aggregate_id",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    assert_eq!(due, ["2026-11-08", "2026-12-01"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_owes_a_bill_or_is_still_to_be_billed_is_not_closed() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let customer = register(&book, "Acme").await;
    assign(&book, &customer, &plan, "2026-10-01").await;
    let asked = CloseCustomer { customer: customer.clone(), reason: text("moved away") };
    let refused = async |open: Vec<OpenItem>| {
        let still = CustomerRefusal::StillOpen { customer: customer.clone(), open };
        assert_eq!(refusal(close_customer(&book, by("li"), asked.clone()).await), still.into());
    };
    let first_of_today = Month::of(book.today()).unwrap();
    let months = std::iter::successors(Some(period()), |month| month.next());
    let months = months.take_while(|month| *month <= first_of_today);
    let unbilled = months.map(|month| OpenItem::Unbilled { month });
    refused([OpenItem::Plan { plan: plan.clone() }].into_iter().chain(unbilled).collect()).await;

    let end = EndPricePlan { customer: customer.clone(), from: text("2026-11-01"), reason: None };
    end_price_plan(&book, by("li"), end).await.unwrap();
    refused(vec![OpenItem::Unbilled { month: period() }]).await;

    let (_, billed) = run(&book, &[BillableCustomer { customer: customer.clone(), plans: vec![plan] }]).await;
    let bill = billed.bills[0].bill.clone();
    refused(vec![OpenItem::Bill { bill: bill.clone(), open: Some(yuan("106.00")) }]).await;
    let void = VoidBill { bill: bill.clone(), reason: text("never used"), effective_date: None };
    void_bill(&book, by("li"), void).await.unwrap();
    refused(vec![OpenItem::NotBilledAgain { bill }]).await;
    let never = EndPricePlan { customer: customer.clone(), from: text("2026-10-01"), reason: None };
    end_price_plan(&book, by("li"), never).await.unwrap();
    close_customer(&book, by("li"), asked.clone()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_usage_has_no_price_or_whose_plan_is_in_another_currency_is_parked() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let (mistyped, foreign) = (register(&book, "Mistyped").await, register(&book, "Foreign").await);
    let entry = r#"{"meter":"cals","date":"2026-10-07","quantity":"1","reference":"day 7"}"#;
    let entry = serde_json::from_str(entry).unwrap();
    record_usage(&book, by("li"), RecordUsage { customer: mistyped.clone(), entry }).await.unwrap();
    let customers = [subscribe(&book, &mistyped, &plan).await, subscribe(&book, &foreign, &plan).await];
    let dollars = ProfileEdits { currency: Edit::Set(text("USD")), ..ProfileEdits::default() };
    let change = ChangeCustomer {
        customer: foreign.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(dollars),
        personal: PersonalEdits::default(),
    };
    change_customer(&book, &keys(&book), by("li"), change).await.unwrap();
    let (_, billed) = run(&book, &customers).await;
    let [unpriced, other] = billed.parked.as_slice() else { panic!("{billed:?}") };
    assert!(unpriced.reason.starts_with("usage of cals on 2026-10-07 is priced by no plan"), "{unpriced:?}");
    assert_eq!(other.reason, "the customer is billed in USD, its price plan is in CNY");
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_are_issued_neither_before_their_month_nor_far_ahead() {
    let book = book().await;
    for issue_date in ["2026-09-30", "2062-11-01"] {
        let terms = RunTerms { issue_date: Some(text(issue_date)), ..RunTerms::default() };
        let run = RunBills::of(period(), terms);
        let refused = run_bills(&book, &by("li"), &run, &[], |_| {}).await.unwrap_err();
        let CommandError::Refused(refused) = refused else { panic!("{refused:?}") };
        assert!(refused.to_string().contains(issue_date), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_and_a_closing_at_once_never_leave_a_debt_behind() {
    let book = &book().await;
    let plan = plan(book, "standard", "2026-01-01").await;
    for round in 0..10 {
        let customer = &register(book, &format!("Customer {round}")).await;
        let customers = [subscribe(book, customer, &plan).await];
        let asked = CloseCustomer { customer: customer.clone(), reason: text("moved away") };
        let (_, closed) = tokio::join!(run(book, &customers), close_customer(book, by("li"), asked));
        let bills: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM events WHERE event_type = 'BillIssued' AND aggregate_id LIKE $1 || '.%'",
        )
        .bind(customer.as_str())
        .fetch_one(book.pool())
        .await
        .unwrap();
        match closed {
            Ok(_) => assert_eq!(bills, 0, "round {round}"),
            Err(CommandError::Refused(Refusal::Customer(CustomerRefusal::StillOpen { .. }))) => {
                assert_eq!(bills, 1, "round {round}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// One process has finished the run; another, that was slower, has a customer left whom the first did not know.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_another_has_finished_comes_to_its_end() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let mut customers = Vec::new();
    for number in 0..3 {
        let customer = register(&book, &format!("Customer {number}")).await;
        customers.push(subscribe(&book, &customer, &plan).await);
    }
    start_bill_run(&book, by("li"), &october(), 3).await.unwrap();
    for known in [&customers[..2], &customers] {
        carry_on_bill_run(&book, &by("li"), &october(), known, |_| {}).await.unwrap();
    }
    let standing = bill_run_standing(&book, by("li"), period()).await.unwrap();
    assert_eq!((standing.state, standing.counts.billed), (BillRunState::Finished, 3));
    assert_eq!(count(&book, "BillIssued").await, 3);
    let written = count(&book, "CustomersBilled").await;
    carry_on_bill_run(&book, &by("li"), &october(), &customers, |_| {}).await.unwrap();
    assert_eq!(count(&book, "CustomersBilled").await, written, "nothing was left to do");
}

/// Killed after one of two chunks, it looks again at whom it passed over, and at all who are left.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_taken_up_counts_everyone_once() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let mut customers = Vec::new();
    for number in 0..4 {
        let customer = register(&book, &format!("Customer {number}")).await;
        customers.push(subscribe(&book, &customer, &plan).await);
    }
    run(&book, &customers[..1]).await;
    let mut context = by("li");
    start_bill_run(&book, context.clone(), &october(), 4).await.unwrap();
    let chunk = BillCustomers {
        period: period(),
        customers: customers[..2].to_vec(),
        issue_date: text("2026-11-01"),
        payment_term_days: 30,
        credit_policy: CreditPolicy::Warn,
    };
    bill_customers(&book, context.clone(), chunk).await.unwrap();
    // Another was given a plan in between.
    let late = register(&book, "Late").await;
    let left = [&customers[..1], &customers[2..], &[subscribe(&book, &late, &plan).await]].concat();
    context = by("wang");
    let taken_up = take_up_bill_run(&book, &context, period(), left.len() as u64).await.unwrap();
    assert_eq!((taken_up.outcome.counts.customers, taken_up.outcome.counts.skipped), (5, 0));
    let counts = carry_on_bill_run(&book, &context, &october(), &left, |_| {}).await.unwrap().outcome.counts;
    assert_eq!((counts.customers, counts.billed, counts.skipped, counts.parked), (5, 4, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_would_be_billed_and_writes_nothing() {
    let book = book().await;
    let plan = plan(&book, "standard", "2026-01-01").await;
    let good = register(&book, "Good").await;
    call(&book, &good, 5).await;
    let suspended = register(&book, "Suspended").await;
    let unplanned = register(&book, "Unplanned").await;
    let customers = [
        subscribe(&book, &good, &plan).await,
        subscribe(&book, &suspended, &plan).await,
        BillableCustomer { customer: unplanned, plans: vec![] },
    ];
    suspend(&book, &suspended).await;
    let before = support::events(&book).await;
    let previewed = preview_bills(&book, &by("li"), &october(), &customers).await.unwrap();
    assert_eq!(support::events(&book).await, before);
    let Preview::Billed { parts, amounts, .. } = &previewed[0].preview else { panic!("{previewed:?}") };
    assert_eq!((amounts.subtotal, amounts.total), (yuan("100.50"), yuan("106.53")));
    assert_eq!(parts[0].quote.lines.len(), 2);
    let parked = Preview::Parked { reason: "the customer is suspended".into() };
    assert_eq!((&previewed[1].preview, &previewed[2].preview), (&parked, &Preview::Skipped));

    let (_, billed) = run(&book, &customers).await;
    assert_eq!(billed.bills[0].total, amounts.total);
    let again = preview_bills(&book, &by("li"), &october(), &customers[..1]).await.unwrap();
    assert_eq!(again[0].preview, Preview::Skipped);
}
