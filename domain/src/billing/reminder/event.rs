//! What has happened to the reminders of a bill.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{ReminderChannel, ReminderStep};
use crate::billing::{BillId, BillNumber};
use crate::event::EventKind;
use crate::money::Money;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReminderEvent {
    /// A bill has come to a step, and was owed and not contested.
    ReminderRaised {
        bill: BillId,
        step: ReminderStep,
        channels: Vec<ReminderChannel>,
        number: BillNumber,
        due_date: NaiveDate,
        /// What was owed then.
        open: Money,
        date: NaiveDate,
    },
    /// A process tries to deliver it. If it is not heard of by `until`, another may.
    ReminderAttempted {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
        /// 1 for the first.
        attempt: u32,
        until: DateTime<Utc>,
    },
    ReminderAttemptFailed {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
        attempt: u32,
        reason: Reason,
        retry_at: DateTime<Utc>,
    },
    /// Taken by the mail server or the receiver.
    ReminderSent { bill: BillId, step: ReminderStep, channel: ReminderChannel, attempts: u32 },
    /// Given up: somebody has to look.
    ReminderFailed {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
        attempts: u32,
        reason: Reason,
    },
    /// Given up for want of an address, and there is one now: it is tried again.
    ReminderResumed { bill: BillId, step: ReminderStep, channel: ReminderChannel },
    /// Not delivered, because the reason for it is gone.
    ReminderWithdrawn { bill: BillId, step: ReminderStep, channel: ReminderChannel, reason: WithdrawalReason },
}

/// The one reason to give up (`ReminderFailed`) that can be put right: an address may be entered. In these words in every
/// journal, so they must never change.
pub const NO_ADDRESS: &str = "the customer's file has no e-mail address";

/// Why a reminder is not sent after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalReason {
    /// The bill is in dispute.
    Disputed,
    /// Nothing of the bill is owed any more.
    NotOwed,
    /// The bill has come to a later step.
    Superseded,
}

impl WithdrawalReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::NotOwed => "not_owed",
            Self::Superseded => "superseded",
        }
    }
}

const RAISED: EventKind = EventKind::first_version("ReminderRaised");
const ATTEMPTED: EventKind = EventKind::first_version("ReminderAttempted");
const ATTEMPT_FAILED: EventKind = EventKind::first_version("ReminderAttemptFailed");
const SENT: EventKind = EventKind::first_version("ReminderSent");
const FAILED: EventKind = EventKind::first_version("ReminderFailed");
const RESUMED: EventKind = EventKind::first_version("ReminderResumed");
const WITHDRAWN: EventKind = EventKind::first_version("ReminderWithdrawn");

impl ReminderEvent {
    pub const KINDS: [EventKind; 7] = [RAISED, ATTEMPTED, ATTEMPT_FAILED, SENT, FAILED, RESUMED, WITHDRAWN];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ReminderRaised { .. } => RAISED,
            Self::ReminderAttempted { .. } => ATTEMPTED,
            Self::ReminderAttemptFailed { .. } => ATTEMPT_FAILED,
            Self::ReminderSent { .. } => SENT,
            Self::ReminderFailed { .. } => FAILED,
            Self::ReminderResumed { .. } => RESUMED,
            Self::ReminderWithdrawn { .. } => WITHDRAWN,
        }
    }

    pub fn bill(&self) -> &BillId {
        match self {
            Self::ReminderRaised { bill, .. }
            | Self::ReminderAttempted { bill, .. }
            | Self::ReminderAttemptFailed { bill, .. }
            | Self::ReminderSent { bill, .. }
            | Self::ReminderFailed { bill, .. }
            | Self::ReminderResumed { bill, .. }
            | Self::ReminderWithdrawn { bill, .. } => bill,
        }
    }
}

impl DomainEvent for ReminderEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
