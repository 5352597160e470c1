//! `subscriptions`: what each customer is billed by, from which day on.
//!
//! A row is not removed when an earlier-dated change voids it: a change to a row depends on that row alone. Queries
//! tell by the positions: what a change finds planned for later days was recorded before it.

mod billable;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::{BillingEvent, SubscriptionEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use billable::billable_customers;
pub use query::{CustomerPlans, PlanChange, find_subscription};
pub use row::SubscriptionRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Subscriptions;

impl Projection for Subscriptions {
    const NAME: &'static str = "subscriptions";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["subscription"]);
    type Tables = Keyed<SubscriptionRow>;

    fn apply(event: &RecordedEvent, subscriptions: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Subscription(change)) => apply(event, change, subscriptions),
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
    subscriptions: &mut Keyed<SubscriptionRow>,
) -> Result<(), FoldFault> {
    let (from, plan) = match change {
        SubscriptionEvent::PricePlanAssigned { plan, from, .. } => (*from, Some(plan.clone())),
        SubscriptionEvent::PricePlanEnded { from, .. } => (*from, None),
    };
    let customer = change.customer().clone();
    let row = SubscriptionRow { customer, effective_from: from, plan, changed: Stamp::of(event) };
    subscriptions.change_or_create(
        &(change.customer().clone(), from),
        || row.clone(),
        |before| {
            *before = row.clone();
            Ok(())
        },
    )
}
