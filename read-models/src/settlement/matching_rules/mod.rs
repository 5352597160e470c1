//! `matching_rules`: the rules by which receipts are matched, with all their versions.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::settlement::{MatchingRulesEvent, SettlementEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub(super) use query::rules_in_force;
pub use query::{MatchingRulesOfBook, matching_rules_of_book};
pub use row::MatchingRulesRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct MatchingRules;

impl Projection for MatchingRules {
    const NAME: &'static str = "matching_rules";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["matching_rules"]);
    type Tables = Keyed<MatchingRulesRow>;

    fn apply(event: &RecordedEvent, versions: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Settlement(SettlementEvent::MatchingRules(
                MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules },
            )) => versions.create(&u64::from(*version), || MatchingRulesRow {
                version: u64::from(*version),
                automatic_from: *automatic_from,
                rules: rules.clone(),
                created: Stamp::of(event),
            }),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}
