//! Payment channels (支付渠道) and what they tell us: signed notifications, each kept once.
//!
//! Whose word a notification is has been found out before it comes here. What it means for an order's payment is the
//! payment's to decide: a notification itself moves no money.

mod channel;
pub mod notification;
mod number;
mod said;

pub use channel::Channel;
pub use notification::{
    ChannelNotification, ChannelNotificationCommand, ChannelNotificationEvent, ChannelNotificationId,
    ChannelNotificationRefusal, ChannelNotificationState, Notification,
};
pub use number::ChannelNumber;
pub use said::{RefundedAmount, Said};
