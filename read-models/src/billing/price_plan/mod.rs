//! `price_plans`: every plan with all of its versions.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::{BillingEvent, PlanCode, PricePlanEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{PricePlan, PricePlanOrder, PricePlanSummary, find_price_plan, list_price_plans};
pub use row::{PricePlanRow, PricePlanVersionRow, RequestedVersion};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct PricePlans;

#[derive(Debug)]
pub struct PricePlanTables {
    pub plans: Keyed<PricePlanRow>,
    pub versions: Keyed<PricePlanVersionRow>,
}

impl Tables for PricePlanTables {
    fn cached() -> Self {
        Self { plans: Keyed::cached(), versions: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { plans: Keyed::whole(share), versions: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.plans, &mut self.versions]
    }
}

impl Projection for PricePlans {
    const NAME: &'static str = "price_plans";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["price_plan"]);
    type Tables = PricePlanTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::PricePlan(change)) => apply(event, change, tables),
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
    change: &PricePlanEvent,
    tables: &mut PricePlanTables,
) -> Result<(), FoldFault> {
    match change {
        PricePlanEvent::PricePlanCreated { plan, name } => tables.plans.create(plan, || PricePlanRow {
            code: plan.clone(),
            name: name.clone(),
            latest_version: 0,
            requested: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        }),
        PricePlanEvent::PricePlanVersionAdded { plan, version, effective_from, terms } => {
            let version = u64::from(*version);
            tables.versions.create(&(plan.clone(), version), || PricePlanVersionRow {
                plan: plan.clone(),
                version,
                effective_from: *effective_from,
                terms: terms.clone(),
                created: Stamp::of(event),
            })?;
            tables.plans.change(plan, |row| {
                row.latest_version = version;
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        PricePlanEvent::PricePlanVersionRequested { plan, effective_from, terms, reason, requested_by } => {
            let requested = RequestedVersion {
                effective_from: *effective_from,
                terms: terms.clone(),
                reason: reason.clone(),
                requested_by: requested_by.actor().clone(),
                requested_at: event.recorded_at,
            };
            keep_request(event, plan, tables, Some(requested))
        }
        PricePlanEvent::PricePlanVersionApproved { plan, .. }
        | PricePlanEvent::PricePlanVersionRejected { plan, .. } => keep_request(event, plan, tables, None),
    }
}

fn keep_request(
    event: &RecordedEvent,
    plan: &PlanCode,
    tables: &mut PricePlanTables,
    requested: Option<RequestedVersion>,
) -> Result<(), FoldFault> {
    tables.plans.change(plan, |row| {
        row.requested = requested.clone();
        row.updated = Stamp::of(event);
        Ok(())
    })
}
