//! What has happened to money that came in.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{OwnAccount, Payer, ReceiptId, RemittanceText};
use crate::actor::Actor;
use crate::deposits::{BankReference, DepositMethod};
use crate::event::EventKind;
use crate::ids::{CustomerId, WalletId, WriteOffId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

/// Amounts are positive; which way the money went is in the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceiptEvent {
    /// Money came in. Without a customer it waits until somebody says whose it is. After a reversal it may be recorded
    /// again, as it should have been.
    ReceiptRecorded {
        receipt: ReceiptId,
        account: OwnAccount,
        reference: BankReference,
        amount: Money,
        method: DepositMethod,
        received_date: NaiveDate,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        #[serde(default, skip_serializing_if = "Payer::is_unknown")]
        payer: Payer,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<RemittanceText>,
        /// Where it is not the day it was received, as that was in a closed month.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_date: Option<NaiveDate>,
        /// Whether no deposit had its reference; receipts of other accounts may.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        holds_reference: bool,
    },
    /// Whose it is. The amount is all of it: before, it could pay nothing.
    ReceiptIdentified {
        receipt: ReceiptId,
        customer: CustomerId,
        amount: Money,
        effective_date: NaiveDate,
        /// The write-off with which the rules of matching have said so; of what a person has said, nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matched: Option<WriteOffId>,
    },
    /// A leg of a write-off takes a part of it.
    ReceiptApplied {
        receipt: ReceiptId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// A leg was reversed: the part is free again.
    ReceiptFreed {
        receipt: ReceiptId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// It should not have been recorded.
    ReceiptReversed {
        receipt: ReceiptId,
        amount: Money,
        method: DepositMethod,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        reason: Reason,
        effective_date: NaiveDate,
    },
    /// What was left of it became money in the customer's wallet.
    AdvanceMovedToWallet {
        receipt: ReceiptId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// What had gone to the wallet is the customer's advance again.
    AdvanceMovedBack {
        receipt: ReceiptId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// Somebody asks to pay a part back; until it is decided, nothing else can take it.
    AdvanceRefundRequested {
        receipt: ReceiptId,
        amount: Money,
        reason: Reason,
        #[serde(flatten)]
        requested_by: Requester,
    },
    /// Somebody else approved it: the money goes back.
    AdvanceRefunded {
        receipt: ReceiptId,
        amount: Money,
        approved_by: Actor,
        effective_date: NaiveDate,
    },
    /// The bank sent back what had been paid.
    AdvanceRefundReturned {
        receipt: ReceiptId,
        amount: Money,
        reason: Reason,
        effective_date: NaiveDate,
    },
    AdvanceRefundRejected {
        receipt: ReceiptId,
        amount: Money,
        rejected_by: Actor,
        reason: Reason,
    },
}

const RECORDED: EventKind = EventKind::first_version("ReceiptRecorded");
const IDENTIFIED: EventKind = EventKind::first_version("ReceiptIdentified");
const APPLIED: EventKind = EventKind::first_version("ReceiptApplied");
const FREED: EventKind = EventKind::first_version("ReceiptFreed");
const REVERSED: EventKind = EventKind::first_version("ReceiptReversed");
const MOVED: EventKind = EventKind::first_version("AdvanceMovedToWallet");
const MOVED_BACK: EventKind = EventKind::first_version("AdvanceMovedBack");
const REFUND_REQUESTED: EventKind = EventKind::first_version("AdvanceRefundRequested");
const REFUNDED: EventKind = EventKind::first_version("AdvanceRefunded");
const REFUND_RETURNED: EventKind = EventKind::first_version("AdvanceRefundReturned");
const REFUND_REJECTED: EventKind = EventKind::first_version("AdvanceRefundRejected");

impl ReceiptEvent {
    pub const KINDS: [EventKind; 11] = [
        RECORDED,
        IDENTIFIED,
        APPLIED,
        FREED,
        REVERSED,
        MOVED,
        MOVED_BACK,
        REFUND_REQUESTED,
        REFUNDED,
        REFUND_RETURNED,
        REFUND_REJECTED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ReceiptRecorded { .. } => RECORDED,
            Self::ReceiptIdentified { .. } => IDENTIFIED,
            Self::ReceiptApplied { .. } => APPLIED,
            Self::ReceiptFreed { .. } => FREED,
            Self::ReceiptReversed { .. } => REVERSED,
            Self::AdvanceMovedToWallet { .. } => MOVED,
            Self::AdvanceMovedBack { .. } => MOVED_BACK,
            Self::AdvanceRefundRequested { .. } => REFUND_REQUESTED,
            Self::AdvanceRefunded { .. } => REFUNDED,
            Self::AdvanceRefundReturned { .. } => REFUND_RETURNED,
            Self::AdvanceRefundRejected { .. } => REFUND_REJECTED,
        }
    }

    pub fn receipt(&self) -> &ReceiptId {
        match self {
            Self::ReceiptRecorded { receipt, .. }
            | Self::ReceiptIdentified { receipt, .. }
            | Self::ReceiptApplied { receipt, .. }
            | Self::ReceiptFreed { receipt, .. }
            | Self::ReceiptReversed { receipt, .. }
            | Self::AdvanceMovedToWallet { receipt, .. }
            | Self::AdvanceMovedBack { receipt, .. }
            | Self::AdvanceRefundRequested { receipt, .. }
            | Self::AdvanceRefunded { receipt, .. }
            | Self::AdvanceRefundReturned { receipt, .. }
            | Self::AdvanceRefundRejected { receipt, .. } => receipt,
        }
    }

    /// The business date, of steps that change what is free of it or whose it is.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::ReceiptRecorded { received_date, effective_date, .. } => {
                Some(effective_date.unwrap_or(*received_date))
            }
            Self::ReceiptIdentified { effective_date, .. }
            | Self::ReceiptApplied { effective_date, .. }
            | Self::ReceiptFreed { effective_date, .. }
            | Self::ReceiptReversed { effective_date, .. }
            | Self::AdvanceMovedToWallet { effective_date, .. }
            | Self::AdvanceMovedBack { effective_date, .. }
            | Self::AdvanceRefunded { effective_date, .. }
            | Self::AdvanceRefundReturned { effective_date, .. } => Some(*effective_date),
            Self::AdvanceRefundRequested { .. } | Self::AdvanceRefundRejected { .. } => None,
        }
    }
}

impl DomainEvent for ReceiptEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
