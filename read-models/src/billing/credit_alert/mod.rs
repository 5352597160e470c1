//! `credit_alerts`: bills and orders that passed their customers' credit limits, and whether somebody has seen to it.

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
    let subject = change.subject();
    let raised = |customer, (policy, note), (limit, exposure), date| CreditAlertRow {
        id: subject.clone(),
        customer,
        policy,
        note,
        limit,
        exposure,
        date,
        acknowledged: false,
        remark: None,
        raised: now.clone(),
        updated: now.clone(),
    };
    let raised = match change {
        CreditAlertEvent::CreditLimitPassed { bill, policy, limit, exposure, note, date } => {
            raised(bill.customer(), (*policy, *note), (*limit, *exposure), *date)
        }
        CreditAlertEvent::CreditLimitPassedByOrder { customer, policy, limit, exposure, date, .. } => {
            raised(customer.clone(), (*policy, None), (*limit, *exposure), *date)
        }
        CreditAlertEvent::CreditAlertAcknowledged { remark, .. }
        | CreditAlertEvent::OrderCreditAlertAcknowledged { remark, .. } => {
            return alerts.change(&subject, |row| {
                (row.acknowledged, row.remark, row.updated) = (true, Some(remark.as_str().into()), now);
                Ok(())
            });
        }
    };
    // What is raised again begins anew.
    let first = || raised.clone();
    alerts.change_or_create(&subject, first, |row| {
        *row = raised.clone();
        Ok(())
    })
}
