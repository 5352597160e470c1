//! What can be asked of a wallet.

use chrono::NaiveDate;

use super::WalletEvent;
use crate::billing::BillId;
use crate::deposits::{BankReference, DepositMethod};
use crate::ids::{DepositId, WalletId, WithdrawalId, WriteOffId};
use crate::money::Money;
use crate::orders::{OrderId, RefundId};
use crate::settlement::ReceiptId;
use crate::text::{Reason, Remark};

/// `today` is the book's day, by which an effective date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalletCommand {
    RecordDeposit {
        wallet: WalletId,
        amount: Money,
        reference: BankReference,
        method: DepositMethod,
        effective_date: NaiveDate,
        remark: Option<Remark>,
        today: NaiveDate,
    },
    ReverseDeposit {
        deposit: DepositFacts,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// Sets money aside for a withdrawal: it stays in the balance, but is no longer available.
    Hold {
        wallet: WalletId,
        withdrawal: WithdrawalId,
        amount: Money,
    },
    /// Makes held money available again.
    ReleaseHold {
        withdrawal: WithdrawalId,
    },
    /// Held money has left.
    PayOut {
        withdrawal: WithdrawalId,
        effective_date: NaiveDate,
    },
    /// Money that had left came back.
    CreditReturn {
        wallet: WalletId,
        withdrawal: WithdrawalId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// Available money pays a bill.
    PayBill {
        wallet: WalletId,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// Money that had paid a bill comes back. How much of it can is the bill's to know.
    ReturnBillPayment {
        wallet: WalletId,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// A leg of a write-off takes available money.
    Apply {
        wallet: WalletId,
        write_off: WriteOffId,
        leg: u32,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// The leg is undone. That it stands is the write-off's to know.
    Free {
        wallet: WalletId,
        write_off: WriteOffId,
        leg: u32,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// What is left of a receipt comes in. How much that is, is the receipt's to know.
    CreditAdvance {
        wallet: WalletId,
        receipt: ReceiptId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// What came from a receipt goes back there. How much that can be, is the receipt's to know.
    ReturnAdvance {
        wallet: WalletId,
        receipt: ReceiptId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// Available money pays an order.
    PayOrder {
        wallet: WalletId,
        order: OrderId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// Money that had paid an order comes back. How much of it can is the order's to know.
    CreditOrderRefund {
        wallet: WalletId,
        order: OrderId,
        refund: RefundId,
        amount: Money,
        effective_date: NaiveDate,
    },
}

/// What was recorded of a deposit, read from its immutable event: a wallet does not remember its deposits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositFacts {
    pub deposit: DepositId,
    pub amount: Money,
    pub reference: BankReference,
    pub method: DepositMethod,
    pub effective_date: NaiveDate,
}

impl DepositFacts {
    /// The facts if the event recorded this deposit; `deposit` names the event's place in its stream.
    pub fn from_event(deposit: &DepositId, event: &WalletEvent) -> Option<Self> {
        match event {
            WalletEvent::DepositRecorded { wallet, amount, reference, method, effective_date, .. }
                if *wallet == deposit.wallet() =>
            {
                Some(Self {
                    deposit: deposit.clone(),
                    amount: *amount,
                    reference: reference.clone(),
                    method: *method,
                    effective_date: *effective_date,
                })
            }
            WalletEvent::DepositRecorded { .. }
            | WalletEvent::DepositReversed { .. }
            | WalletEvent::FundsHeld { .. }
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
            | WalletEvent::AdvanceReturned { .. } => None,
        }
    }
}
