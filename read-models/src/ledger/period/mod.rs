//! `accounting_periods`: which months were ever closed, and how each stands.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::ledger::periods::{PeriodEvent, PeriodState};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{find_period, list_periods};
pub use row::PeriodRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Periods;

impl Projection for Periods {
    const NAME: &'static str = "accounting_periods";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["accounting_periods"]);
    type Tables = Keyed<PeriodRow>;

    fn apply(event: &RecordedEvent, periods: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Period(change) => apply(event, change, periods),
            BookEvent::Customer(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &PeriodEvent,
    periods: &mut Keyed<PeriodRow>,
) -> Result<(), FoldFault> {
    let (id, now) = (change.period(), Stamp::of(event));
    if let PeriodEvent::PeriodClosed { .. } = change {
        let (state, closed) = (PeriodState::Closed, now.clone());
        let row = PeriodRow { id, state, requested_by: None, reason: None, closed, updated: now };
        let anew = |before: &mut PeriodRow| {
            *before = row.clone();
            Ok(())
        };
        return periods.change_or_create(&id, || row.clone(), anew);
    }
    periods.change(&id, |row| {
        row.updated = now;
        (row.state, row.requested_by, row.reason) = match change {
            PeriodEvent::PeriodReopeningRequested { requested_by, reason, .. } => {
                (PeriodState::ReopeningRequested, Some(requested_by.actor().clone()), Some(reason.clone()))
            }
            PeriodEvent::PeriodReopened { .. } => (PeriodState::Open, None, None),
            PeriodEvent::PeriodClosed { .. } | PeriodEvent::PeriodReopeningRejected { .. } => {
                (PeriodState::Closed, None, None)
            }
        };
        Ok(())
    })
}
