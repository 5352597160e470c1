//! What has happened to a payout.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{PayoutDoubt, UnknownCause};
use crate::deposits::{ChannelReference, Destination, WithdrawalReference};
use crate::event::EventKind;
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::payouts::{PayoutAdapterKind, PayoutBatchId, PayoutId};
use crate::text::Reason;

/// The order: all that the bank has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    pub payout: PayoutId,
    pub withdrawal: WithdrawalId,
    pub wallet: WalletId,
    pub amount: Money,
    /// The client's own number of the withdrawal.
    pub reference: WithdrawalReference,
    pub destination: Destination,
    pub adapter: PayoutAdapterKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<PayoutBatchId>,
    /// The business date on which the withdrawal was submitted.
    pub submitted_date: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayoutEvent {
    PayoutPrepared(Prepared),
    /// Durable before the first byte goes out. Happens once.
    PayoutSendingBegan {
        payout: PayoutId,
    },
    PayoutAccepted {
        payout: PayoutId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bank_reference: Option<ChannelReference>,
    },
    /// It was sent, and nobody knows whether it has arrived.
    PayoutOutcomeUnknown {
        payout: PayoutId,
        cause: UnknownCause,
    },
    PayoutSucceeded {
        payout: PayoutId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bank_reference: Option<ChannelReference>,
        /// The bank's day, which may be another than that of the books.
        paid_date: NaiveDate,
    },
    PayoutFailed {
        payout: PayoutId,
        reason: Reason,
        /// A person says so, not the bank.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// The bank had paid, and the money came back.
    PayoutReturned {
        payout: PayoutId,
        reason: Reason,
        returned_date: NaiveDate,
    },
    /// What was said of it is not believed.
    PayoutDoubted {
        payout: PayoutId,
        doubt: PayoutDoubt,
    },
    /// A person has looked at what was doubted after the end.
    PayoutDoubtResolved {
        payout: PayoutId,
        reason: Reason,
    },
}

const PREPARED: EventKind = EventKind::first_version("PayoutPrepared");
const BEGAN: EventKind = EventKind::first_version("PayoutSendingBegan");
const ACCEPTED: EventKind = EventKind::first_version("PayoutAccepted");
const UNKNOWN: EventKind = EventKind::first_version("PayoutOutcomeUnknown");
const SUCCEEDED: EventKind = EventKind::first_version("PayoutSucceeded");
const FAILED: EventKind = EventKind::first_version("PayoutFailed");
const RETURNED: EventKind = EventKind::first_version("PayoutReturned");
const DOUBTED: EventKind = EventKind::first_version("PayoutDoubted");
const RESOLVED: EventKind = EventKind::first_version("PayoutDoubtResolved");

impl PayoutEvent {
    pub const KINDS: [EventKind; 9] =
        [PREPARED, BEGAN, ACCEPTED, UNKNOWN, SUCCEEDED, FAILED, RETURNED, DOUBTED, RESOLVED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PayoutPrepared(_) => PREPARED,
            Self::PayoutSendingBegan { .. } => BEGAN,
            Self::PayoutAccepted { .. } => ACCEPTED,
            Self::PayoutOutcomeUnknown { .. } => UNKNOWN,
            Self::PayoutSucceeded { .. } => SUCCEEDED,
            Self::PayoutFailed { .. } => FAILED,
            Self::PayoutReturned { .. } => RETURNED,
            Self::PayoutDoubted { .. } => DOUBTED,
            Self::PayoutDoubtResolved { .. } => RESOLVED,
        }
    }

    pub fn payout(&self) -> &PayoutId {
        match self {
            Self::PayoutPrepared(Prepared { payout, .. })
            | Self::PayoutSendingBegan { payout }
            | Self::PayoutAccepted { payout, .. }
            | Self::PayoutOutcomeUnknown { payout, .. }
            | Self::PayoutSucceeded { payout, .. }
            | Self::PayoutFailed { payout, .. }
            | Self::PayoutReturned { payout, .. }
            | Self::PayoutDoubted { payout, .. }
            | Self::PayoutDoubtResolved { payout, .. } => payout,
        }
    }
}

impl DomainEvent for PayoutEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
