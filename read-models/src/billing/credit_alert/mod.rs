//! `credit_alerts`: bills that passed their customers' credit limits, and whether somebody has seen to it.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::{BillingEvent, CreditAlertEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{CreditAlertFilter, CreditAlertOrder, list_credit_alerts};
pub use row::CreditAlertRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct CreditAlerts;

impl Projection for CreditAlerts {
    const NAME: &'static str = "credit_alerts";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["credit_alert"]);
    type Tables = Keyed<CreditAlertRow>;

    fn apply(event: &RecordedEvent, alerts: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::CreditAlert(change)) => apply(event, change, alerts),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &CreditAlertEvent,
    alerts: &mut Keyed<CreditAlertRow>,
) -> Result<(), FoldFault> {
    let now = Stamp::of(event);
    match change {
        // What is raised again begins anew.
        CreditAlertEvent::CreditLimitPassed { bill, policy, limit, exposure, note, date } => {
            let raised = CreditAlertRow {
                id: bill.clone(),
                customer: bill.customer(),
                policy: *policy,
                note: *note,
                limit: *limit,
                exposure: *exposure,
                date: *date,
                acknowledged: false,
                remark: None,
                raised: now.clone(),
                updated: now,
            };
            let first = || raised.clone();
            alerts.change_or_create(bill, first, |row| {
                *row = raised.clone();
                Ok(())
            })
        }
        CreditAlertEvent::CreditAlertAcknowledged { bill, remark } => alerts.change(bill, |row| {
            (row.acknowledged, row.remark, row.updated) = (true, Some(remark.as_str().into()), now);
            Ok(())
        }),
    }
}
