//! `customers`: every customer with its name and whether it is suspended.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::customers::{CustomerEvent, CustomerStatus};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{CustomerFilter, CustomerOrder, find_customer, list_customers};
pub use row::CustomerRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Customers;

impl Projection for Customers {
    const NAME: &'static str = "customers";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["customer"]);
    type Tables = Keyed<CustomerRow>;

    fn apply(event: &RecordedEvent, customers: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Customer(change) => apply(event, change, customers),
            BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &CustomerEvent,
    customers: &mut Keyed<CustomerRow>,
) -> Result<(), FoldFault> {
    match change {
        CustomerEvent::CustomerRegistered { customer, name } => customers.create(customer, || CustomerRow {
            id: customer.clone(),
            name: name.clone(),
            status: CustomerStatus::Active,
            suspension_reason: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        }),
        CustomerEvent::CustomerRenamed { customer, old_name: _, new_name } => {
            customers.change(customer, |row| {
                row.name = new_name.clone();
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        CustomerEvent::CustomerSuspended { customer, reason } => customers.change(customer, |row| {
            row.status = CustomerStatus::Suspended;
            row.suspension_reason = Some(reason.clone());
            row.updated = Stamp::of(event);
            Ok(())
        }),
        CustomerEvent::CustomerReactivated { customer, reason: _ } => customers.change(customer, |row| {
            row.status = CustomerStatus::Active;
            row.suspension_reason = None;
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}
