//! `approvals`: what somebody has asked a second person for, and what was decided.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::approvals::{ApprovalEvent, ApprovalState, ApprovalsEvent, Given};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{ApprovalFilter, ApprovalOrder, Eyes, due_approvals, find_approval, list_approvals};
pub use row::{ApprovalGiven, ApprovalRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Approvals;

impl Projection for Approvals {
    const NAME: &'static str = "approvals";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["approval"]);
    type Tables = Keyed<ApprovalRow>;

    fn apply(event: &RecordedEvent, approvals: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Approvals(ApprovalsEvent::Approval(change)) => apply(event, change, approvals),
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
    change: &ApprovalEvent,
    approvals: &mut Keyed<ApprovalRow>,
) -> Result<(), FoldFault> {
    if let ApprovalEvent::ApprovalRequested {
        approval,
        customer,
        amounts,
        why,
        requested_by,
        approvers,
        rules_version,
        expires_at,
    } = change
    {
        return approvals.create(approval, || ApprovalRow {
            id: approval.clone(),
            kind: approval.kind(),
            subject: approval.subject().id(),
            customer: customer.clone(),
            amounts: amounts.clone(),
            why: why.clone(),
            requested_by: requested_by.actor().clone(),
            key_made_by: requested_by.made_by().cloned(),
            key_held_by: requested_by.held_by().cloned(),
            approvers: *approvers,
            rules_version: *rules_version,
            expires_at: *expires_at,
            given: Vec::new(),
            lapsed: Vec::new(),
            state: ApprovalState::Open,
            ended_by: None,
            ended_on_behalf_of: None,
            reason: None,
            decided_at: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        });
    }
    approvals.change(change.approval(), |row| {
        match change {
            // Dealt with above.
            ApprovalEvent::ApprovalRequested { .. } => {}
            ApprovalEvent::ApprovalGiven { given_by, on_behalf_of, reason, .. } => {
                row.given.push(ApprovalGiven {
                    given: Given { by: given_by.clone(), on_behalf_of: on_behalf_of.clone() },
                    reason: reason.clone(),
                    at: event.recorded_at,
                });
                if row.missing() == 0 {
                    row.end(ApprovalState::Approved, event);
                }
            }
            ApprovalEvent::ApprovalLapsed { given_by, on_behalf_of, .. } => {
                let lapsed = Given { by: given_by.clone(), on_behalf_of: on_behalf_of.clone() };
                row.lapsed.extend(row.given.extract_if(.., |given| given.given == lapsed));
            }
            ApprovalEvent::ApprovalRejected { rejected_by, on_behalf_of, reason, .. } => {
                row.end(ApprovalState::Rejected, event);
                row.ended_by = Some(rejected_by.clone());
                row.ended_on_behalf_of = on_behalf_of.clone();
                row.reason = Some(reason.clone());
            }
            ApprovalEvent::ApprovalExpired { .. } => row.end(ApprovalState::Expired, event),
            ApprovalEvent::ApprovalClosed { closed_by, reason, .. } => {
                row.end(ApprovalState::Closed, event);
                row.ended_by = Some(closed_by.clone());
                row.reason = reason.clone();
            }
        }
        row.updated = Stamp::of(event);
        Ok(())
    })
}
