//! `wallets`: how much money each customer has in each currency, and how much of it is set aside.

mod as_of;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::risk::{RiskEvent, WalletFreezeEvent};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use as_of::list_wallets_as_of;
pub use query::{WalletFilter, WalletOrder, find_wallet, list_wallets};
pub use row::WalletRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Wallets;

impl Projection for Wallets {
    const NAME: &'static str = "wallets";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["wallet", "wallet_freeze"]);
    type Tables = Keyed<WalletRow>;

    fn apply(event: &RecordedEvent, wallets: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Wallet(change) => wallets.change_or_create(
                change.wallet(),
                || WalletRow::empty(change.wallet(), Stamp::of(event)),
                |row| {
                    apply(change, row)?;
                    row.updated = Stamp::of(event);
                    Ok(())
                },
            ),
            BookEvent::Risk(RiskEvent::Freeze(change)) => wallets.change(change.wallet(), |row| {
                row.frozen = match change {
                    WalletFreezeEvent::WalletFrozen { reason, .. } => Some(reason.clone()),
                    WalletFreezeEvent::WalletUnfrozen { .. } => None,
                };
                Ok(())
            }),
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

fn apply(change: &WalletEvent, row: &mut WalletRow) -> Result<(), FoldFault> {
    let (balance, held) = match change {
        WalletEvent::DepositRecorded { amount, .. }
        | WalletEvent::ReturnCredited { amount, .. }
        | WalletEvent::BillPaymentReturned { amount, .. }
        | WalletEvent::OrderRefundCredited { amount, .. }
        | WalletEvent::FundsFreed { amount, .. }
        | WalletEvent::AdvanceCredited { amount, .. } => (row.balance.checked_add(*amount)?, row.held),
        WalletEvent::DepositReversed { amount, .. }
        | WalletEvent::BillPaid { amount, .. }
        | WalletEvent::OrderPaymentTaken { amount, .. }
        | WalletEvent::FundsApplied { amount, .. }
        | WalletEvent::AdvanceReturned { amount, .. } => (row.balance.checked_sub(*amount)?, row.held),
        WalletEvent::FundsHeld { amount, .. } => (row.balance, row.held.checked_add(*amount)?),
        WalletEvent::HoldReleased { amount, .. } => (row.balance, row.held.checked_sub(*amount)?),
        WalletEvent::HoldPaidOut { amount, .. } => {
            (row.balance.checked_sub(*amount)?, row.held.checked_sub(*amount)?)
        }
    };
    let available = balance.checked_sub(held)?;
    not_negative("held", held)?;
    not_negative("available", available)?;
    (row.balance, row.held, row.available) = (balance, held, available);
    Ok(())
}

fn not_negative(what: &'static str, amount: Money) -> Result<(), FoldFault> {
    if amount.is_negative() {
        return Err(FoldFault::Negative { what, amount });
    }
    Ok(())
}
