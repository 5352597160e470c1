//! `usage_runs`: how each run of a usage source went, and what it could not collect.
//!
//! A failure stays, also when the run was taken up and tried it again; queries show those since then.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::usage_source::{CollectedCounts, UsageRunState};
use tallybook_domain::billing::{BillingEvent, UsageSourceEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{UsageRunFilter, UsageRunStatus, find_usage_run, list_usage_runs, sources_under_way};
pub use row::{FailedCollectionRow, UsageRunRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct UsageRuns;

#[derive(Debug)]
pub struct UsageRunTables {
    pub runs: Keyed<UsageRunRow>,
    pub failures: Keyed<FailedCollectionRow>,
}

impl Tables for UsageRunTables {
    fn cached() -> Self {
        Self { runs: Keyed::cached(), failures: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { runs: Keyed::whole(share), failures: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.runs, &mut self.failures]
    }
}

impl Projection for UsageRuns {
    const NAME: &'static str = "usage_runs";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["usage_source"]);
    type Tables = UsageRunTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::UsageSource(change)) => apply(event, change, tables),
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
    change: &UsageSourceEvent,
    tables: &mut UsageRunTables,
) -> Result<(), FoldFault> {
    let (now, id) = (Stamp::of(event), change.run().clone());
    match change {
        UsageSourceEvent::UsageRunStarted { terms, .. } => tables.runs.create(&id, || UsageRunRow {
            id: id.clone(),
            state: UsageRunState::Running,
            terms: terms.clone(),
            asked: 0,
            counts: CollectedCounts::default(),
            failed: 0,
            given_up: None,
            tried_position: event.position,
            started: now.clone(),
            updated: now,
        }),
        UsageSourceEvent::UsageRunResumed { .. } => tables.runs.change(&id, |row| {
            (row.asked, row.counts, row.failed) = (0, row.counts.lasting(), 0);
            (row.tried_position, row.updated) = (event.position, now);
            Ok(())
        }),
        UsageSourceEvent::UsageCollected { asked, counts, failed, .. } => {
            for (place, of) in (0..).zip(failed) {
                tables.failures.create(&(id.clone(), event.position, place), || FailedCollectionRow {
                    run: id.clone(),
                    position: event.position,
                    place,
                    customer: of.customer.clone(),
                    month: of.month,
                    file: of.file.clone(),
                    reason: of.reason.clone(),
                    at: event.recorded_at,
                })?;
            }
            tables.runs.change(&id, |row| {
                let overflow = || FoldFault::Overflow { what: "a count of a run" };
                row.asked = row.asked.checked_add(*asked).ok_or_else(overflow)?;
                row.counts = row.counts.checked_add(*counts).ok_or_else(overflow)?;
                row.failed = row.failed.checked_add(failed.len() as u64).ok_or_else(overflow)?;
                row.updated = now;
                Ok(())
            })
        }
        UsageSourceEvent::UsageRunFinished { given_up, .. } => tables.runs.change(&id, |row| {
            row.state = if given_up.is_some() { UsageRunState::Failed } else { UsageRunState::Finished };
            (row.given_up, row.updated) = (given_up.clone(), now);
            Ok(())
        }),
    }
}
