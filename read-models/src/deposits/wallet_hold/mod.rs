//! `wallet_holds`: what was set aside in each wallet, and what became of it, line by line.
//!
//! How much is held now stands in `wallets`; these lines say how much was held at any moment before.

mod row;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::{BookEvent, Money, RecordedEvent, WalletId, WithdrawalId};

pub use row::{HoldKind, HoldRow};

use crate::fold::{Appended, FoldFault, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct WalletHolds;

impl Projection for WalletHolds {
    const NAME: &'static str = "wallet_holds";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["wallet"]);
    type Tables = Appended<HoldRow>;

    fn apply(event: &RecordedEvent, lines: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Wallet(change) => {
                if let Some(step) = step(change) {
                    lines.append(|| step.line(event));
                }
                Ok(())
            }
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

/// What one event does to a hold.
struct HoldStep<'a> {
    kind: HoldKind,
    wallet: &'a WalletId,
    withdrawal: &'a WithdrawalId,
    amount: Money,
    effective_date: Option<NaiveDate>,
}

/// `None`: the event leaves what is held as it is.
fn step(change: &WalletEvent) -> Option<HoldStep<'_>> {
    let (kind, wallet, withdrawal, amount, effective_date) = match change {
        WalletEvent::FundsHeld { wallet, withdrawal, amount } => {
            (HoldKind::Held, wallet, withdrawal, *amount, None)
        }
        WalletEvent::HoldReleased { wallet, withdrawal, amount } => {
            (HoldKind::Released, wallet, withdrawal, *amount, None)
        }
        WalletEvent::HoldPaidOut { wallet, withdrawal, amount, effective_date } => {
            (HoldKind::PaidOut, wallet, withdrawal, *amount, Some(*effective_date))
        }
        WalletEvent::DepositRecorded { .. }
        | WalletEvent::DepositReversed { .. }
        | WalletEvent::ReturnCredited { .. }
        | WalletEvent::BillPaid { .. }
        | WalletEvent::OrderPaymentTaken { .. }
        | WalletEvent::BillPaymentReturned { .. }
        | WalletEvent::OrderRefundCredited { .. }
        | WalletEvent::FundsApplied { .. }
        | WalletEvent::FundsFreed { .. }
        | WalletEvent::AdvanceCredited { .. }
        | WalletEvent::AdvanceReturned { .. } => return None,
    };
    Some(HoldStep { kind, wallet, withdrawal, amount, effective_date })
}

impl HoldStep<'_> {
    fn line(self, event: &RecordedEvent) -> HoldRow {
        HoldRow {
            wallet: self.wallet.clone(),
            withdrawal: self.withdrawal.clone(),
            kind: self.kind,
            amount: self.amount,
            effective_date: self.effective_date,
            recorded: Stamp::of(event),
        }
    }
}
