//! What has happened to a withdrawal.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::deposits::{ChannelReference, Destination, WithdrawalReference};
use crate::event::EventKind;
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WithdrawalEvent {
    WithdrawalRequested {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        reference: WithdrawalReference,
        destination: Destination,
        #[serde(flatten)]
        requested_by: Requester,
    },
    WithdrawalApproved {
        withdrawal: WithdrawalId,
        approved_by: Actor,
    },
    WithdrawalRejected {
        withdrawal: WithdrawalId,
        rejected_by: Actor,
        reason: Reason,
    },
    WithdrawalCancelled {
        withdrawal: WithdrawalId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The payment order has been given to the bank or channel: the money is in transit.
    WithdrawalSubmitted {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel_reference: Option<ChannelReference>,
    },
    /// The bank has paid.
    WithdrawalSucceeded {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// The bank has not paid: the money is the customer's again.
    WithdrawalFailed {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        reason: Reason,
        effective_date: NaiveDate,
    },
    /// The bank had paid, and the money came back: a new credit, nothing is undone.
    WithdrawalReturned {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        reason: Reason,
        effective_date: NaiveDate,
    },
}

const REQUESTED: EventKind = EventKind::first_version("WithdrawalRequested");
const APPROVED: EventKind = EventKind::first_version("WithdrawalApproved");
const REJECTED: EventKind = EventKind::first_version("WithdrawalRejected");
const CANCELLED: EventKind = EventKind::first_version("WithdrawalCancelled");
const SUBMITTED: EventKind = EventKind::first_version("WithdrawalSubmitted");
const SUCCEEDED: EventKind = EventKind::first_version("WithdrawalSucceeded");
const FAILED: EventKind = EventKind::first_version("WithdrawalFailed");
const RETURNED: EventKind = EventKind::first_version("WithdrawalReturned");

impl WithdrawalEvent {
    pub const KINDS: [EventKind; 8] =
        [REQUESTED, APPROVED, REJECTED, CANCELLED, SUBMITTED, SUCCEEDED, FAILED, RETURNED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::WithdrawalRequested { .. } => REQUESTED,
            Self::WithdrawalApproved { .. } => APPROVED,
            Self::WithdrawalRejected { .. } => REJECTED,
            Self::WithdrawalCancelled { .. } => CANCELLED,
            Self::WithdrawalSubmitted { .. } => SUBMITTED,
            Self::WithdrawalSucceeded { .. } => SUCCEEDED,
            Self::WithdrawalFailed { .. } => FAILED,
            Self::WithdrawalReturned { .. } => RETURNED,
        }
    }

    pub fn withdrawal(&self) -> &WithdrawalId {
        match self {
            Self::WithdrawalRequested { withdrawal, .. }
            | Self::WithdrawalApproved { withdrawal, .. }
            | Self::WithdrawalRejected { withdrawal, .. }
            | Self::WithdrawalCancelled { withdrawal, .. }
            | Self::WithdrawalSubmitted { withdrawal, .. }
            | Self::WithdrawalSucceeded { withdrawal, .. }
            | Self::WithdrawalFailed { withdrawal, .. }
            | Self::WithdrawalReturned { withdrawal, .. } => withdrawal,
        }
    }

    /// The business date, of steps that have one.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::WithdrawalSubmitted { effective_date, .. }
            | Self::WithdrawalSucceeded { effective_date, .. }
            | Self::WithdrawalFailed { effective_date, .. }
            | Self::WithdrawalReturned { effective_date, .. } => Some(*effective_date),
            Self::WithdrawalRequested { .. }
            | Self::WithdrawalApproved { .. }
            | Self::WithdrawalRejected { .. }
            | Self::WithdrawalCancelled { .. } => None,
        }
    }
}

impl DomainEvent for WithdrawalEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
