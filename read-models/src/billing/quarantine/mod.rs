//! `usage_quarantine`: usage that was not believed, and what people made of it.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::quarantine::QuarantineState;
use tallybook_domain::billing::{BillingEvent, UsageQuarantineEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{QuarantineFilter, QuarantineOrder, list_quarantine};
pub use row::QuarantinedRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct UsageQuarantines;

impl Projection for UsageQuarantines {
    const NAME: &'static str = "usage_quarantine";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["usage_quarantine"]);
    type Tables = Keyed<QuarantinedRow>;

    fn apply(event: &RecordedEvent, rows: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::UsageQuarantine(change)) => apply(event, change, rows),
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
    change: &UsageQuarantineEvent,
    rows: &mut Keyed<QuarantinedRow>,
) -> Result<(), FoldFault> {
    let (now, quarantine) = (Stamp::of(event), change.quarantine());
    let (number, state, quantity) = match change {
        UsageQuarantineEvent::UsageQuarantined { run, first, held, .. } => {
            for (number, held) in (*first..).zip(held) {
                rows.create(&quarantine.entry(number), || QuarantinedRow {
                    id: quarantine.entry(number),
                    customer: quarantine.customer(),
                    month: quarantine.month(),
                    run: run.clone(),
                    held: held.clone(),
                    state: QuarantineState::Waiting,
                    quantity: None,
                    reason: None,
                    quarantined: now.clone(),
                    updated: now.clone(),
                })?;
            }
            return Ok(());
        }
        UsageQuarantineEvent::QuarantinedUsageAccepted { number, quantity, .. } => {
            (*number, QuarantineState::Accepted, Some(*quantity))
        }
        UsageQuarantineEvent::QuarantinedUsageDismissed { number, .. } => {
            (*number, QuarantineState::Dismissed, None)
        }
    };
    rows.change(&quarantine.entry(number), |row| {
        (row.state, row.quantity, row.updated) = (state, quantity, now);
        row.reason = event.metadata.reason.as_deref().map(Into::into);
        Ok(())
    })
}
