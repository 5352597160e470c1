//! `risk_flows`: what came into each wallet from outside, was asked for and did not leave after all, hour by hour.
//!
//! By the hour of recording: a deposit that is dated back came in when somebody entered it. As many rows as a wallet
//! has busy hours, however busy they are, so what rules look back on is a few hundred rows.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::known_of;
pub use row::FlowRow;
use row::{Flow, hour_of};

use crate::fold::{FoldFault, Keyed, Projection, Reads};

#[derive(Debug)]
pub struct RiskFlows;

impl Projection for RiskFlows {
    const NAME: &'static str = "risk_flows";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["wallet"]);
    type Tables = Keyed<FlowRow>;

    fn apply(event: &RecordedEvent, hours: &mut Self::Tables) -> Result<(), FoldFault> {
        let change = match &event.event {
            BookEvent::Wallet(change) => change,
            BookEvent::Customer(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => return Ok(()),
        };
        let Some(flow) = flow(change) else { return Ok(()) };
        let hour = hour_of(event.recorded_at);
        hours.change_or_create(
            &(change.wallet().clone(), hour),
            || FlowRow::empty(change.wallet(), hour),
            |row| row.add(flow, change.amount(), event.recorded_at),
        )
    }
}

/// What was taken back as a mistake had never come in; what comes back of a withdrawal has come in before.
fn flow(change: &WalletEvent) -> Option<Flow> {
    match change {
        WalletEvent::DepositRecorded { .. } | WalletEvent::AdvanceCredited { .. } => Some(Flow::CameIn),
        WalletEvent::DepositReversed { .. } | WalletEvent::AdvanceReturned { .. } => Some(Flow::TakenBack),
        WalletEvent::FundsHeld { .. } => Some(Flow::AskedFor),
        WalletEvent::HoldReleased { .. } | WalletEvent::ReturnCredited { .. } => Some(Flow::GivenBack),
        WalletEvent::HoldPaidOut { .. }
        | WalletEvent::BillPaid { .. }
        | WalletEvent::OrderPaymentTaken { .. }
        | WalletEvent::BillPaymentReturned { .. }
        | WalletEvent::OrderRefundCredited { .. }
        | WalletEvent::FundsApplied { .. }
        | WalletEvent::FundsFreed { .. } => None,
    }
}
