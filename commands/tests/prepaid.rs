//! Prepaid customers on a real book: a bill takes what the wallet has as it is issued.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::{book, by, deposit, keys, register, request, text, yuan};
use tallybook_commands::billing::{
    AssignPricePlan, BillOfRun, BillableCustomer, CreatePricePlan, RunBills, assign_price_plan,
    create_price_plan, run_bills,
};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{ChangeCustomer, change_customer};
use tallybook_domain::billing::PlanCode;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::customers::{Edit, ProfileEdits, SettlementMode};
use tallybook_domain::{CustomerId, Money, Month};
use tallybook_event_store::Book;

/// 100 a month and 6 % tax.
async fn plan(book: &Book) -> PlanCode {
    let terms = serde_json::from_str(
        r#"{"currency":"CNY","tax_rate":"0.06","items":[{"code":"base","name":"Base","model":"flat","fee":"100"}]}"#,
    )
    .unwrap();
    let (plan, name, effective_from) = (text("standard"), text("Standard"), Some(text("2000-01-01")));
    let creation = CreatePricePlan { plan, name, effective_from, terms };
    create_price_plan(book, by("li"), creation).await.unwrap().outcome.plan
}

async fn customer(book: &Book, name: &str, mode: SettlementMode, plan: &PlanCode) -> BillableCustomer {
    let customer = register(book, name).await;
    let change = ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(ProfileEdits { settlement_mode: Edit::Set(mode), ..ProfileEdits::default() }),
        personal: PersonalEdits::default(),
    };
    change_customer(book, &keys(book), by("li"), change).await.unwrap();
    let from = last_month(book).first_day();
    let assign = AssignPricePlan { customer: customer.clone(), plan: plan.clone(), from, reason: None };
    assign_price_plan(book, by("li"), assign).await.unwrap();
    BillableCustomer { customer, plans: vec![plan.clone()] }
}

fn last_month(book: &Book) -> Month {
    Month::of(book.today()).unwrap().previous().unwrap()
}

async fn run(book: &Book, customers: &[BillableCustomer]) -> Vec<BillOfRun> {
    let run = RunBills::of(last_month(book), RunTerms::default());
    let mut bills = Vec::new();
    run_bills(book, &by("li"), &run, customers, |chunk| bills.extend(chunk.bills.clone())).await.unwrap();
    bills
}

/// What is left in a wallet, by its events.
async fn balance(book: &Book, customer: &CustomerId) -> String {
    sqlx::query_scalar(
        "SELECT sum((payload -> event_type -> 'amount' ->> 'amount')::numeric
                    * CASE event_type WHEN 'DepositRecorded' THEN 1 WHEN 'BillPaid' THEN -1 ELSE 0 END)::text
           FROM events WHERE aggregate_type = 'wallet' AND aggregate_id = $1",
    )
    .bind(format!("{customer}.CNY"))
    .fetch_one(book.pool())
    .await
    .unwrap()
}

fn paid(bills: &[BillOfRun]) -> Vec<Option<Money>> {
    bills.iter().map(|bill| bill.paid).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_takes_what_the_wallet_has() {
    let book = book().await;
    let plan = plan(&book).await;
    let rich = customer(&book, "Rich", SettlementMode::Prepaid, &plan).await;
    let short = customer(&book, "Short", SettlementMode::Prepaid, &plan).await;
    let empty = customer(&book, "Empty", SettlementMode::Prepaid, &plan).await;
    let later = customer(&book, "Later", SettlementMode::Postpaid, &plan).await;
    for (number, (of, amount)) in
        [(&rich, "500.00"), (&short, "50.00"), (&later, "500.00")].iter().enumerate()
    {
        deposit(&book, &of.customer, amount, &format!("R{number}")).await.unwrap();
    }
    // What is set aside for a withdrawal pays no bill.
    request(&book, &short.customer, "20.00", "W1").await.unwrap();

    let customers = [rich.clone(), short.clone(), empty, later.clone()];
    let bills = run(&book, &customers).await;
    assert_eq!(paid(&bills), [Some(yuan("106.00")), Some(yuan("30.00")), None, None]);
    assert_eq!(balance(&book, &rich.customer).await, "394.00");
    assert_eq!(balance(&book, &short.customer).await, "20.00");
    assert_eq!(balance(&book, &later.customer).await, "500.00");
    assert!(run(&book, &customers).await.is_empty(), "nobody pays twice");
    assert_eq!(balance(&book, &rich.customer).await, "394.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_and_a_bill_at_once_never_overdraw() {
    let book = book().await;
    let plan = plan(&book).await;
    let mut customers = Vec::new();
    for number in 0..40 {
        let prepaid = customer(&book, &format!("Prepaid {number}"), SettlementMode::Prepaid, &plan).await;
        deposit(&book, &prepaid.customer, "110.00", &format!("R{number}")).await.unwrap();
        customers.push(prepaid);
    }
    let requests = customers.iter().enumerate().map(|(number, prepaid)| {
        let book = &book;
        async move { request(book, &prepaid.customer, "100.00", &format!("W{number}")).await.is_ok() }
    });
    let (bills, held) = tokio::join!(run(&book, &customers), futures::future::join_all(requests));
    assert_eq!(bills.len(), 40);
    for (bill, prepaid) in bills.iter().map(|bill| (bill, bill.bill.customer())) {
        let at = customers.iter().position(|billable| billable.customer == prepaid).unwrap();
        let expected = if held[at] { yuan("10.00") } else { yuan("106.00") };
        assert_eq!(bill.paid, Some(expected), "{prepaid}");
    }
}
