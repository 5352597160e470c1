//! A notification in the inbox: what a channel told, kept once however often it is told.

mod aggregate;
mod event;
mod id;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::{ChannelNotification, ChannelNotificationCommand};
pub use event::{ChannelNotificationEvent, Notification};
pub use id::ChannelNotificationId;
pub use refusal::ChannelNotificationRefusal;
pub use state::ChannelNotificationState;
