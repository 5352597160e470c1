//! `approval_delegations`: who may approve in whose place.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::approvals::{ApprovalDelegationsEvent, ApprovalsEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{DelegationFilter, DelegationOrder, delegators_of, list_delegations};
pub use row::ApprovalDelegationRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct ApprovalDelegations;

impl Projection for ApprovalDelegations {
    const NAME: &'static str = "approval_delegations";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["approval_delegations"]);
    type Tables = Keyed<ApprovalDelegationRow>;

    fn apply(event: &RecordedEvent, delegations: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Approvals(ApprovalsEvent::Delegations(change)) => apply(event, change, delegations),
            BookEvent::Approvals(_)
            | BookEvent::Risk(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Orders(_)
            | BookEvent::Payouts(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &ApprovalDelegationsEvent,
    delegations: &mut Keyed<ApprovalDelegationRow>,
) -> Result<(), FoldFault> {
    match change {
        ApprovalDelegationsEvent::ApprovalsDelegated { delegation, delegate, from, until, reason } => {
            delegations.create(delegation, || ApprovalDelegationRow {
                id: delegation.clone(),
                delegator: delegation.delegator(),
                delegate: delegate.clone(),
                from: *from,
                until: *until,
                reason: reason.clone(),
                ended_at: None,
                created: Stamp::of(event),
                updated: Stamp::of(event),
            })
        }
        ApprovalDelegationsEvent::ApprovalDelegationEnded { delegation, .. } => {
            delegations.change(delegation, |row| {
                row.ended_at = Some(event.recorded_at);
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
    }
}
