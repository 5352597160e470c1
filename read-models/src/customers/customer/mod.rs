//! `customers`: every customer with its name, its file and whether it is suspended or closed.
//!
//! Must never hold a personal field in the clear.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::customers::{CustomerEvent, CustomerName, CustomerStatus};
use tallybook_domain::{BookEvent, CustomerId, RecordedEvent};

pub use query::{
    CustomerFilter, CustomerOrder, codes_and_states, customers_of_manager, find_customer, list_customers,
};
pub use row::CustomerRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Customers;

impl Projection for Customers {
    const NAME: &'static str = "customers";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["customer"]);
    type Tables = Keyed<CustomerRow>;

    fn apply(event: &RecordedEvent, customers: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Customer(change) => apply(event, change, customers),
            BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &CustomerEvent,
    customers: &mut Keyed<CustomerRow>,
) -> Result<(), FoldFault> {
    let customer = change.customer();
    if let CustomerEvent::CustomerRegistered { name, .. } = change {
        return customers.create(customer, || registered(event, customer, name));
    }
    customers.change(customer, |row| {
        row.updated = Stamp::of(event);
        match change {
            CustomerEvent::CustomerRegistered { .. } => {}
            CustomerEvent::CustomerRenamed { new_name, .. } => row.name = new_name.clone(),
            CustomerEvent::CustomerProfileChanged { changes, .. } => row.profile.set(changes),
            CustomerEvent::AccountManagerAssigned { to, .. } => row.account_manager.clone_from(to),
            CustomerEvent::CustomerSuspended { reason, .. } => {
                row.status = CustomerStatus::Suspended;
                row.suspension_reason = Some(reason.clone());
            }
            CustomerEvent::CustomerReactivated { .. } => {
                row.status = CustomerStatus::Active;
                row.suspension_reason = None;
            }
            CustomerEvent::CustomerClosed { reason, .. } => {
                row.status = CustomerStatus::Closed;
                row.suspension_reason = None;
                row.closure_reason = Some(reason.clone());
            }
            CustomerEvent::PersonalDataErased { .. } => {
                row.profile.forget_person();
                row.personal_data_erased_at = Some(event.recorded_at);
            }
        }
        Ok(())
    })
}

fn registered(event: &RecordedEvent, customer: &CustomerId, name: &CustomerName) -> CustomerRow {
    CustomerRow {
        id: customer.clone(),
        name: name.clone(),
        status: CustomerStatus::Active,
        suspension_reason: None,
        closure_reason: None,
        account_manager: None,
        profile: Box::default(),
        personal_data_erased_at: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    }
}
