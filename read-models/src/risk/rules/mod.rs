//! `risk_rules`: the rules by which withdrawals are judged, with all their versions.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::risk::{RiskEvent, RiskRulesEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{RiskRulesOfBook, risk_rules_of_book};
pub use row::RiskRulesRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct RiskRulesProjection;

impl Projection for RiskRulesProjection {
    const NAME: &'static str = "risk_rules";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["risk_rules"]);
    type Tables = Keyed<RiskRulesRow>;

    fn apply(event: &RecordedEvent, versions: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Risk(RiskEvent::Rules(RiskRulesEvent::RiskRulesChanged {
                version,
                review_from,
                block_from,
                rules,
            })) => versions.create(&u64::from(*version), || RiskRulesRow {
                version: u64::from(*version),
                review_from: *review_from,
                block_from: *block_from,
                rules: rules.clone(),
                created: Stamp::of(event),
            }),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => Ok(()),
        }
    }
}
