//! `usage`: every record of what customers used, and which bills count it.
//!
//! Whether a record is billed is not written beside it: a bill counts a whole month up to an event, and a change to a
//! row depends on that row alone. Queries put the two together.

mod customers;
mod month;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::usage::UsageRecord;
use tallybook_domain::billing::{BillingEvent, UsageEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use customers::customers_with_usage;
pub use month::{CustomerUsage, DayUsage, MeterMonth, UsageSum, customer_usage};
pub use query::{BilledUsage, UsageFilter, UsageOrder, list_usage};
pub use row::{UsageBillRow, UsageRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct UsageProjection;

#[derive(Debug)]
pub struct UsageTables {
    pub records: Keyed<UsageRow>,
    pub bills: Keyed<UsageBillRow>,
}

impl Tables for UsageTables {
    fn cached() -> Self {
        Self { records: Keyed::cached(), bills: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { records: Keyed::whole(share), bills: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.records, &mut self.bills]
    }
}

impl Projection for UsageProjection {
    const NAME: &'static str = "usage";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["usage"]);
    type Tables = UsageTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Usage(change)) => apply(event, change, tables),
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

fn apply(event: &RecordedEvent, change: &UsageEvent, tables: &mut UsageTables) -> Result<(), FoldFault> {
    let (customer, month) = (change.usage().customer(), change.usage().month());
    match change {
        UsageEvent::UsageRecorded { records, late, .. } => {
            for UsageRecord { meter, date, quantity, reference } in records {
                let key = (customer.clone(), month, meter.clone(), *date, reference.clone());
                tables.records.create(&key, || UsageRow {
                    customer: customer.clone(),
                    month,
                    meter: meter.clone(),
                    date: *date,
                    reference: reference.clone(),
                    quantity: *quantity,
                    late: *late,
                    sequence: event.sequence,
                    created: Stamp::of(event),
                    updated: Stamp::of(event),
                })?;
            }
            Ok(())
        }
        UsageEvent::UsageCorrected { meter, date, reference, new_quantity, late, .. } => {
            let key = (customer, month, meter.clone(), *date, reference.clone());
            tables.records.change(&key, |row| {
                row.quantity = *new_quantity;
                row.late |= late;
                row.sequence = event.sequence;
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        UsageEvent::UsageBilled { bill, through, .. } => {
            let row = UsageBillRow {
                customer: customer.clone(),
                month,
                bill: bill.clone(),
                note: 0,
                through: *through,
                standing: true,
                updated: Stamp::of(event),
            };
            tables.bills.change_or_create(
                &(customer, month, bill.clone(), 0),
                || row.clone(),
                |before| {
                    *before = row.clone();
                    Ok(())
                },
            )
        }
        UsageEvent::LateUsageCredited { bill, note, through, .. } => {
            let row = UsageBillRow {
                customer: customer.clone(),
                month,
                bill: bill.clone(),
                note: u64::from(*note),
                through: *through,
                standing: true,
                updated: Stamp::of(event),
            };
            tables.bills.create(&(customer, month, bill.clone(), row.note), || row.clone())
        }
        UsageEvent::LateUsageSettled { bill, note, through, .. } => {
            let note = note.map_or(0, u64::from);
            tables.bills.change(&(customer, month, bill.clone(), note), |row| {
                row.through = *through;
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        UsageEvent::UsageUnbilled { bill, .. } => {
            tables.bills.change(&(customer, month, bill.clone(), 0), |row| {
                row.standing = false;
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
    }
}
