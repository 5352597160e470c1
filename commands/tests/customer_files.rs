//! Customers' files: profiles with unique codes, account managers, closing, and many at once.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::{
    a_deposit, book, by, deposit, dry, events, keyed, keys, refusal, register, text, without_master, yuan,
};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{
    AssignAccountManager, ChangeCustomer, CloseCustomer, CustomerFile, FileOutcome, RegisterCustomer,
    assign_account_manager, change_customer, close_customer, register_customer, register_or_change_customers,
};
use tallybook_commands::deposits::{ReverseDeposit, record_deposit, reverse_deposit};
use tallybook_domain::customers::{
    CustomerCode, CustomerRefusal, CustomerStatus, Edit, OpenItem, ProfileEdits,
};
use tallybook_domain::{CustomerId, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError};

fn coded(code: &str) -> Box<ProfileEdits> {
    Box::new(ProfileEdits { code: Edit::Set(text(code)), ..ProfileEdits::default() })
}

fn named(name: &str, profile: Box<ProfileEdits>) -> RegisterCustomer {
    RegisterCustomer { profile, ..RegisterCustomer::named(text(name)) }
}

fn change(customer: &CustomerId, profile: Box<ProfileEdits>) -> ChangeCustomer {
    ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile,
        personal: PersonalEdits::default(),
    }
}

fn close(customer: &CustomerId) -> CloseCustomer {
    CloseCustomer { customer: customer.clone(), reason: text("moved away") }
}

fn file(customer: Option<&CustomerId>, name: Option<&str>, profile: Box<ProfileEdits>) -> CustomerFile {
    CustomerFile {
        customer: customer.cloned(),
        name: name.map(text),
        account_manager: Edit::Keep,
        profile,
        personal: PersonalEdits::default(),
    }
}

async fn all_of(book: &Book, files: Vec<CustomerFile>) -> Vec<FileOutcome> {
    register_or_change_customers(book, &keys(book), by("han"), files).await.unwrap().outcome
}

