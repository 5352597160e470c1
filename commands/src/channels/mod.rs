//! What payment channels tell us, and what is done with it.

mod receive_notification;

pub use receive_notification::{NotificationOutcome, receive_notification};
