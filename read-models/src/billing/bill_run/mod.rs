//! `bill_runs`: how the run of each month went, and whom it could not bill.
//!
//! That somebody was parked stays, also when he is billed later: a row changes by its own events alone. Queries look
//! whether there is a bill.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::bill_run::{BillRunState, RunCounts};
use tallybook_domain::billing::{BillRunEvent, BillingEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{BillRunStatus, billed_since, find_bill_run, list_bill_runs, list_parked, months_under_way};
pub use row::{BillRunRow, ParkedRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct BillRuns;

#[derive(Debug)]
pub struct BillRunTables {
    pub runs: Keyed<BillRunRow>,
    pub parked: Keyed<ParkedRow>,
}

impl Tables for BillRunTables {
    fn cached() -> Self {
        Self { runs: Keyed::cached(), parked: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { runs: Keyed::whole(share), parked: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.runs, &mut self.parked]
    }
}

impl Projection for BillRuns {
    const NAME: &'static str = "bill_runs";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["bill_run"]);
    type Tables = BillRunTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Run(change)) => apply(event, change, tables),
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

fn apply(event: &RecordedEvent, change: &BillRunEvent, tables: &mut BillRunTables) -> Result<(), FoldFault> {
    let now = Stamp::of(event);
    match change {
        BillRunEvent::BillRunStarted { period, customers, terms } => {
            let row = BillRunRow {
                id: *period,
                state: BillRunState::Running,
                counts: RunCounts { customers: *customers, ..RunCounts::default() },
                terms: terms.clone(),
                started: now.clone(),
                updated: now,
            };
            tables.runs.change_or_create(
                period,
                || row.clone(),
                |before| {
                    *before = row.clone();
                    Ok(())
                },
            )
        }
        BillRunEvent::BillRunTakenUp { period, customers } => tables.runs.change(period, |row| {
            (row.counts.customers, row.counts.skipped) = (*customers, 0);
            row.updated = now;
            Ok(())
        }),
        BillRunEvent::CustomersBilled { period, billed, totals, skipped, parked } => {
            for customer in parked {
                let (id, reason) = (customer.customer.clone(), customer.reason.clone());
                let row = ParkedRow { period: *period, customer: id.clone(), reason, parked: now.clone() };
                let anew = |before: &mut ParkedRow| {
                    *before = row.clone();
                    Ok(())
                };
                tables.parked.change_or_create(&(*period, id), || row.clone(), anew)?;
            }
            tables.runs.change(period, |row| {
                let counts = &mut row.counts;
                counts.totals = counts.totals_with(totals.iter().copied())?;
                counts.billed += billed;
                counts.skipped += skipped;
                counts.parked += parked.len() as u64;
                (row.state, row.updated) = (BillRunState::Running, now);
                Ok(())
            })
        }
        BillRunEvent::BillRunFinished { period } => tables.runs.change(period, |row| {
            row.counts.close();
            (row.state, row.updated) = (BillRunState::Finished, now);
            Ok(())
        }),
    }
}
