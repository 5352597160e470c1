//! Personal fields: sealed everywhere, opened with the key, gone without it.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::{book, by, dry, events, keyed, keys, refusal, register, text, without_master};
use tallybook_commands::customers::personal::{
    OpenedField, PersonalEdits, PersonalKeys, PersonalText, finish_erasures, open_personal,
};
use tallybook_commands::customers::{
    ChangeCustomer, CustomerFile, EraseCustomer, FileOutcome, RegisterCustomer, change_customer,
    erase_customer, register_customer, register_or_change_customers,
};
use tallybook_domain::customers::{CustomerEvent, CustomerProfile, CustomerRefusal, Edit, PersonalField};
use tallybook_domain::{BookEvent, CustomerId};
use tallybook_event_store::{Book, CommandError};

const PHONE: &str = "13800131234";
const PERSON: &str = "王小明";

fn personal(phone: &str) -> PersonalEdits {
    let mut personal = PersonalEdits::default();
    let set = |field, text: &str| Edit::Set(PersonalText::new(field, text).unwrap());
    personal.set(PersonalField::Phone, set(PersonalField::Phone, phone));
    personal.set(PersonalField::ContactPerson, set(PersonalField::ContactPerson, PERSON));
    personal
}

fn acme(phone: &str) -> RegisterCustomer {
    RegisterCustomer { personal: personal(phone), ..RegisterCustomer::named(text("Acme")) }
}

fn change(customer: &CustomerId, personal: PersonalEdits) -> ChangeCustomer {
    ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::default(),
        personal,
    }
}

fn erase(customer: &CustomerId) -> EraseCustomer {
    EraseCustomer { customer: customer.clone(), reason: text("request 117") }
}

/// Every table of the book, as text.
async fn dump(book: &Book) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_all(book.pool())
            .await
            .unwrap();
    let mut dump = String::new();
    for table in tables {
        let query = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        dump += &sqlx::query_scalar::<_, String>(&query).fetch_one(book.pool()).await.unwrap();
    }
    dump
}

