//! What has happened to a notification.

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::ChannelNotificationId;
use crate::channels::{Channel, ChannelNumber, Said};
use crate::event::EventKind;
use crate::orders::PaymentId;

/// A notification that is the channel's own word: signed, fresh, and about this merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    pub channel: Channel,
    /// The channel's number of the notification, the same however often it is sent.
    pub event_id: ChannelNumber,
    /// The channel's number of the merchant the money belongs to.
    pub merchant: ChannelNumber,
    /// Our number of the payment (`out_trade_no`), as the channel was given it.
    pub reference: ChannelNumber,
    /// The channel's number of the payment.
    pub transaction: ChannelNumber,
    pub said: Said,
    /// When it happened at the channel; when it was told, where the channel does not say.
    pub happened_at: DateTime<Utc>,
}

impl Notification {
    pub fn id(&self) -> ChannelNotificationId {
        ChannelNotificationId::of(self.channel, &self.event_id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelNotificationEvent {
    /// A channel told us what became of a payment or a refund.
    ChannelNotificationReceived(Notification),
    /// The payment it is about has taken it up.
    ChannelNotificationApplied { notification: ChannelNotificationId, payment: PaymentId },
}

const RECEIVED: EventKind = EventKind::first_version("ChannelNotificationReceived");
const APPLIED: EventKind = EventKind::first_version("ChannelNotificationApplied");

impl ChannelNotificationEvent {
    pub const KINDS: [EventKind; 2] = [RECEIVED, APPLIED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ChannelNotificationReceived(_) => RECEIVED,
            Self::ChannelNotificationApplied { .. } => APPLIED,
        }
    }

    /// The id of the stream it belongs to.
    pub fn notification(&self) -> ChannelNotificationId {
        match self {
            Self::ChannelNotificationReceived(notification) => notification.id(),
            Self::ChannelNotificationApplied { notification, .. } => notification.clone(),
        }
    }
}

impl DomainEvent for ChannelNotificationEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
