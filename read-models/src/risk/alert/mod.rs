//! `risk_alerts`: the withdrawals somebody has to look at, or has looked at.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::risk::{AlertState, RiskAlertEvent, RiskEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{AlertFilter, AlertOrder, RiskAlertDetail, find_alert, list_alerts};
pub use row::RiskAlertRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct RiskAlerts;

impl Projection for RiskAlerts {
    const NAME: &'static str = "risk_alerts";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["risk_alert"]);
    type Tables = Keyed<RiskAlertRow>;

    fn apply(event: &RecordedEvent, alerts: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Risk(RiskEvent::Alert(change)) => apply(event, change, alerts),
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

fn apply(
    event: &RecordedEvent,
    change: &RiskAlertEvent,
    alerts: &mut Keyed<RiskAlertRow>,
) -> Result<(), FoldFault> {
    if let RiskAlertEvent::RiskAlertRaised { withdrawal, wallet, amount, outcome, score, requested_by } =
        change
    {
        return alerts.create(withdrawal, || RiskAlertRow {
            id: withdrawal.clone(),
            customer: wallet.customer(),
            wallet: wallet.clone(),
            amount: *amount,
            outcome: *outcome,
            score: *score,
            state: AlertState::Open,
            requested_by: requested_by.actor().clone(),
            claimed_by: None,
            resolved_by: None,
            reason: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        });
    }
    alerts.change(change.withdrawal(), |row| {
        match change {
            // Dealt with above.
            RiskAlertEvent::RiskAlertRaised { .. } => {}
            RiskAlertEvent::RiskAlertClaimed { claimed_by, .. } => {
                row.state = AlertState::Claimed;
                row.claimed_by = Some(claimed_by.clone());
            }
            RiskAlertEvent::RiskAlertResolved { resolved_by, resolution, reason, .. } => {
                row.state = resolution.state();
                row.resolved_by = Some(resolved_by.clone());
                row.reason = Some(reason.clone());
            }
            RiskAlertEvent::RiskAlertClosed { .. } => row.state = AlertState::Closed,
        }
        row.updated = Stamp::of(event);
        Ok(())
    })
}
