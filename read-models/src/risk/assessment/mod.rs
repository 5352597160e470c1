//! `risk_assessments`: how each withdrawal was judged when it was asked for, with all that was known, and `risk_customers`:
//! how the latest of each wallet was.

mod customer;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::risk::{RiskEvent, RiskHistoryEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use customer::RiskCustomerRow;
pub use query::{RiskCustomer, RiskCustomerFilter, RiskCustomerOrder, RiskTrend, list_risk_customers};
pub use row::AssessmentRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct RiskAssessments;

#[derive(Debug)]
pub struct AssessmentTables {
    pub assessments: Keyed<AssessmentRow>,
    pub customers: Keyed<RiskCustomerRow>,
}

impl Tables for AssessmentTables {
    fn cached() -> Self {
        Self { assessments: Keyed::cached(), customers: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { assessments: Keyed::whole(share), customers: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.assessments, &mut self.customers]
    }
}

impl Projection for RiskAssessments {
    const NAME: &'static str = "risk_assessments";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["risk_history"]);
    type Tables = AssessmentTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Risk(RiskEvent::History(judged)) => apply(event, judged, tables),
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
    judged: &RiskHistoryEvent,
    tables: &mut AssessmentTables,
) -> Result<(), FoldFault> {
    let RiskHistoryEvent::WithdrawalAssessed { customer, withdrawal, wallet, date, payee, assessment } =
        judged;
    tables.assessments.create(withdrawal, || AssessmentRow {
        id: withdrawal.clone(),
        customer: customer.clone(),
        wallet: wallet.clone(),
        date: *date,
        payee: payee.clone(),
        assessment: assessment.as_ref().clone(),
        created: Stamp::of(event),
    })?;
    let latest = |assessed| RiskCustomerRow {
        wallet: wallet.clone(),
        customer: customer.clone(),
        score: assessment.score,
        outcome: assessment.outcome,
        withdrawal: withdrawal.clone(),
        assessed,
        updated: Stamp::of(event),
    };
    tables.customers.change_or_create(
        wallet,
        || latest(0),
        |row| {
            *row = latest(row.assessed + 1);
            Ok(())
        },
    )
}
