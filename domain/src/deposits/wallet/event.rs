//! What has happened in a wallet.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::billing::BillId;
use crate::deposits::{BankReference, DepositMethod};
use crate::event::EventKind;
use crate::ids::{DepositId, WalletId, WithdrawalId, WriteOffId};
use crate::money::Money;
use crate::orders::{OrderId, RefundId};
use crate::settlement::ReceiptId;
use crate::text::{Reason, Remark};

/// Amounts are positive; which way the money went is in the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalletEvent {
    /// Money came in. The deposit's id is the wallet and this event's sequence number.
    DepositRecorded {
        wallet: WalletId,
        amount: Money,
        reference: BankReference,
        method: DepositMethod,
        effective_date: NaiveDate,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Remark>,
    },
    /// A deposit should not have been recorded here. Its reference may be used again.
    DepositReversed {
        wallet: WalletId,
        deposit: DepositId,
        amount: Money,
        reference: BankReference,
        method: DepositMethod,
        /// The effective date of the deposit that is reversed.
        deposited_date: NaiveDate,
        effective_date: NaiveDate,
        reason: Reason,
    },
    /// Money was set aside for a withdrawal; the balance is unchanged.
    FundsHeld { wallet: WalletId, withdrawal: WithdrawalId, amount: Money },
    /// Money set aside became available again; the balance is unchanged.
    HoldReleased { wallet: WalletId, withdrawal: WithdrawalId, amount: Money },
    /// Money set aside has left.
    HoldPaidOut { wallet: WalletId, withdrawal: WithdrawalId, amount: Money, effective_date: NaiveDate },
    /// Money that had left came back.
    ReturnCredited { wallet: WalletId, withdrawal: WithdrawalId, amount: Money, effective_date: NaiveDate },
    /// Money in the wallet paid a bill, or a part of it.
    BillPaid { wallet: WalletId, bill: BillId, amount: Money, effective_date: NaiveDate },
    /// Money that had paid a bill came back, as less of the bill is owed than was paid.
    BillPaymentReturned { wallet: WalletId, bill: BillId, amount: Money, effective_date: NaiveDate },
    /// A leg of a write-off took money in the wallet for a bill.
    FundsApplied {
        wallet: WalletId,
        write_off: WriteOffId,
        leg: u32,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// The leg was undone: its money is back.
    FundsFreed {
        wallet: WalletId,
        write_off: WriteOffId,
        leg: u32,
        bill: BillId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// What was left of a receipt came into the wallet.
    AdvanceCredited { wallet: WalletId, receipt: ReceiptId, amount: Money, effective_date: NaiveDate },
    /// What had come from a receipt went back there.
    AdvanceReturned { wallet: WalletId, receipt: ReceiptId, amount: Money, effective_date: NaiveDate },
    /// Money in the wallet paid an order.
    OrderPaymentTaken { wallet: WalletId, order: OrderId, amount: Money, effective_date: NaiveDate },
    /// Money that had paid an order came back.
    OrderRefundCredited {
        wallet: WalletId,
        order: OrderId,
        refund: RefundId,
        amount: Money,
        effective_date: NaiveDate,
    },
}

const RECORDED: EventKind = EventKind::first_version("DepositRecorded");
const REVERSED: EventKind = EventKind::first_version("DepositReversed");
const HELD: EventKind = EventKind::first_version("FundsHeld");
const RELEASED: EventKind = EventKind::first_version("HoldReleased");
const PAID_OUT: EventKind = EventKind::first_version("HoldPaidOut");
const CREDITED: EventKind = EventKind::first_version("ReturnCredited");
const BILL_PAID: EventKind = EventKind::first_version("BillPaid");
const BILL_PAYMENT_RETURNED: EventKind = EventKind::first_version("BillPaymentReturned");
const FUNDS_APPLIED: EventKind = EventKind::first_version("FundsApplied");
const FUNDS_FREED: EventKind = EventKind::first_version("FundsFreed");
const ADVANCE_CREDITED: EventKind = EventKind::first_version("AdvanceCredited");
const ADVANCE_RETURNED: EventKind = EventKind::first_version("AdvanceReturned");
const ORDER_PAYMENT_TAKEN: EventKind = EventKind::first_version("OrderPaymentTaken");
const ORDER_REFUND_CREDITED: EventKind = EventKind::first_version("OrderRefundCredited");

impl WalletEvent {
    pub const KINDS: [EventKind; 14] = [
        RECORDED,
        REVERSED,
        HELD,
        RELEASED,
        PAID_OUT,
        CREDITED,
        BILL_PAID,
        BILL_PAYMENT_RETURNED,
        FUNDS_APPLIED,
        FUNDS_FREED,
        ADVANCE_CREDITED,
        ADVANCE_RETURNED,
        ORDER_PAYMENT_TAKEN,
        ORDER_REFUND_CREDITED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::DepositRecorded { .. } => RECORDED,
            Self::DepositReversed { .. } => REVERSED,
            Self::FundsHeld { .. } => HELD,
            Self::HoldReleased { .. } => RELEASED,
            Self::HoldPaidOut { .. } => PAID_OUT,
            Self::ReturnCredited { .. } => CREDITED,
            Self::BillPaid { .. } => BILL_PAID,
            Self::BillPaymentReturned { .. } => BILL_PAYMENT_RETURNED,
            Self::FundsApplied { .. } => FUNDS_APPLIED,
            Self::FundsFreed { .. } => FUNDS_FREED,
            Self::AdvanceCredited { .. } => ADVANCE_CREDITED,
            Self::AdvanceReturned { .. } => ADVANCE_RETURNED,
            Self::OrderPaymentTaken { .. } => ORDER_PAYMENT_TAKEN,
            Self::OrderRefundCredited { .. } => ORDER_REFUND_CREDITED,
        }
    }

    pub fn wallet(&self) -> &WalletId {
        match self {
            Self::DepositRecorded { wallet, .. }
            | Self::DepositReversed { wallet, .. }
            | Self::FundsHeld { wallet, .. }
            | Self::HoldReleased { wallet, .. }
            | Self::HoldPaidOut { wallet, .. }
            | Self::ReturnCredited { wallet, .. }
            | Self::BillPaid { wallet, .. }
            | Self::OrderPaymentTaken { wallet, .. }
            | Self::BillPaymentReturned { wallet, .. }
            | Self::OrderRefundCredited { wallet, .. }
            | Self::FundsApplied { wallet, .. }
            | Self::FundsFreed { wallet, .. }
            | Self::AdvanceCredited { wallet, .. }
            | Self::AdvanceReturned { wallet, .. } => wallet,
        }
    }

    /// Always positive.
    pub fn amount(&self) -> Money {
        match self {
            Self::DepositRecorded { amount, .. }
            | Self::DepositReversed { amount, .. }
            | Self::FundsHeld { amount, .. }
            | Self::HoldReleased { amount, .. }
            | Self::HoldPaidOut { amount, .. }
            | Self::ReturnCredited { amount, .. }
            | Self::BillPaid { amount, .. }
            | Self::OrderPaymentTaken { amount, .. }
            | Self::BillPaymentReturned { amount, .. }
            | Self::OrderRefundCredited { amount, .. }
            | Self::FundsApplied { amount, .. }
            | Self::FundsFreed { amount, .. }
            | Self::AdvanceCredited { amount, .. }
            | Self::AdvanceReturned { amount, .. } => *amount,
        }
    }
}

impl DomainEvent for WalletEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
