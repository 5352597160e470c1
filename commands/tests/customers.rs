//! Customers: registered under unique names, renamed, suspended, reactivated.

mod support;

use futures::future::join_all;
use support::{book, by, dry, events, keyed, refusal, register, suspend, text, without_master};
use tallybook_commands::CommandContext;
use tallybook_commands::customers::{
    ChangeCustomer, CustomerOutcome, ReactivateCustomer, RegisterCustomer, SuspendCustomer, change_customer,
    reactivate_customer, register_customer, suspend_customer,
};
use tallybook_domain::customers::{Customer, CustomerRefusal, CustomerStatus};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

async fn rename(
    book: &Book,
    customer: &CustomerId,
    name: &str,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let change = ChangeCustomer::renamed(customer.clone(), text(name));
    change_customer(book, &without_master(book), by("han"), change).await
}

fn a_customer(name: &str) -> RegisterCustomer {
    RegisterCustomer::named(text(name))
}

fn taken(name: &str) -> Refusal {
    CustomerRefusal::NameTaken { name: text(name) }.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_numbered_in_order() {
    let book = book().await;
    let first =
        register_customer(&book, &without_master(&book), by("han"), a_customer("Acme")).await.unwrap();
    let outcome = CustomerOutcome { id: text("C00001"), name: text("Acme"), status: CustomerStatus::Active };
    assert_eq!((first.outcome, first.position), (outcome, 1));
    assert_eq!(register(&book, "Beta").await.as_str(), "C00002");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_whatever_its_case_width_and_spacing() {
    let book = book().await;
    register(&book, "Acme Ltd").await;
    let again =
        register_customer(&book, &without_master(&book), by("han"), a_customer("ＡＣＭＥ  ltd")).await;
    assert_eq!(refusal(again), taken("ＡＣＭＥ  ltd"));
    assert_eq!(
        refusal(register_customer(&book, &without_master(&book), dry(), a_customer("acme ltd")).await),
        taken("acme ltd")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_gets_the_name() {
    let book = &book().await;
    let keys = &without_master(book);
    let all = join_all((0..30).map(|_| register_customer(book, keys, by("han"), a_customer("Acme")))).await;
    assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(events(book).await, ["CustomerRegistered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_registration_is_the_first() {
    let book = book().await;
    let first =
        register_customer(&book, &without_master(&book), keyed("key-1"), a_customer("Acme")).await.unwrap();
    let again =
        register_customer(&book, &without_master(&book), keyed("key-1"), a_customer("Acme")).await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.outcome, again.position), (first.outcome, first.position));
    let other = register_customer(&book, &without_master(&book), keyed("key-1"), a_customer("Beta")).await;
    assert!(matches!(other, Err(CommandError::KeyReused)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_customer_frees_the_old_name() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let renamed = rename(&book, &acme, "Acme Ltd").await.unwrap();
    assert_eq!(renamed.outcome.name.as_str(), "Acme Ltd");
    let beta = register(&book, "Acme").await;
    assert_eq!(refusal(rename(&book, &beta, "acme ltd").await), taken("acme ltd"));
    assert_eq!(refusal(rename(&book, &acme, "ACME").await), taken("ACME"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_differs_only_in_case_keeps_its_claim() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    assert_eq!(rename(&book, &acme, "ACME").await.unwrap().outcome.name.as_str(), "ACME");
    assert_eq!(
        refusal(register_customer(&book, &without_master(&book), by("han"), a_customer("acme")).await),
        taken("acme")
    );
    assert_eq!(events(&book).await, ["CustomerRegistered", "CustomerRenamed"]);
    rename(&book, &acme, "Beta").await.unwrap();
    register(&book, "acme").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_a_customer_has_already_records_nothing() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    rename(&book, &acme, "Acme").await.unwrap();
    assert_eq!(events(&book).await, ["CustomerRegistered"]);
    assert_eq!(
        refusal(register_customer(&book, &without_master(&book), by("han"), a_customer("Acme")).await),
        taken("Acme")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_suspended_and_reactivated_with_the_reason_in_the_journal() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    suspend(&book, &acme).await;
    let key = StreamKey::existing::<Customer>(&acme);
    let recorded = book.event_at(&key, 2).await.unwrap().unwrap();
    assert_eq!(recorded.metadata.reason.as_deref(), Some("chargebacks"));
    assert_eq!(recorded.metadata.actor, "user:han");
    assert_eq!(recorded.metadata.request_id.as_deref(), Some("request-1"));

    let again = SuspendCustomer { customer: acme.clone(), reason: text("again") };
    let suspended = suspend_customer(&book, by("han"), again).await.unwrap();
    assert_eq!(suspended.outcome.status, CustomerStatus::Suspended);

    let reactivate = ReactivateCustomer { customer: acme.clone(), reason: None };
    for _ in 0..2 {
        let active = reactivate_customer(&book, by("han"), reactivate.clone()).await.unwrap();
        assert_eq!(active.outcome.status, CustomerStatus::Active);
    }
    assert_eq!(events(&book).await, ["CustomerRegistered", "CustomerSuspended", "CustomerReactivated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_does_not_exist_is_not_found() {
    let book = book().await;
    let nobody = CustomerId::from_number(99);
    let not_found = Refusal::from(CustomerRefusal::NotFound { customer: nobody.clone() });
    assert_eq!(refusal(rename(&book, &nobody, "Acme").await), not_found);
    let suspend = SuspendCustomer { customer: nobody.clone(), reason: text("x") };
    assert_eq!(refusal(suspend_customer(&book, by("han"), suspend).await), not_found);
    let reactivate = ReactivateCustomer { customer: nobody, reason: None };
    assert_eq!(refusal(reactivate_customer(&book, by("han"), reactivate).await), not_found);
    assert_eq!(events(&book).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_records_nothing() {
    let book = book().await;
    let context = CommandContext { idempotency_key: Some("key-1".into()), ..dry() };
    let dry_run =
        register_customer(&book, &without_master(&book), context, a_customer("Acme")).await.unwrap();
    let would: Vec<_> = dry_run.dry_run_events.unwrap().iter().map(|event| event.event_type).collect();
    assert_eq!(would, ["CustomerRegistered"]);
    assert_eq!(events(&book).await, Vec::<String>::new());
    register_customer(&book, &without_master(&book), keyed("key-1"), a_customer("Acme")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_names_the_next_number_and_takes_none() {
    let book = book().await;
    for (number, name) in [("C00001", "Acme"), ("C00002", "Beta")] {
        for _ in 0..3 {
            let dry_run =
                register_customer(&book, &without_master(&book), dry(), a_customer(name)).await.unwrap();
            let events = dry_run.dry_run_events.map(|events| events.len());
            assert_eq!((dry_run.outcome.id.as_str(), events), (number, Some(1)));
        }
        assert_eq!(register(&book, name).await.as_str(), number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_is_not_refused_because_another_took_the_number() {
    let book = &book().await;
    let keys = &without_master(book);
    for round in 0..20 {
        let others = join_all((0..10).map(async |other| {
            register(book, &format!("Acme {round}-{other}")).await;
        }));
        let dry_runs = join_all((0..30).map(|_| register_customer(book, keys, dry(), a_customer("Beta"))));
        let (dry_runs, _) = futures::join!(dry_runs, others);
        for dry_run in dry_runs {
            assert_eq!(dry_run.unwrap().dry_run_events.map(|events| events.len()), Some(1));
        }
    }
}
