//! `payouts`: every payout, where it stands, and the way it took there; and the batches.

mod batch;
mod open;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::payouts::{PayoutBatchEvent, PayoutEvent, PayoutState, PayoutsEvent, Prepared};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use batch::{
    PayoutBatch, PayoutBatchOrder, PayoutBatchRow, find_payout_batch, list_payout_batches, payouts_of_batch,
};
pub use open::{OpenPayout, approved_withdrawals, open_payouts};
pub use query::{PayoutFilter, PayoutOrder, find_payout, list_payouts};
pub use row::{Payout, PayoutRow, PayoutStep, PayoutStepRow};

use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct Payouts;

#[derive(Debug)]
pub struct PayoutTables {
    pub payouts: Keyed<PayoutRow>,
    pub steps: Appended<PayoutStepRow>,
    pub batches: Keyed<PayoutBatchRow>,
}

impl Tables for PayoutTables {
    fn cached() -> Self {
        Self { payouts: Keyed::cached(), steps: Appended::cached(), batches: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { payouts: Keyed::whole(share), steps: Appended::whole(share), batches: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.payouts, &mut self.steps, &mut self.batches]
    }
}

impl Projection for Payouts {
    const NAME: &'static str = "payouts";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["payout", "payout_batch"]);
    type Tables = PayoutTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Payouts(PayoutsEvent::Payout(step)) => {
                tables.steps.append(|| PayoutStepRow {
                    payout: step.payout().clone(),
                    step: PayoutStep::of(event, step),
                });
                apply(event, step, &mut tables.payouts)
            }
            BookEvent::Payouts(PayoutsEvent::Batch(PayoutBatchEvent::PayoutBatchMade {
                batch,
                debtor,
                execution_date,
                payouts,
            })) => tables.batches.create(batch, || PayoutBatchRow {
                id: batch.clone(),
                debtor: debtor.clone(),
                execution_date: *execution_date,
                payouts: payouts.len() as u64,
                created: Stamp::of(event),
            }),
            BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(event: &RecordedEvent, step: &PayoutEvent, payouts: &mut Keyed<PayoutRow>) -> Result<(), FoldFault> {
    if let PayoutEvent::PayoutPrepared(order) = step {
        return payouts.create(&order.payout, || prepared(event, order));
    }
    payouts.change(step.payout(), |row| {
        take_in(row, event, step);
        Ok(())
    })
}

fn prepared(event: &RecordedEvent, order: &Prepared) -> PayoutRow {
    PayoutRow {
        id: order.payout.clone(),
        withdrawal: order.withdrawal.clone(),
        customer: order.wallet.customer(),
        wallet: order.wallet.clone(),
        amount: order.amount,
        reference: order.reference.clone(),
        destination: order.destination.clone(),
        adapter: order.adapter,
        batch: order.batch.clone(),
        state: PayoutState::Prepared,
        cause: None,
        doubt: None,
        bank_reference: None,
        paid_date: None,
        reason: None,
        sent_at: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    }
}

fn take_in(row: &mut PayoutRow, event: &RecordedEvent, step: &PayoutEvent) {
    row.cause = None;
    match step {
        // Made before.
        PayoutEvent::PayoutPrepared(_) => {}
        PayoutEvent::PayoutSendingBegan { .. } => {
            row.state = PayoutState::Sending;
            row.sent_at = Some(event.recorded_at);
        }
        PayoutEvent::PayoutAccepted { bank_reference, .. } => {
            row.state = PayoutState::Accepted;
            row.bank_reference.clone_from(bank_reference);
        }
        PayoutEvent::PayoutOutcomeUnknown { cause, .. } => {
            row.state = PayoutState::Unknown;
            row.cause = Some(*cause);
        }
        PayoutEvent::PayoutSucceeded { bank_reference, paid_date, .. } => {
            row.state = PayoutState::Succeeded;
            (row.doubt, row.reason) = (None, None);
            row.paid_date = Some(*paid_date);
            if bank_reference.is_some() {
                row.bank_reference.clone_from(bank_reference);
            }
        }
        PayoutEvent::PayoutFailed { reason, .. } => {
            row.state = PayoutState::Failed;
            row.doubt = None;
            row.reason = Some(reason.clone());
        }
        PayoutEvent::PayoutReturned { reason, .. } => {
            row.state = PayoutState::Returned;
            row.reason = Some(reason.clone());
        }
        PayoutEvent::PayoutDoubted { doubt, .. } => {
            if !row.state.is_final() {
                row.state = PayoutState::Doubted;
            }
            row.doubt = Some(*doubt);
        }
        PayoutEvent::PayoutDoubtResolved { .. } => row.doubt = None,
    }
    row.updated = Stamp::of(event);
}
