//! Price plans on a real book, and who is billed by them: what is billed keeps its plan.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use chrono::{Days, Months, NaiveDate};
use support::{book, by, close, dry, events, keyed, refusal, register, suspend, text};
use tallybook_commands::billing::{
    AddPricePlanVersion, AssignPricePlan, BillableCustomer, CreatePricePlan, EndPricePlan, RunBills,
    SubscriptionOutcome, VoidBill, add_price_plan_version, assign_price_plan, create_price_plan,
    end_price_plan, run_bills, void_bill,
};
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::billing::{Bill, BillCommand, BillId, PlanCode, PricePlanRefusal, SubscriptionRefusal};
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::{Currency, CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError, CommandMetadata, CommandRequest, Receipt, StreamKey};

fn terms(fee: &str) -> PlanTerms {
    let text = format!(
        r#"{{"currency":"CNY","items":[{{"code":"base","name":"Base","model":"flat","fee":"{fee}"}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn creation(code: &str, effective_from: Option<NaiveDate>) -> CreatePricePlan {
    CreatePricePlan { plan: text(code), name: text("Standard"), effective_from, terms: terms("100") }
}

/// In force since 2000.
async fn plan(book: &Book, code: &str) -> PlanCode {
    create_price_plan(book, by("li"), creation(code, Some(text("2000-01-01")))).await.unwrap().outcome.plan
}

async fn assign(
    book: &Book,
    customer: &CustomerId,
    plan: &PlanCode,
    from: NaiveDate,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let assign = AssignPricePlan { customer: customer.clone(), plan: plan.clone(), from, reason: None };
    assign_price_plan(book, by("li"), assign).await
}

async fn end(
    book: &Book,
    customer: &CustomerId,
    from: NaiveDate,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let end = EndPricePlan { customer: customer.clone(), from, reason: None };
    end_price_plan(book, by("li"), end).await
}

fn at_once(customer: &CustomerId, plan: Option<&PlanCode>, from: NaiveDate) -> SubscriptionOutcome {
    let (customer, plan) = (customer.clone(), plan.cloned());
    SubscriptionOutcome { customer, plan, from, approval: None, missing_approvals: None }
}

/// The month before today's.
fn last_month(book: &Book) -> Month {
    Month::of(book.today()).unwrap().previous().unwrap()
}

async fn count(book: &Book, event_type: &str) -> usize {
    events(book).await.iter().filter(|seen| *seen == event_type).count()
}

#[tokio::test]
async fn a_plan_is_created_once_and_grows_by_versions() {
    let book = book().await;
    let created = create_price_plan(&book, keyed("K"), creation("standard", None)).await.unwrap();
    assert_eq!((created.outcome.version, created.outcome.effective_from), (1, book.today()));
    let again = create_price_plan(&book, keyed("K"), creation("standard", None)).await.unwrap();
    assert_eq!((again.replayed, &again.outcome), (true, &created.outcome));
    let other = refusal(create_price_plan(&book, keyed("L"), creation("standard", None)).await);
    let plan: PlanCode = text("standard");
    assert_eq!(other, PricePlanRefusal::AlreadyExists { plan: plan.clone() }.into());

    let later = book.today() + Days::new(1);
    let add = |effective_from| AddPricePlanVersion {
        plan: plan.clone(),
        effective_from,
        terms: terms("120"),
        reason: None,
    };
    let added = add_price_plan_version(&book, by("li"), add(later)).await.unwrap().outcome;
    assert_eq!((added.version, added.effective_from), (2, later));
    let too_early = refusal(add_price_plan_version(&book, by("li"), add(later)).await);
    assert_eq!(too_early, PricePlanRefusal::NotLater { plan, version: 2, latest: later }.into());
    book.shutdown().await;
}

#[tokio::test]
async fn a_plan_is_had_by_registered_customers_once_it_has_begun() {
    let book = book().await;
    let (acme, today) = (register(&book, "Acme").await, book.today());
    let plan = create_price_plan(&book, by("li"), creation("standard", None)).await.unwrap().outcome.plan;
    let yesterday = today - Days::new(1);
    let refused = refusal(assign(&book, &acme, &plan, yesterday).await);
    let not_begun = SubscriptionRefusal::PlanNotBegun { plan: plan.clone(), from: yesterday, begins: today };
    assert_eq!(refused, not_begun.into());
    let unknown: PlanCode = text("unknown");
    let refused = refusal(assign(&book, &acme, &unknown, today).await);
    assert_eq!(refused, PricePlanRefusal::NotFound { plan: unknown }.into());
    let stranger = CustomerId::from_number(99_999);
    let not_found: Refusal = CustomerRefusal::NotFound { customer: stranger.clone() }.into();
    assert_eq!(refusal(assign(&book, &stranger, &plan, today).await), not_found);
    assert_eq!(refusal(end(&book, &stranger, today).await), not_found);

    let closed = register(&book, "Closed").await;
    close(&book, &closed).await;
    let refused = refusal(assign(&book, &closed, &plan, today).await);
    assert_eq!(refused, CustomerRefusal::Closed { customer: closed }.into());

    suspend(&book, &acme).await;
    let outcome = assign(&book, &acme, &plan, today).await.unwrap().outcome;
    assert_eq!(outcome, at_once(&acme, Some(&plan), today));
    let head = book.head();
    assign(&book, &acme, &plan, today + Days::new(40)).await.unwrap();
    assert_eq!(book.head(), head, "it is in force then already");
    book.shutdown().await;
}

#[tokio::test]
async fn what_is_billed_keeps_its_plan() {
    let book = book().await;
    let (acme, old, new) =
        (register(&book, "Acme").await, plan(&book, "old").await, plan(&book, "new").await);
    let month = last_month(&book);
    let start = month.first_day() - Months::new(2);
    assign(&book, &acme, &old, start).await.unwrap();
    let run = RunBills::of(month, RunTerms::default());
    let customers = [BillableCustomer { customer: acme.clone(), plans: vec![old.clone()] }];
    run_bills(&book, &by("li"), &run, &customers, |_| {}).await.unwrap();
    let bill = BillId::new(&acme, month);

    let billed = |bill: &BillId, from| -> Refusal {
        SubscriptionRefusal::MonthBilled { customer: acme.clone(), bill: bill.clone(), from }.into()
    };
    let head = book.head();
    for from in [month.last_day(), month.first_day(), start + Days::new(1)] {
        assert_eq!(refusal(assign(&book, &acme, &new, from).await), billed(&bill, from));
        assert_eq!(refusal(end(&book, &acme, from).await), billed(&bill, from));
    }
    assign(&book, &acme, &old, month.first_day()).await.unwrap();
    assert_eq!(book.head(), head, "what is so already may be said again");

    let reason = text("wrong plan");
    void_bill(&book, by("li"), VoidBill { bill: bill.clone(), reason, effective_date: None }).await.unwrap();
    assign(&book, &acme, &new, month.first_day()).await.unwrap();
    let second = bill.revised(2).unwrap();
    draft(&book, &second, bill).await;
    let from = month.last_day();
    assert_eq!(refusal(end(&book, &acme, from).await), billed(&second, from));
    end(&book, &acme, from + Days::new(1)).await.unwrap();
    book.shutdown().await;
}

/// As a bill that stands in place of a voided one will be.
async fn draft(book: &Book, bill: &BillId, replaces: BillId) {
    let actor = text("user:li");
    let metadata = CommandMetadata { actor, request_id: None, reason: None, client_address: None };
    let request = CommandRequest::new("draft", metadata, bill).unwrap();
    let (streams, bill) = (vec![StreamKey::existing::<Bill>(bill)], bill.clone());
    book.execute(request, streams, move |decision| {
        let (parts, replaces) = (Vec::new(), Some(replaces.clone()));
        let command = BillCommand::Draft { bill: bill.clone(), currency: Currency::CNY, parts, replaces };
        decision.decide::<Bill>(bill.as_str(), command)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_plan_changes_up_to_24_months_back() {
    let book = book().await;
    let (acme, plan) = (register(&book, "Acme").await, plan(&book, "standard").await);
    let earliest = Month::of(book.today()).unwrap().first_day() - Months::new(24);
    let from = earliest - Days::new(1);
    let refused = refusal(assign(&book, &acme, &plan, from).await);
    let too_long_ago = SubscriptionRefusal::TooLongAgo { customer: acme.clone(), from, earliest };
    assert_eq!(refused, too_long_ago.clone().into());
    assign(&book, &acme, &plan, earliest).await.unwrap();
    assert_eq!(refusal(end(&book, &acme, from).await), too_long_ago.into());
    book.shutdown().await;
}

#[tokio::test]
async fn a_plan_ends_and_a_repeat_changes_nothing() {
    let book = book().await;
    let (acme, plan, today) = (register(&book, "Acme").await, plan(&book, "standard").await, book.today());
    assign(&book, &acme, &plan, today).await.unwrap();
    let ends = today + Days::new(10);
    let ended = end(&book, &acme, ends).await.unwrap().outcome;
    assert_eq!(ended, at_once(&acme, None, ends));
    end(&book, &acme, ends).await.unwrap();
    assert_eq!(count(&book, "PricePlanEnded").await, 1);
    let tried = AssignPricePlan { customer: acme, plan, from: today + Days::new(5), reason: None };
    let receipt = assign_price_plan(&book, dry(), tried).await.unwrap();
    let kinds: Vec<_> = receipt.dry_run_events.unwrap().iter().map(|event| event.event_type).collect();
    assert_eq!(kinds, ["PricePlanAssigned"], "it voids the end");
    assert_eq!(count(&book, "PricePlanAssigned").await, 1);
    book.shutdown().await;
}
