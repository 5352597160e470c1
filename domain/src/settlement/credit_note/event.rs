//! What has happened to a credit note.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::CreditNoteId;
use crate::actor::Actor;
use crate::billing::bill::Amounts;
use crate::event::EventKind;
use crate::ids::{CustomerId, WriteOffId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditNoteEvent {
    /// Somebody asks for it: nothing is owed before somebody else approves.
    CreditProposed {
        credit_note: CreditNoteId,
        customer: CustomerId,
        #[serde(flatten)]
        amounts: Amounts,
        reason: Reason,
        #[serde(flatten)]
        requested_by: Requester,
        /// The day on which it is to be owed.
        effective_date: NaiveDate,
    },
    /// The customer is owed so much.
    CreditGranted {
        credit_note: CreditNoteId,
        customer: CustomerId,
        #[serde(flatten)]
        amounts: Amounts,
        reason: Reason,
        effective_date: NaiveDate,
        /// Of one that was proposed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<Actor>,
    },
    CreditRejected {
        credit_note: CreditNoteId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// It should not have been granted.
    CreditReversed {
        credit_note: CreditNoteId,
        customer: CustomerId,
        #[serde(flatten)]
        amounts: Amounts,
        reason: Reason,
        effective_date: NaiveDate,
    },
    /// A leg of a write-off takes a part of it.
    CreditApplied {
        credit_note: CreditNoteId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// A leg was undone: the part is free again.
    CreditFreed {
        credit_note: CreditNoteId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
}

const PROPOSED: EventKind = EventKind::first_version("CreditProposed");
const GRANTED: EventKind = EventKind::first_version("CreditGranted");
const REJECTED: EventKind = EventKind::first_version("CreditRejected");
const REVERSED: EventKind = EventKind::first_version("CreditReversed");
const APPLIED: EventKind = EventKind::first_version("CreditApplied");
const FREED: EventKind = EventKind::first_version("CreditFreed");

impl CreditNoteEvent {
    pub const KINDS: [EventKind; 6] = [PROPOSED, GRANTED, REJECTED, REVERSED, APPLIED, FREED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::CreditProposed { .. } => PROPOSED,
            Self::CreditGranted { .. } => GRANTED,
            Self::CreditRejected { .. } => REJECTED,
            Self::CreditReversed { .. } => REVERSED,
            Self::CreditApplied { .. } => APPLIED,
            Self::CreditFreed { .. } => FREED,
        }
    }

    pub fn credit_note(&self) -> &CreditNoteId {
        match self {
            Self::CreditProposed { credit_note, .. }
            | Self::CreditGranted { credit_note, .. }
            | Self::CreditRejected { credit_note, .. }
            | Self::CreditReversed { credit_note, .. }
            | Self::CreditApplied { credit_note, .. }
            | Self::CreditFreed { credit_note, .. } => credit_note,
        }
    }

    /// The business date, of steps that change what is owed or free.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::CreditGranted { effective_date, .. }
            | Self::CreditReversed { effective_date, .. }
            | Self::CreditApplied { effective_date, .. }
            | Self::CreditFreed { effective_date, .. } => Some(*effective_date),
            Self::CreditProposed { .. } | Self::CreditRejected { .. } => None,
        }
    }
}

impl DomainEvent for CreditNoteEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
