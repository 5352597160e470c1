//! `wallet_statement`: what moved a wallet's balance, line by line, summed up by month.

mod query;
mod row;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::{BookEvent, DepositId, Money, RecordedEvent, WalletId};

pub use query::{StatementLine, WalletStatement, wallet_statement};
use row::month_of;
pub use row::{LineKind, LineRow, MonthRow};

use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct WalletStatements;

#[derive(Debug)]
pub struct StatementTables {
    pub lines: Appended<LineRow>,
    pub months: Keyed<MonthRow>,
}

impl Tables for StatementTables {
    fn cached() -> Self {
        Self { lines: Appended::cached(), months: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { lines: Appended::whole(share), months: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.lines, &mut self.months]
    }
}

/// What one event does to a wallet's balance.
struct Movement {
    kind: LineKind,
    /// Signed: credits are positive.
    amount: Money,
    effective_date: NaiveDate,
    /// The deposit or withdrawal.
    source: String,
    reference: Option<String>,
    remark: Option<String>,
}

impl Projection for WalletStatements {
    const NAME: &'static str = "wallet_statement";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["wallet"]);
    type Tables = StatementTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Wallet(change) => match movement(event, change) {
                Some(movement) => apply(event, change.wallet(), movement, tables),
                None => Ok(()),
            },
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
    wallet: &WalletId,
    movement: Movement,
    tables: &mut StatementTables,
) -> Result<(), FoldFault> {
    let Movement { kind, amount, effective_date, .. } = movement;
    let month = month_of(effective_date);
    tables.months.change_or_create(
        &(wallet.clone(), month),
        || MonthRow::empty(wallet, month),
        |sums| sums.add(amount),
    )?;
    tables.lines.append(|| LineRow {
        wallet: wallet.clone(),
        effective_date,
        kind,
        source: movement.source,
        reference: movement.reference,
        remark: movement.remark,
        amount,
        recorded: Stamp::of(event),
    });
    Ok(())
}

/// `None`: the event leaves the balance as it is.
fn movement(event: &RecordedEvent, change: &WalletEvent) -> Option<Movement> {
    match change {
        WalletEvent::DepositRecorded { wallet, amount, reference, effective_date, remark, method: _ } => {
            Some(Movement {
                kind: LineKind::Deposit,
                amount: *amount,
                effective_date: *effective_date,
                source: DepositId::new(wallet, event.sequence).to_string(),
                reference: Some(reference.to_string()),
                remark: remark.as_ref().map(ToString::to_string),
            })
        }
        WalletEvent::DepositReversed { deposit, amount, reference, effective_date, reason, .. } => {
            Some(Movement {
                kind: LineKind::DepositReversal,
                amount: amount.negate(),
                effective_date: *effective_date,
                source: deposit.to_string(),
                reference: Some(reference.to_string()),
                remark: Some(reason.to_string()),
            })
        }
        WalletEvent::HoldPaidOut { withdrawal, amount, effective_date, wallet: _ } => Some(Movement {
            kind: LineKind::Withdrawal,
            amount: amount.negate(),
            effective_date: *effective_date,
            source: withdrawal.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::ReturnCredited { withdrawal, amount, effective_date, wallet: _ } => Some(Movement {
            kind: LineKind::WithdrawalReturn,
            amount: *amount,
            effective_date: *effective_date,
            source: withdrawal.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::BillPaid { bill, amount, effective_date, .. }
        | WalletEvent::FundsApplied { bill, amount, effective_date, .. } => Some(Movement {
            kind: LineKind::BillPayment,
            amount: amount.negate(),
            effective_date: *effective_date,
            source: bill.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::BillPaymentReturned { bill, amount, effective_date, .. }
        | WalletEvent::FundsFreed { bill, amount, effective_date, .. } => Some(Movement {
            kind: LineKind::BillPaymentReturn,
            amount: *amount,
            effective_date: *effective_date,
            source: bill.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::AdvanceCredited { receipt, amount, effective_date, wallet: _ } => Some(Movement {
            kind: LineKind::Advance,
            amount: *amount,
            effective_date: *effective_date,
            source: receipt.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::AdvanceReturned { receipt, amount, effective_date, wallet: _ } => Some(Movement {
            kind: LineKind::AdvanceReturn,
            amount: amount.negate(),
            effective_date: *effective_date,
            source: receipt.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::OrderPaymentTaken { order, amount, effective_date, wallet: _ } => Some(Movement {
            kind: LineKind::OrderPayment,
            amount: amount.negate(),
            effective_date: *effective_date,
            source: order.to_string(),
            reference: None,
            remark: None,
        }),
        WalletEvent::OrderRefundCredited { order, refund, amount, effective_date, wallet: _ } => {
            Some(Movement {
                kind: LineKind::OrderRefund,
                amount: *amount,
                effective_date: *effective_date,
                source: order.to_string(),
                reference: Some(refund.to_string()),
                remark: None,
            })
        }
        WalletEvent::FundsHeld { .. } | WalletEvent::HoldReleased { .. } => None,
    }
}
