use tallybook_domain::customers::{Change, CustomerEvent, CustomerStatus, ProfileChanges};
use tallybook_domain::{BookEvent, CustomerId};

use super::Customers;
use crate::fold::FoldFault;
use crate::testing::{at, customer, folded, try_folded};

fn registered(customer: &CustomerId) -> BookEvent {
    CustomerEvent::CustomerRegistered { customer: customer.clone(), name: "Acme Ltd".parse().unwrap() }.into()
}

fn renamed(customer: &CustomerId) -> BookEvent {
    let (old_name, new_name) = ("Acme Ltd".parse().unwrap(), "极光贸易".parse().unwrap());
    CustomerEvent::CustomerRenamed { customer: customer.clone(), old_name, new_name }.into()
}

fn suspended(customer: &CustomerId) -> BookEvent {
    CustomerEvent::CustomerSuspended { customer: customer.clone(), reason: "court order".parse().unwrap() }
        .into()
}

fn reactivated(customer: &CustomerId) -> BookEvent {
    CustomerEvent::CustomerReactivated { customer: customer.clone(), reason: None }.into()
}

#[test]
fn a_customer_has_the_last_name_and_remembers_when_it_began() {
    let id = customer(1);
    let rows = folded::<Customers>([registered(&id), registered(&customer(2)), renamed(&id)]);
    let row = rows.get(&id).unwrap();
    assert_eq!(row.name.as_str(), "极光贸易");
    assert_eq!(row.status, CustomerStatus::Active);
    assert_eq!((row.created.position, row.updated.position), (1, 3));
    assert_eq!((row.created.at, row.updated.at), (at(1), at(3)));
    assert_eq!(row.updated.by, "user:tester");
    assert_eq!(rows.get(&customer(2)).unwrap().name.as_str(), "Acme Ltd");
}

#[test]
fn a_suspension_has_a_reason_until_it_ends() {
    let id = customer(1);
    let row = folded::<Customers>([registered(&id), suspended(&id)]).get(&id).unwrap().clone();
    assert_eq!(row.status, CustomerStatus::Suspended);
    assert_eq!(row.suspension_reason.unwrap().as_str(), "court order");
    let row =
        folded::<Customers>([registered(&id), suspended(&id), reactivated(&id)]).get(&id).unwrap().clone();
    assert_eq!((row.status, row.suspension_reason), (CustomerStatus::Active, None));
}

#[test]
fn a_change_of_a_customer_nobody_registered_is_a_fault() {
    let error = try_folded::<Customers>([registered(&customer(1)), renamed(&customer(2))]).unwrap_err();
    assert_eq!((error.projection, error.position, error.event_type), ("customers", 2, "CustomerRenamed"));
    assert!(matches!(error.fault, FoldFault::Missing { table: "customers", .. }));
    assert!(error.to_string().contains("C00002"), "{error}");
}

#[test]
fn a_customer_registered_twice_is_a_fault() {
    let error = try_folded::<Customers>([registered(&customer(1)), registered(&customer(1))]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::AlreadyThere { table: "customers", .. }));
}

fn changed(customer: &CustomerId, changes: ProfileChanges) -> BookEvent {
    CustomerEvent::CustomerProfileChanged { customer: customer.clone(), changes: Box::new(changes) }.into()
}

#[test]
fn a_profile_holds_what_changed_last_and_sealed_what_is_personal() {
    let id = customer(1);
    let first = ProfileChanges {
        industry: Some(Change { from: None, to: Some("retail".parse().unwrap()) }),
        level: Some(Change { from: None, to: Some("A".parse().unwrap()) }),
        phone: Some(Change { from: None, to: Some("c2VhbGVk".parse().unwrap()) }),
        ..ProfileChanges::default()
    };
    let second = ProfileChanges {
        industry: Some(Change { from: Some("retail".parse().unwrap()), to: None }),
        ..ProfileChanges::default()
    };
    let manager = CustomerEvent::AccountManagerAssigned {
        customer: id.clone(),
        from: None,
        to: Some("王芳".parse().unwrap()),
    };
    let history = [registered(&id), changed(&id, first), changed(&id, second), manager.into()];
    let row = folded::<Customers>(history.clone()).get(&id).unwrap().clone();
    assert_eq!(row.profile.industry, None);
    assert_eq!(row.profile.level.unwrap().as_str(), "A");
    assert_eq!(row.profile.phone.unwrap().as_str(), "c2VhbGVk");
    assert_eq!((row.account_manager.unwrap().as_str(), row.updated.position), ("王芳", 4));

    let erased = CustomerEvent::PersonalDataErased { customer: id.clone(), reason: "asked".parse().unwrap() };
    let row = folded::<Customers>(history.into_iter().chain([erased.into()])).get(&id).unwrap().clone();
    assert_eq!((row.profile.phone, row.personal_data_erased_at), (None, Some(at(5))));
    assert_eq!(row.profile.level.unwrap().as_str(), "A");
}

#[test]
fn a_closed_customer_says_why_and_is_suspended_no_more() {
    let id = customer(1);
    let closed =
        CustomerEvent::CustomerClosed { customer: id.clone(), reason: "moved away".parse().unwrap() };
    let row = folded::<Customers>([registered(&id), suspended(&id), closed.into()]).get(&id).unwrap().clone();
    assert_eq!((row.status, row.suspension_reason), (CustomerStatus::Closed, None));
    assert_eq!(row.closure_reason.unwrap().as_str(), "moved away");
}
