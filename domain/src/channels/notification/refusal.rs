//! Why a notification is not kept.

use super::ChannelNotificationId;
use crate::channels::{Channel, ChannelNumber};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelNotificationRefusal {
    #[error("{channel} has said something else under {event_id} before")]
    SaidOtherwise { channel: Channel, event_id: ChannelNumber },
    #[error("there is no notification {notification}")]
    NotFound { notification: ChannelNotificationId },
}
