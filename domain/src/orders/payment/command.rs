//! What can be asked of a payment.

use chrono::{DateTime, NaiveDate, Utc};

use super::{DoubtReason, PaymentReference};
use crate::actor::Actor;
use crate::channels::{Channel, ChannelNotificationId, ChannelNumber};
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::{OrderId, PaymentId, RefundId};
use crate::requester::Requester;
use crate::text::Reason;

/// An attempt to pay an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    pub payment: PaymentId,
    pub order: OrderId,
    pub customer: CustomerId,
    pub channel: Channel,
    /// The channel's number of the merchant it is to be paid to.
    pub merchant: ChannelNumber,
    pub reference: PaymentReference,
    /// All that is owed of the order.
    pub amount: Money,
}

/// Money that came, as the channel says or a person for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// The channel's number of it.
    pub transaction: ChannelNumber,
    pub amount: Money,
    /// Whom it was paid to, where the channel says so.
    pub merchant: Option<ChannelNumber>,
    pub happened_at: DateTime<Utc>,
    pub effective_date: NaiveDate,
    pub word: PaymentWord,
}

/// Whose word it is that money came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentWord {
    /// The channel's own, signed, by this notification.
    Channel(ChannelNotificationId),
    /// A person's, who could have mistyped or invented it.
    Person(Requester),
}

/// How it stands with the order when money comes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStanding {
    AwaitsPayment,
    Paid,
    Cancelled,
}

/// `today` is the book's day, by which an effective date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentCommand {
    Begin(PaymentAttempt),
    /// A notification has come of a payment that nobody has begun here.
    KeepEarly {
        payment: PaymentId,
        notification: ChannelNotificationId,
    },
    Receive {
        payment: PaymentId,
        received: ReceivedPayment,
        order: OrderStanding,
        today: NaiveDate,
    },
    /// What the channel says of it, or of a refund of it, is not believed.
    Doubt {
        payment: PaymentId,
        notification: ChannelNotificationId,
        why: DoubtReason,
        amount: Option<Money>,
        refund: Option<RefundId>,
    },
    /// Given up by a person.
    Close {
        payment: PaymentId,
        reason: Option<Reason>,
    },
    /// The channel has given it up.
    ChannelClosed {
        payment: PaymentId,
    },
    /// What the channel keeps for itself.
    ChargeFee {
        payment: PaymentId,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// A person has looked at all that stands out.
    Resolve {
        payment: PaymentId,
        reason: Reason,
        by: Actor,
    },
    /// The channel is asked to pay back.
    SubmitRefund {
        payment: PaymentId,
        refund: RefundId,
        amount: Money,
    },
    /// The channel has paid back.
    Refund {
        payment: PaymentId,
        refund: RefundId,
        amount: Money,
    },
    /// The channel has not paid back.
    ReleaseRefund {
        payment: PaymentId,
        refund: RefundId,
    },
}