/// The profile as the events have it.
async fn profile(book: &Book) -> CustomerProfile {
    let payloads: Vec<String> = sqlx::query_scalar(
        "SELECT payload::text FROM events WHERE event_type = 'CustomerProfileChanged' ORDER BY position",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    let mut profile = CustomerProfile::default();
    for payload in payloads {
        let event = BookEvent::decode("customer", "CustomerProfileChanged", "1.0", &payload, &[]).unwrap();
        let BookEvent::Customer(CustomerEvent::CustomerProfileChanged { changes, .. }) = event else {
            panic!("{event:?}")
        };
        profile.set(&changes);
    }
    profile
}

async fn phone(
    keys: &PersonalKeys,
    book: &Book,
    customer: &CustomerId,
    in_full: bool,
) -> Option<OpenedField> {
    let profile = profile(book).await;
    let opened = open_personal(keys, &[(customer, &profile)], in_full).await.unwrap();
    opened[0].get(PersonalField::Phone).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_personal_is_nowhere_in_the_clear_and_opens_with_the_key() {
    let book = book().await;
    let keys = keys(&book);
    let receipt = register_customer(&book, &keys, keyed("first"), acme(PHONE)).await.unwrap();
    let customer = receipt.outcome.id;
    let dump = dump(&book).await;
    assert!(dump.contains("Acme") && !dump.contains(PHONE) && !dump.contains(PERSON));
    assert_eq!(phone(&keys, &book, &customer, false).await, Some(OpenedField::Masked("138****1234".into())));
    match phone(&keys, &book, &customer, true).await {
        Some(OpenedField::Full(plain)) => assert_eq!(*plain, PHONE),
        other => panic!("{other:?}"),
    }
    assert_eq!(phone(&without_master(&book), &book, &customer, true).await, Some(OpenedField::Locked));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_registration_with_personal_fields_is_the_first_also_at_once() {
    let book = &book().await;
    let keys = &keys(book);
    let all =
        futures::future::join_all((0..8).map(|_| register_customer(book, keys, keyed("same"), acme(PHONE))))
            .await;
    let ids: Vec<_> = all.into_iter().map(|answer| answer.unwrap().outcome.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(events(book).await, ["CustomerRegistered", "CustomerProfileChanged"]);
    let other = register_customer(book, keys, keyed("same"), acme("13900000000")).await;
    assert!(matches!(other, Err(CommandError::KeyReused)), "another phone is another request");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_personal_fields_again_change_nothing() {
    let book = book().await;
    let keys = keys(&book);
    let customer = register(&book, "Acme").await;
    for _ in 0..2 {
        change_customer(&book, &keys, by("han"), change(&customer, personal(PHONE))).await.unwrap();
    }
    assert_eq!(events(&book).await, ["CustomerRegistered", "CustomerProfileChanged"]);
    change_customer(&book, &keys, by("han"), change(&customer, personal("13900000000"))).await.unwrap();
    assert_eq!(events(&book).await.len(), 3);
    let mut cleared = PersonalEdits::default();
    cleared.set(PersonalField::Phone, Edit::Clear);
    change_customer(&book, &without_master(&book), by("han"), change(&customer, cleared)).await.unwrap();
    assert_eq!(phone(&keys, &book, &customer, true).await, None, "to clear takes no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_master_key_personal_fields_are_refused_and_all_others_taken() {
    let book = book().await;
    let answer = register_customer(&book, &without_master(&book), by("han"), acme(PHONE)).await;
    assert_eq!(refusal(answer), CustomerRefusal::NoPersonalDataKey.into());
    register(&book, "Acme").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_no_key_behind() {
    let book = book().await;
    let tried = register_customer(&book, &keys(&book), dry(), acme(PHONE)).await.unwrap();
    assert_eq!(tried.dry_run_events.unwrap().len(), 2);
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM customer_keys").fetch_one(book.pool()).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_gone_and_does_not_come_back() {
    let book = book().await;
    let keys = keys(&book);
    let customer = register_customer(&book, &keys, keyed("first"), acme(PHONE)).await.unwrap().outcome.id;
    let wrapped: Vec<u8> =
        sqlx::query_scalar("SELECT wrapped_key FROM customer_keys").fetch_one(book.pool()).await.unwrap();
    erase_customer(&book, &keys, by("admin"), erase(&customer)).await.unwrap();
    let first = erase_customer(&book, &keys, by("admin"), erase(&customer)).await.unwrap();
    assert_eq!(first.position, 3, "a repeat records nothing");
    assert_eq!(phone(&keys, &book, &customer, true).await, None);
    let dump = dump(&book).await;
    let hex: String = wrapped.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!dump.contains(PHONE) && !dump.contains(PERSON) && !dump.contains(&hex));
    let gone = CustomerRefusal::PersonalDataErased { customer: customer.clone() };
    let again = change_customer(&book, &keys, by("han"), change(&customer, personal(PHONE))).await;
    assert_eq!(refusal(again), gone.clone().into());
    let repeat = register_customer(&book, &keys, keyed("first"), acme(PHONE)).await;
    assert_eq!(refusal(repeat), gone.into(), "what was sealed cannot be compared any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_had_a_key_gets_none_after_an_erasure() {
    let book = book().await;
    let keys = keys(&book);
    let customer = register(&book, "Acme").await;
    erase_customer(&book, &keys, by("admin"), erase(&customer)).await.unwrap();
    let late = change_customer(&book, &keys, by("han"), change(&customer, personal(PHONE))).await;
    assert_eq!(refusal(late), CustomerRefusal::PersonalDataErased { customer: customer.clone() }.into());
    let strange: CustomerId = text("C00099");
    let unknown = erase_customer(&book, &keys, by("admin"), erase(&strange)).await;
    assert_eq!(refusal(unknown), CustomerRefusal::NotFound { customer: strange }.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_broke_off_after_its_event_is_finished() {
    let book = book().await;
    let keys = keys(&book);
    let customer = register_customer(&book, &keys, by("han"), acme(PHONE)).await.unwrap().outcome.id;
    let wrapped: Vec<u8> =
        sqlx::query_scalar("SELECT wrapped_key FROM customer_keys").fetch_one(book.pool()).await.unwrap();
    let marked = "UPDATE customer_keys SET erasing_at = now()";
    sqlx::query(marked).execute(book.pool()).await.unwrap();
    assert_eq!(finish_erasures(&keys, book.now()).await.unwrap(), 0, "an erasure that was never recorded");
    erase_customer(&book, &keys, by("admin"), erase(&customer)).await.unwrap();
    // As if the process had died before it destroyed the key.
    sqlx::query("UPDATE customer_keys SET wrapped_key = $1, erased_at = NULL")
        .bind(&wrapped)
        .execute(book.pool())
        .await
        .unwrap();
    assert_eq!(finish_erasures(&keys, book.now()).await.unwrap(), 1);
    assert_eq!(phone(&keys, &book, &customer, true).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_are_sealed_together_and_their_repeat_looks_the_same() {
    let book = book().await;
    let keys = keys(&book);
    let file = |name: &str| CustomerFile {
        customer: None,
        name: Some(text(name)),
        account_manager: Edit::Keep,
        profile: Box::default(),
        personal: personal(PHONE),
    };
    let files = || vec![file("Acme"), file("Beta"), file("acme")];
    let first = register_or_change_customers(&book, &keys, keyed("list"), files()).await.unwrap();
    let again = register_or_change_customers(&book, &keys, keyed("list"), files()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.outcome, first.outcome);
    assert!(matches!(&first.outcome[2], FileOutcome::Refused { .. }));
    assert!(!dump(&book).await.contains(PHONE));
    let FileOutcome::Registered { customer } = &first.outcome[1] else { panic!("{:?}", first.outcome) };
    erase_customer(&book, &keys, by("admin"), erase(customer)).await.unwrap();
    let update = CustomerFile { customer: Some(customer.clone()), name: None, ..file("Beta") };
    let late = register_or_change_customers(&book, &keys, by("han"), vec![update]).await.unwrap();
    assert!(matches!(&late.outcome[0], FileOutcome::Refused { .. }), "{:?}", late.outcome);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_keys_for_customers_there_are_not() {
    let book = book().await;
    let keys = keys(&book);
    let acme = register(&book, "Acme").await;
    let file = |customer: &CustomerId| CustomerFile {
        customer: Some(customer.clone()),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::default(),
        personal: personal(PHONE),
    };
    let invented: CustomerId = text("C00777");
    let files = vec![file(&invented), file(&acme)];
    let done = register_or_change_customers(&book, &keys, by("han"), files).await.unwrap().outcome;
    let FileOutcome::Refused { field, reason } = &done[0] else { panic!("{done:?}") };
    assert_eq!((field.as_deref(), reason.as_str()), (Some("id"), "there is no customer C00777"));
    assert_eq!(done[1], FileOutcome::Changed { customer: acme.clone() });
    let with_key: Vec<String> =
        sqlx::query_scalar("SELECT customer FROM customer_keys").fetch_all(book.pool()).await.unwrap();
    assert_eq!(with_key, [acme.to_string()]);
}
