//! `approval_rules`: the rules of approval, with all their versions.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::approvals::{ApprovalRulesEvent, ApprovalsEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{ApprovalRulesOfBook, approval_rules_of_book};
pub use row::ApprovalRulesRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct ApprovalRulesProjection;

impl Projection for ApprovalRulesProjection {
    const NAME: &'static str = "approval_rules";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["approval_rules"]);
    type Tables = Keyed<ApprovalRulesRow>;

    fn apply(event: &RecordedEvent, versions: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Approvals(ApprovalsEvent::Rules(ApprovalRulesEvent::ApprovalRulesChanged {
                version,
                usual,
                kinds,
                price_plan_changes,
            })) => versions.create(&u64::from(*version), || ApprovalRulesRow {
                version: u64::from(*version),
                usual: usual.clone(),
                kinds: kinds.clone(),
                price_plan_changes: *price_plan_changes,
                created: Stamp::of(event),
            }),
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
