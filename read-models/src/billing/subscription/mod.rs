//! `subscriptions`: what each customer is billed by, from which day on, and what waits for approval.
//!
//! A row is not removed when an earlier-dated change voids it: a change to a row depends on that row alone. Queries
//! tell by the positions: what a change finds planned for later days was recorded before it.

mod billable;
mod query;
mod request_row;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::{BillingEvent, SubscriptionEvent};
use tallybook_domain::{BookEvent, CustomerId, RecordedEvent};

pub use billable::billable_customers;
pub use query::{CustomerPlans, PlanChange, find_subscription};
pub use request_row::{RequestedPlan, SubscriptionRequestRow};
pub use row::SubscriptionRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct Subscriptions;

#[derive(Debug)]
pub struct SubscriptionTables {
    pub changes: Keyed<SubscriptionRow>,
    pub requests: Keyed<SubscriptionRequestRow>,
}

impl Tables for SubscriptionTables {
    fn cached() -> Self {
        Self { changes: Keyed::cached(), requests: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { changes: Keyed::whole(share), requests: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.changes, &mut self.requests]
    }
}

impl Projection for Subscriptions {
    const NAME: &'static str = "subscriptions";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["subscription"]);
    type Tables = SubscriptionTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Subscription(change)) => apply(event, change, tables),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &SubscriptionEvent,
    tables: &mut SubscriptionTables,
) -> Result<(), FoldFault> {
    let (from, plan) = match change {
        SubscriptionEvent::PricePlanAssigned { plan, from, .. } => (*from, Some(plan.clone())),
        SubscriptionEvent::PricePlanEnded { from, .. } => (*from, None),
        SubscriptionEvent::PricePlanChangeRequested { plan, from, reason, requested_by, .. } => {
            let requested = RequestedPlan {
                from: *from,
                plan: plan.clone(),
                reason: reason.clone(),
                requested_by: requested_by.actor().clone(),
                requested_at: event.recorded_at,
            };
            return keep_request(event, change.customer(), tables, Some(requested));
        }
        SubscriptionEvent::PricePlanChangeApproved { customer, .. }
        | SubscriptionEvent::PricePlanChangeRejected { customer, .. } => {
            return keep_request(event, customer, tables, None);
        }
    };
    let customer = change.customer().clone();
    let row = SubscriptionRow { customer, effective_from: from, plan, changed: Stamp::of(event) };
    tables.changes.change_or_create(
        &(change.customer().clone(), from),
        || row.clone(),
        |before| {
            *before = row.clone();
            Ok(())
        },
    )
}

fn keep_request(
    event: &RecordedEvent,
    customer: &CustomerId,
    tables: &mut SubscriptionTables,
    requested: Option<RequestedPlan>,
) -> Result<(), FoldFault> {
    let row = SubscriptionRequestRow { customer: customer.clone(), requested, updated: Stamp::of(event) };
    tables.requests.change_or_create(
        customer,
        || row.clone(),
        |before| {
            *before = row.clone();
            Ok(())
        },
    )
}