fn field(outcome: &FileOutcome) -> Option<&str> {
    match outcome {
        FileOutcome::Refused { field, .. } => field.as_deref(),
        FileOutcome::Registered { .. } | FileOutcome::Changed { .. } | FileOutcome::Unchanged { .. } => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_registered_with_its_profile_in_one_decision() {
    let book = book().await;
    let mut acme = named("Acme", coded("KH-1"));
    acme.account_manager = Some(text("王芳"));
    let receipt = register_customer(&book, &without_master(&book), by("han"), acme).await.unwrap();
    assert_eq!(receipt.position, 3);
    assert_eq!(
        events(&book).await,
        ["CustomerRegistered", "CustomerProfileChanged", "AccountManagerAssigned"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_taken_until_it_is_given_up() {
    let book = book().await;
    let keys = without_master(&book);
    let acme = register_customer(&book, &keys, by("han"), named("Acme", coded("KH-1"))).await.unwrap();
    let acme = acme.outcome.id;
    let taken = |code: &str| Refusal::from(CustomerRefusal::CodeTaken { code: text::<CustomerCode>(code) });
    let beta = register_customer(&book, &keys, by("han"), named("Beta", coded("ｋｈ-1"))).await;
    assert_eq!(refusal(beta), taken("ｋｈ-1"));
    let beta = register(&book, "Beta").await;
    assert_eq!(
        refusal(change_customer(&book, &keys, by("han"), change(&beta, coded("kh-1"))).await),
        taken("kh-1")
    );
    change_customer(&book, &keys, by("han"), change(&acme, coded("KH-2"))).await.unwrap();
    change_customer(&book, &keys, by("han"), change(&beta, coded("kh-1"))).await.unwrap();
    let cleared = Box::new(ProfileEdits { code: Edit::Clear, ..ProfileEdits::default() });
    change_customer(&book, &keys, by("han"), change(&acme, cleared)).await.unwrap();
    change_customer(&book, &keys, by("han"), change(&beta, coded("KH-2"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_given_to_another_manager_all_or_none() {
    let book = book().await;
    let (acme, beta) = (register(&book, "Acme").await, register(&book, "Beta").await);
    let assign = |named: &[&CustomerId], from: Option<&str>, to: Option<&str>| AssignAccountManager {
        named: named.iter().map(|customer| (*customer).clone()).collect(),
        from: from.map(text),
        to: to.map(text),
        found: Vec::new(),
    };
    let first = assign_account_manager(&book, by("han"), assign(&[&acme], None, Some("王芳"))).await.unwrap();
    assert_eq!(first.outcome.assigned, std::slice::from_ref(&acme));
    let both = assign(&[&beta, &acme, &acme], None, Some("王芳"));
    let second = assign_account_manager(&book, keyed("a"), both.clone()).await.unwrap();
    assert_eq!((second.outcome.assigned.as_slice(), second.outcome.unchanged), (&[beta.clone()][..], 1));
    assert!(assign_account_manager(&book, keyed("a"), both).await.unwrap().replayed);
    let strange: CustomerId = text("C00099");
    let refused =
        assign_account_manager(&book, by("han"), assign(&[&acme, &strange], None, Some("李雷"))).await;
    assert_eq!(refusal(refused), CustomerRefusal::NotFound { customer: strange }.into());
    let wrong = assign_account_manager(&book, by("han"), assign(&[&acme], Some("张伟"), Some("李雷"))).await;
    assert!(matches!(refusal(wrong), Refusal::Customer(CustomerRefusal::WithAnotherManager { .. })));
    assert_eq!(events(&book).await.len(), 4, "what was refused left nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_money_is_not_closed_and_a_closed_one_takes_none() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let deposited = deposit(&book, &acme, "10", "BK-1").await.unwrap().outcome.id;
    let open = vec![OpenItem::Wallet {
        wallet: WalletId::new(&acme, tallybook_domain::Currency::CNY),
        balance: yuan("10"),
        held: yuan("0"),
    }];
    let still = CustomerRefusal::StillOpen { customer: acme.clone(), open };
    assert_eq!(refusal(close_customer(&book, by("han"), close(&acme)).await), still.into());
    let mistake = ReverseDeposit { deposit: deposited, reason: text("a mistake"), effective_date: None };
    reverse_deposit(&book, by("han"), mistake).await.unwrap();
    assert_eq!(events(&book).await.len(), 3);
    let closed = close_customer(&book, by("han"), close(&acme)).await.unwrap();
    assert_eq!(closed.outcome.status, CustomerStatus::Closed);
    let again = close_customer(&book, by("han"), close(&acme)).await.unwrap();
    assert_eq!((again.outcome, again.position), (closed.outcome, closed.position));
    let late = record_deposit(&book, by("han"), a_deposit(&acme, "1", "BK-2")).await;
    assert_eq!(refusal(late), CustomerRefusal::Closed { customer: acme }.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_and_a_closing_at_once_never_leave_money_behind() {
    let book = &book().await;
    for round in 0..15 {
        let customer = &register(book, &format!("Customer {round}")).await;
        let reference = format!("BK-{round}");
        let (deposited, closed) = tokio::join!(
            record_deposit(book, by("han"), a_deposit(customer, "1", &reference)),
            close_customer(book, by("han"), close(customer))
        );
        match (deposited, closed) {
            (Ok(_), Err(CommandError::Refused(Refusal::Customer(CustomerRefusal::StillOpen { .. })))) => {}
            (Err(CommandError::Refused(Refusal::Customer(CustomerRefusal::Closed { .. }))), Ok(_)) => {}
            (deposited, closed) => panic!("{deposited:?}, {closed:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_files_each_is_judged_by_itself() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let none = Box::<ProfileEdits>::default;
    let negative = Box::new(ProfileEdits { credit_limit: Edit::Set(yuan("-1")), ..ProfileEdits::default() });
    let files = vec![
        file(None, Some("Beta"), coded("KH-1")),
        file(None, Some("acme"), none()),
        file(None, Some("ＢＥＴＡ"), none()),
        file(None, Some("Gamma"), coded("kh-1")),
        file(Some(&acme), None, coded("KH-2")),
        file(Some(&acme), Some("Acme"), coded("KH-2")),
        file(None, None, none()),
        file(None, Some("Delta"), negative),
        file(Some(&text("C00099")), None, coded("KH-3")),
        file(None, Some("Epsilon"), none()),
    ];
    let outcomes = all_of(&book, files).await;
    assert!(matches!(&outcomes[0], FileOutcome::Registered { .. }), "{outcomes:?}");
    let fields: Vec<_> = outcomes.iter().map(field).collect();
    assert_eq!(
        fields,
        [
            None,
            Some("name"),
            Some("name"),
            Some("code"),
            None,
            None,
            Some("name"),
            Some("credit_limit"),
            Some("id"),
            None
        ]
    );
    assert_eq!(outcomes[4], FileOutcome::Changed { customer: acme.clone() });
    assert_eq!(outcomes[5], FileOutcome::Unchanged { customer: acme });
    assert!(matches!(&outcomes[9], FileOutcome::Registered { .. }));
    assert_eq!(
        events(&book).await,
        [
            "CustomerRegistered",
            "CustomerRegistered",
            "CustomerProfileChanged",
            "CustomerProfileChanged",
            "CustomerRegistered"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_many_files_is_the_first_answer() {
    let book = book().await;
    let files = || vec![file(None, Some("Acme"), coded("KH-1")), file(None, Some("acme"), coded("KH-2"))];
    let keys = keys(&book);
    let first = register_or_change_customers(&book, &keys, keyed("list"), files()).await.unwrap();
    let again = register_or_change_customers(&book, &keys, keyed("list"), files()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.outcome, first.outcome);
    assert_eq!(events(&book).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_lists_that_come_at_once_each_name_is_registered_once() {
    let book = &book().await;
    let files = |list: usize| {
        (0..20).map(|n| file(None, Some(&format!("Customer {n}")), coded(&format!("{list}-{n}")))).collect()
    };
    let all = join_all((0..4).map(|list| all_of(book, files(list)))).await;
    let registered = all.iter().flatten().filter(|one| matches!(one, FileOutcome::Registered { .. })).count();
    let refused = all.iter().flatten().filter(|one| field(one) == Some("name")).count();
    assert_eq!((registered, refused), (20, 60));
    assert_eq!(events(book).await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_many_files_records_nothing() {
    let book = book().await;
    let files = vec![file(None, Some("Acme"), coded("KH-1"))];
    let tried = register_or_change_customers(&book, &keys(&book), dry(), files).await.unwrap();
    assert!(matches!(&tried.outcome[0], FileOutcome::Registered { .. }));
    assert_eq!(tried.dry_run_events.unwrap().len(), 2);
    assert_eq!(events(&book).await, Vec::<String>::new());
}
