//! `withdrawals`: every withdrawal, where it stands, and the way it took there.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::deposits::{WithdrawalEvent, WithdrawalState};
use tallybook_domain::risk::{RiskEvent, RiskHistoryEvent};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{WithdrawalFilter, WithdrawalOrder, find_withdrawal, list_withdrawals};
pub use row::{Step, StepRow, Withdrawal, WithdrawalRow};

use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct Withdrawals;

#[derive(Debug)]
pub struct WithdrawalTables {
    pub withdrawals: Keyed<WithdrawalRow>,
    pub steps: Appended<StepRow>,
}

impl Tables for WithdrawalTables {
    fn cached() -> Self {
        Self { withdrawals: Keyed::cached(), steps: Appended::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { withdrawals: Keyed::whole(share), steps: Appended::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.withdrawals, &mut self.steps]
    }
}

impl Projection for Withdrawals {
    const NAME: &'static str = "withdrawals";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["withdrawal", "risk_history"]);
    type Tables = WithdrawalTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Withdrawal(step) => {
                tables.steps.append(|| StepRow {
                    withdrawal: step.withdrawal().clone(),
                    step: Step::of(event, step),
                });
                apply(event, step, &mut tables.withdrawals)
            }
            BookEvent::Risk(RiskEvent::History(RiskHistoryEvent::WithdrawalAssessed {
                withdrawal,
                assessment,
                ..
            })) => tables.withdrawals.change(withdrawal, |row| {
                row.risk_outcome = Some(assessment.outcome);
                row.risk_score = Some(assessment.score);
                Ok(())
            }),
            BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    step: &WithdrawalEvent,
    withdrawals: &mut Keyed<WithdrawalRow>,
) -> Result<(), FoldFault> {
    if let WithdrawalEvent::WithdrawalRequested {
        withdrawal,
        wallet,
        amount,
        reference,
        destination,
        requested_by,
    } = step
    {
        return withdrawals.create(withdrawal, || WithdrawalRow {
            id: withdrawal.clone(),
            customer: wallet.customer(),
            wallet: wallet.clone(),
            amount: *amount,
            reference: reference.clone(),
            destination: destination.clone(),
            state: WithdrawalState::Requested,
            requested_by: requested_by.actor().clone(),
            channel_reference: None,
            risk_outcome: None,
            risk_score: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        });
    }
    withdrawals.change(step.withdrawal(), |row| {
        row.state = state_after(step);
        if let WithdrawalEvent::WithdrawalSubmitted { channel_reference, .. } = step {
            row.channel_reference.clone_from(channel_reference);
        }
        row.updated = Stamp::of(event);
        Ok(())
    })
}

/// The state a withdrawal is in after this step.
fn state_after(step: &WithdrawalEvent) -> WithdrawalState {
    match step {
        WithdrawalEvent::WithdrawalRequested { .. } => WithdrawalState::Requested,
        WithdrawalEvent::WithdrawalApproved { .. } => WithdrawalState::Approved,
        WithdrawalEvent::WithdrawalRejected { .. } => WithdrawalState::Rejected,
        WithdrawalEvent::WithdrawalCancelled { .. } => WithdrawalState::Cancelled,
        WithdrawalEvent::WithdrawalSubmitted { .. } => WithdrawalState::Submitted,
        WithdrawalEvent::WithdrawalSucceeded { .. } => WithdrawalState::Succeeded,
        WithdrawalEvent::WithdrawalFailed { .. } => WithdrawalState::Failed,
        WithdrawalEvent::WithdrawalReturned { .. } => WithdrawalState::Returned,
    }
}
