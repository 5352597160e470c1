//! What has happened to a bill.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Amounts, BillPart};
use crate::actor::Actor;
use crate::billing::{BillId, BillNumber};
use crate::event::EventKind;
use crate::ids::{WalletId, WriteOffId};
use crate::money::Money;
use crate::requester::Requester;
use crate::settlement::write_off::Leg;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BillEvent {
    BillDrafted {
        bill: BillId,
        parts: Vec<BillPart>,
        #[serde(flatten)]
        amounts: Amounts,
        /// The voided bill in whose place it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<BillId>,
        /// Of a bill of late usage, the month's bill it makes up the difference to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amends: Option<BillId>,
    },
    /// From here on the customer owes it.
    BillIssued {
        bill: BillId,
        number: BillNumber,
        #[serde(flatten)]
        amounts: Amounts,
        issue_date: NaiveDate,
        due_date: NaiveDate,
    },
    BillVoided {
        bill: BillId,
        reason: Reason,
        effective_date: NaiveDate,
        /// What is owed no longer; nothing if it was a draft.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owed: Option<Amounts>,
    },
    CreditNoteIssued {
        bill: BillId,
        /// From 1, among the notes of this bill.
        note: u32,
        lines: Vec<NoteLine>,
        #[serde(flatten)]
        amounts: Amounts,
        reason: Reason,
        effective_date: NaiveDate,
    },
    DebitNoteIssued {
        bill: BillId,
        note: u32,
        lines: Vec<NoteLine>,
        #[serde(flatten)]
        amounts: Amounts,
        reason: Reason,
        effective_date: NaiveDate,
    },
    BillDisputeOpened {
        bill: BillId,
        reason: Reason,
    },
    BillDisputeClosed {
        bill: BillId,
        outcome: DisputeOutcome,
        reason: Reason,
    },
    BadDebtRequested {
        bill: BillId,
        amount: Money,
        reason: Reason,
        #[serde(flatten)]
        requested_by: Requester,
    },
    /// What the customer will not pay is our loss.
    BadDebtWrittenOff {
        bill: BillId,
        amount: Money,
        approved_by: Actor,
        effective_date: NaiveDate,
    },
    BadDebtRejected {
        bill: BillId,
        rejected_by: Actor,
        reason: Reason,
    },
    BillPaidFromWallet {
        bill: BillId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// What the wallet had paid is more than is still owed, or the bill is about to be voided.
    BillPaymentReturnedToWallet {
        bill: BillId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// A leg of a write-off settles a part of it.
    BillApplied {
        write_off: WriteOffId,
        #[serde(flatten)]
        leg: Leg,
        effective_date: NaiveDate,
    },
    /// The leg was undone: the part is owed again.
    BillReopened {
        write_off: WriteOffId,
        #[serde(flatten)]
        leg: Leg,
        effective_date: NaiveDate,
    },
}

/// A line of a note: which line of the bill it is about, how much, without tax, and the tax on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteLine {
    pub line: u32,
    pub amount: Money,
    pub tax: Money,
}

/// How a dispute ended, as the customer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeOutcome {
    Won,
    Lost,
}

const DRAFTED: EventKind = EventKind::first_version("BillDrafted");
const ISSUED: EventKind = EventKind::first_version("BillIssued");
const VOIDED: EventKind = EventKind::first_version("BillVoided");
const CREDITED: EventKind = EventKind::first_version("CreditNoteIssued");
const DEBITED: EventKind = EventKind::first_version("DebitNoteIssued");
const DISPUTE_OPENED: EventKind = EventKind::first_version("BillDisputeOpened");
const DISPUTE_CLOSED: EventKind = EventKind::first_version("BillDisputeClosed");
const BAD_DEBT_REQUESTED: EventKind = EventKind::first_version("BadDebtRequested");
const BAD_DEBT_WRITTEN_OFF: EventKind = EventKind::first_version("BadDebtWrittenOff");
const BAD_DEBT_REJECTED: EventKind = EventKind::first_version("BadDebtRejected");
const PAID_FROM_WALLET: EventKind = EventKind::first_version("BillPaidFromWallet");
const PAYMENT_RETURNED: EventKind = EventKind::first_version("BillPaymentReturnedToWallet");
const APPLIED: EventKind = EventKind::first_version("BillApplied");
const REOPENED: EventKind = EventKind::first_version("BillReopened");

impl BillEvent {
    pub const KINDS: [EventKind; 14] = [
        DRAFTED,
        ISSUED,
        VOIDED,
        CREDITED,
        DEBITED,
        DISPUTE_OPENED,
        DISPUTE_CLOSED,
        BAD_DEBT_REQUESTED,
        BAD_DEBT_WRITTEN_OFF,
        BAD_DEBT_REJECTED,
        PAID_FROM_WALLET,
        PAYMENT_RETURNED,
        APPLIED,
        REOPENED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::BillDrafted { .. } => DRAFTED,
            Self::BillIssued { .. } => ISSUED,
            Self::BillVoided { .. } => VOIDED,
            Self::CreditNoteIssued { .. } => CREDITED,
            Self::DebitNoteIssued { .. } => DEBITED,
            Self::BillDisputeOpened { .. } => DISPUTE_OPENED,
            Self::BillDisputeClosed { .. } => DISPUTE_CLOSED,
            Self::BadDebtRequested { .. } => BAD_DEBT_REQUESTED,
            Self::BadDebtWrittenOff { .. } => BAD_DEBT_WRITTEN_OFF,
            Self::BadDebtRejected { .. } => BAD_DEBT_REJECTED,
            Self::BillPaidFromWallet { .. } => PAID_FROM_WALLET,
            Self::BillPaymentReturnedToWallet { .. } => PAYMENT_RETURNED,
            Self::BillApplied { .. } => APPLIED,
            Self::BillReopened { .. } => REOPENED,
        }
    }

    pub fn bill(&self) -> &BillId {
        match self {
            Self::BillDrafted { bill, .. }
            | Self::BillIssued { bill, .. }
            | Self::BillVoided { bill, .. }
            | Self::CreditNoteIssued { bill, .. }
            | Self::DebitNoteIssued { bill, .. }
            | Self::BillDisputeOpened { bill, .. }
            | Self::BillDisputeClosed { bill, .. }
            | Self::BadDebtRequested { bill, .. }
            | Self::BadDebtWrittenOff { bill, .. }
            | Self::BadDebtRejected { bill, .. }
            | Self::BillPaidFromWallet { bill, .. }
            | Self::BillPaymentReturnedToWallet { bill, .. } => bill,
            Self::BillApplied { leg, .. } | Self::BillReopened { leg, .. } => &leg.bill,
        }
    }

    /// The business date, of steps that move money between accounts.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::BillIssued { issue_date, .. } => Some(*issue_date),
            Self::BillVoided { effective_date, owed: Some(_), .. }
            | Self::CreditNoteIssued { effective_date, .. }
            | Self::DebitNoteIssued { effective_date, .. }
            | Self::BadDebtWrittenOff { effective_date, .. }
            | Self::BillPaidFromWallet { effective_date, .. }
            | Self::BillPaymentReturnedToWallet { effective_date, .. }
            | Self::BillApplied { effective_date, .. }
            | Self::BillReopened { effective_date, .. } => Some(*effective_date),
            Self::BillDrafted { .. }
            | Self::BillVoided { owed: None, .. }
            | Self::BillDisputeOpened { .. }
            | Self::BillDisputeClosed { .. }
            | Self::BadDebtRequested { .. }
            | Self::BadDebtRejected { .. } => None,
        }
    }
}

impl DomainEvent for BillEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
