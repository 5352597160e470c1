//! What has happened to a refund.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::RefundNumber;
use crate::actor::Actor;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::payment::ExcessReason;
use crate::orders::{OrderId, PaidWith, RefundId};
use crate::requester::Requester;
use crate::text::Reason;

/// Which money is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundGround {
    /// What paid the order, or a part of it.
    Order,
    /// What came beside.
    Excess,
}

impl RefundGround {
    pub const ALL: [Self; 2] = [Self::Order, Self::Excess];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Excess => "excess",
        }
    }
}

impl std::fmt::Display for RefundGround {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RefundGround {
    type Err = crate::text::InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        crate::text::word(word, Self::ALL, Self::as_str, "order or excess")
    }
}

/// Amounts are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderRefundEvent {
    /// Somebody asks for money of an order to go back where it came from.
    RefundRequested {
        refund: RefundId,
        order: OrderId,
        customer: CustomerId,
        back_to: PaidWith,
        amount: Money,
        /// The numbers of the order's lines it is about, if it was said.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<u32>,
        reason: Reason,
        #[serde(flatten)]
        requested_by: Requester,
        since: NaiveDate,
    },
    /// Money that is not the order's came, and has to go back.
    ExcessRefundDue {
        refund: RefundId,
        order: OrderId,
        customer: CustomerId,
        back_to: PaidWith,
        amount: Money,
        why: ExcessReason,
        /// The person by whose word alone it is not the order's: it waits for somebody else's approval. `None`: the channel
        /// has signed all of it, and it is approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed_by: Option<Requester>,
        since: NaiveDate,
    },
    RefundApproved {
        refund: RefundId,
        approved_by: Actor,
    },
    RefundRejected {
        refund: RefundId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// It is given to the channel, under this number of ours.
    RefundSubmitted {
        refund: RefundId,
        number: RefundNumber,
    },
    /// The money is back where it came from.
    RefundSucceeded {
        refund: RefundId,
        order: OrderId,
        customer: CustomerId,
        ground: RefundGround,
        back_to: PaidWith,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// The money stayed here.
    RefundFailed {
        refund: RefundId,
        /// A person's; the channel gives none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The money has left and did not arrive.
    RefundFoundAbnormal {
        refund: RefundId,
    },
}

const REQUESTED: EventKind = EventKind::first_version("RefundRequested");
const EXCESS_DUE: EventKind = EventKind::first_version("ExcessRefundDue");
const APPROVED: EventKind = EventKind::first_version("RefundApproved");
const REJECTED: EventKind = EventKind::first_version("RefundRejected");
const SUBMITTED: EventKind = EventKind::first_version("RefundSubmitted");
const SUCCEEDED: EventKind = EventKind::first_version("RefundSucceeded");
const FAILED: EventKind = EventKind::first_version("RefundFailed");
const FOUND_ABNORMAL: EventKind = EventKind::first_version("RefundFoundAbnormal");

impl OrderRefundEvent {
    pub const KINDS: [EventKind; 8] =
        [REQUESTED, EXCESS_DUE, APPROVED, REJECTED, SUBMITTED, SUCCEEDED, FAILED, FOUND_ABNORMAL];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::RefundRequested { .. } => REQUESTED,
            Self::ExcessRefundDue { .. } => EXCESS_DUE,
            Self::RefundApproved { .. } => APPROVED,
            Self::RefundRejected { .. } => REJECTED,
            Self::RefundSubmitted { .. } => SUBMITTED,
            Self::RefundSucceeded { .. } => SUCCEEDED,
            Self::RefundFailed { .. } => FAILED,
            Self::RefundFoundAbnormal { .. } => FOUND_ABNORMAL,
        }
    }

    pub fn refund(&self) -> &RefundId {
        match self {
            Self::RefundRequested { refund, .. }
            | Self::ExcessRefundDue { refund, .. }
            | Self::RefundApproved { refund, .. }
            | Self::RefundRejected { refund, .. }
            | Self::RefundSubmitted { refund, .. }
            | Self::RefundSucceeded { refund, .. }
            | Self::RefundFailed { refund, .. }
            | Self::RefundFoundAbnormal { refund } => refund,
        }
    }

    /// The business date on which the money went back.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::RefundSucceeded { effective_date, .. } => Some(*effective_date),
            Self::RefundRequested { .. }
            | Self::ExcessRefundDue { .. }
            | Self::RefundApproved { .. }
            | Self::RefundRejected { .. }
            | Self::RefundSubmitted { .. }
            | Self::RefundFailed { .. }
            | Self::RefundFoundAbnormal { .. } => None,
        }
    }
}

impl DomainEvent for OrderRefundEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
