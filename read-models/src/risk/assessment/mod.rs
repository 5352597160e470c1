//! `risk_assessments`: how each withdrawal was judged when it was asked for, with all that was known.

mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::risk::{RiskEvent, RiskHistoryEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use row::AssessmentRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct RiskAssessments;

impl Projection for RiskAssessments {
    const NAME: &'static str = "risk_assessments";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["risk_history"]);
    type Tables = Keyed<AssessmentRow>;

    fn apply(event: &RecordedEvent, assessments: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Risk(RiskEvent::History(RiskHistoryEvent::WithdrawalAssessed {
                customer,
                withdrawal,
                wallet,
                date,
                payee,
                assessment,
            })) => assessments.create(withdrawal, || AssessmentRow {
                id: withdrawal.clone(),
                customer: customer.clone(),
                wallet: wallet.clone(),
                date: *date,
                payee: payee.clone(),
                assessment: assessment.as_ref().clone(),
                created: Stamp::of(event),
            }),
            BookEvent::Risk(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => Ok(()),
        }
    }
}
