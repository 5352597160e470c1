//! What has happened to a payment.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{DoubtReason, ExcessReason, PaymentReference};
use crate::actor::Actor;
use crate::channels::{Channel, ChannelNotificationId, ChannelNumber};
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::{OrderId, PaymentId, RefundId};
use crate::requester::Requester;
use crate::text::Reason;

/// Amounts are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentEvent {
    /// Somebody is to pay an order through a channel, under our number `reference`.
    PaymentBegun {
        payment: PaymentId,
        order: OrderId,
        customer: CustomerId,
        channel: Channel,
        merchant: ChannelNumber,
        reference: PaymentReference,
        amount: Money,
    },
    /// A channel spoke of it before it was begun: the notification waits.
    PaymentToldEarly { payment: PaymentId, notification: ChannelNotificationId },
    /// The order is paid.
    PaymentSucceeded {
        payment: PaymentId,
        order: OrderId,
        customer: CustomerId,
        channel: Channel,
        /// The channel's number of it.
        transaction: ChannelNumber,
        amount: Money,
        /// When it happened at the channel.
        happened_at: DateTime<Utc>,
        effective_date: NaiveDate,
        /// The person whose word it is; `None`: the channel's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed_by: Option<Requester>,
    },
    /// Money came that is not the order's. It is to be refunded, by `refund`.
    ExcessPaymentReceived {
        payment: PaymentId,
        order: OrderId,
        customer: CustomerId,
        channel: Channel,
        transaction: ChannelNumber,
        amount: Money,
        why: ExcessReason,
        refund: RefundId,
        happened_at: DateTime<Utc>,
        effective_date: NaiveDate,
    },
    /// It was given up before anything came.
    PaymentClosed {
        payment: PaymentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The channel keeps its fee.
    PaymentFeeCharged { payment: PaymentId, channel: Channel, amount: Money, effective_date: NaiveDate },
    /// A channel said what cannot be: no money was moved by it.
    PaymentDoubted {
        payment: PaymentId,
        notification: ChannelNotificationId,
        why: DoubtReason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// The refund of it that the channel speaks of, if it is known here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refund: Option<RefundId>,
    },
    /// A person has looked at all that stood out.
    PaymentExceptionsResolved { payment: PaymentId, reason: Reason, resolved_by: Actor },
    /// The channel was asked to pay back a part, or all.
    PaymentRefundSubmitted { payment: PaymentId, refund: RefundId, amount: Money },
    /// The channel has paid it back.
    PaymentRefunded { payment: PaymentId, refund: RefundId, amount: Money },
    /// The channel has not paid it back.
    PaymentRefundReleased { payment: PaymentId, refund: RefundId },
}

const BEGUN: EventKind = EventKind::first_version("PaymentBegun");
const TOLD_EARLY: EventKind = EventKind::first_version("PaymentToldEarly");
const SUCCEEDED: EventKind = EventKind::first_version("PaymentSucceeded");
const EXCESS: EventKind = EventKind::first_version("ExcessPaymentReceived");
const CLOSED: EventKind = EventKind::first_version("PaymentClosed");
const FEE_CHARGED: EventKind = EventKind::first_version("PaymentFeeCharged");
const DOUBTED: EventKind = EventKind::first_version("PaymentDoubted");
const RESOLVED: EventKind = EventKind::first_version("PaymentExceptionsResolved");
const REFUND_SUBMITTED: EventKind = EventKind::first_version("PaymentRefundSubmitted");
const REFUNDED: EventKind = EventKind::first_version("PaymentRefunded");
const REFUND_RELEASED: EventKind = EventKind::first_version("PaymentRefundReleased");

impl PaymentEvent {
    pub const KINDS: [EventKind; 11] = [
        BEGUN,
        TOLD_EARLY,
        SUCCEEDED,
        EXCESS,
        CLOSED,
        FEE_CHARGED,
        DOUBTED,
        RESOLVED,
        REFUND_SUBMITTED,
        REFUNDED,
        REFUND_RELEASED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PaymentBegun { .. } => BEGUN,
            Self::PaymentToldEarly { .. } => TOLD_EARLY,
            Self::PaymentSucceeded { .. } => SUCCEEDED,
            Self::ExcessPaymentReceived { .. } => EXCESS,
            Self::PaymentClosed { .. } => CLOSED,
            Self::PaymentFeeCharged { .. } => FEE_CHARGED,
            Self::PaymentDoubted { .. } => DOUBTED,
            Self::PaymentExceptionsResolved { .. } => RESOLVED,
            Self::PaymentRefundSubmitted { .. } => REFUND_SUBMITTED,
            Self::PaymentRefunded { .. } => REFUNDED,
            Self::PaymentRefundReleased { .. } => REFUND_RELEASED,
        }
    }

    pub fn payment(&self) -> &PaymentId {
        match self {
            Self::PaymentBegun { payment, .. }
            | Self::PaymentToldEarly { payment, .. }
            | Self::PaymentSucceeded { payment, .. }
            | Self::ExcessPaymentReceived { payment, .. }
            | Self::PaymentClosed { payment, .. }
            | Self::PaymentFeeCharged { payment, .. }
            | Self::PaymentDoubted { payment, .. }
            | Self::PaymentExceptionsResolved { payment, .. }
            | Self::PaymentRefundSubmitted { payment, .. }
            | Self::PaymentRefunded { payment, .. }
            | Self::PaymentRefundReleased { payment, .. } => payment,
        }
    }

    /// The business date, where money moved. What a refund moves is dated by the refund.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::PaymentSucceeded { effective_date, .. }
            | Self::ExcessPaymentReceived { effective_date, .. }
            | Self::PaymentFeeCharged { effective_date, .. } => Some(*effective_date),
            Self::PaymentBegun { .. }
            | Self::PaymentToldEarly { .. }
            | Self::PaymentClosed { .. }
            | Self::PaymentDoubted { .. }
            | Self::PaymentExceptionsResolved { .. }
            | Self::PaymentRefundSubmitted { .. }
            | Self::PaymentRefunded { .. }
            | Self::PaymentRefundReleased { .. } => None,
        }
    }
}

impl DomainEvent for PaymentEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
