//! The numbers and amounts of notifications, as channels write them.

use smol_str::SmolStr;
use tallybook_domain::Money;
use tallybook_domain::channels::ChannelNumber;

use crate::refusal::NotificationRefusal;

pub(crate) fn number(text: &str, what: &'static str) -> Result<ChannelNumber, NotificationRefusal> {
    ChannelNumber::try_from(SmolStr::new(text)).map_err(|_| NotificationRefusal::Malformed { what })
}

/// An amount of a payment or refund, which is never nothing.
pub(crate) fn positive(amount: Money, what: &'static str) -> Result<Money, NotificationRefusal> {
    if amount.is_positive() { Ok(amount) } else { Err(NotificationRefusal::Malformed { what }) }
}
