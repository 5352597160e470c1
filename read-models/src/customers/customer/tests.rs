use tallybook_domain::customers::{CustomerEvent, CustomerStatus};
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
