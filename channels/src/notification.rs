//! What a channel said, in one form for all of them.

use chrono::{DateTime, Utc};
use smol_str::SmolStr;
use tallybook_domain::Money;

use crate::channel::Channel;
use crate::refusal::NotificationRefusal;

/// The longest text a channel identifies anything with: Alipay's `notify_id`.
const LONGEST: usize = 128;

/// A notification that is the channel's own word: signed, fresh, and about this merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub channel: Channel,
    /// The channel's number of the notification, the same however often it is sent.
    pub event_id: SmolStr,
    /// The channel's number of the merchant the money belongs to.
    pub merchant: SmolStr,
    /// Our number of the payment (`out_trade_no`), as the channel was given it.
    pub reference: SmolStr,
    /// The channel's number of the payment.
    pub transaction: SmolStr,
    pub said: Said,
    /// When it happened at the channel; when it was told, where the channel does not say.
    pub happened_at: DateTime<Utc>,
}

/// What became of a payment or a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The customer began to pay. No money moved.
    Pending,
    /// Paid in full: `amount` is what the payment was for, discounts that the channel gives included.
    Paid { amount: Money },
    /// Given up before it was paid. No money moved.
    Closed,
    /// `refund` is our number of the refund.
    Refunded { refund: SmolStr, amount: RefundedAmount },
    /// The channel gave the refund up. The money stayed here.
    RefundClosed { refund: SmolStr },
    /// The money left and did not arrive, as when a card is cancelled: a person has to see to it at the channel.
    RefundAbnormal { refund: SmolStr },
}

/// How a channel counts refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundedAmount {
    /// This refund alone: WeChat Pay.
    Alone(Money),
    /// All refunds of the payment so far, this one included: Alipay.
    SoFar(Money),
}

/// A number of a payment, refund or notification: 1 to 128 characters, none of them a control character.
pub(crate) fn number(text: &str, what: &'static str) -> Result<SmolStr, NotificationRefusal> {
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    if fits { Ok(SmolStr::new(text)) } else { Err(NotificationRefusal::Malformed { what }) }
}

/// An amount of a payment or refund, which is never nothing.
pub(crate) fn positive(amount: Money, what: &'static str) -> Result<Money, NotificationRefusal> {
    if amount.is_positive() { Ok(amount) } else { Err(NotificationRefusal::Malformed { what }) }
}
