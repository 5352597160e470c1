//! `deposits`: every payment that came in, and whether it has been reversed.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::deposits::{DepositState, WalletEvent};
use tallybook_domain::{BookEvent, DepositId, RecordedEvent};

pub use query::{DepositFilter, DepositOrder, find_deposit, list_deposits};
pub use row::{DepositReversal, DepositRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Deposits;

impl Projection for Deposits {
    const NAME: &'static str = "deposits";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["wallet"]);
    type Tables = Keyed<DepositRow>;

    fn apply(event: &RecordedEvent, deposits: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Wallet(change) => apply(event, change, deposits),
            BookEvent::Customer(_)
            | BookEvent::Withdrawal(_)
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
    change: &WalletEvent,
    deposits: &mut Keyed<DepositRow>,
) -> Result<(), FoldFault> {
    match change {
        WalletEvent::DepositRecorded { wallet, amount, reference, method, effective_date, remark } => {
            let id = DepositId::new(wallet, event.sequence);
            deposits.create(&id, || DepositRow {
                id: id.clone(),
                customer: wallet.customer(),
                wallet: wallet.clone(),
                amount: *amount,
                reference: reference.clone(),
                method: *method,
                state: DepositState::Recorded,
                effective_date: *effective_date,
                remark: remark.clone(),
                reversal: None,
                created: Stamp::of(event),
                updated: Stamp::of(event),
            })
        }
        WalletEvent::DepositReversed { deposit, effective_date, reason, .. } => {
            deposits.change(deposit, |row| {
                row.state = DepositState::Reversed;
                row.reversal =
                    Some(DepositReversal { reason: reason.clone(), effective_date: *effective_date });
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        WalletEvent::FundsHeld { .. }
        | WalletEvent::HoldReleased { .. }
        | WalletEvent::HoldPaidOut { .. }
        | WalletEvent::ReturnCredited { .. }
        | WalletEvent::BillPaid { .. }
        | WalletEvent::OrderPaymentTaken { .. }
        | WalletEvent::BillPaymentReturned { .. }
        | WalletEvent::OrderRefundCredited { .. }
        | WalletEvent::FundsApplied { .. }
        | WalletEvent::FundsFreed { .. }
        | WalletEvent::AdvanceCredited { .. }
        | WalletEvent::AdvanceReturned { .. } => Ok(()),
    }
}
