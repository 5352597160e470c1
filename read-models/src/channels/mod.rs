//! What payment channels have told.

mod notification;

pub use notification::{
    ChannelNotificationFilter, ChannelNotificationOrder, ChannelNotificationRow, ChannelNotifications,
    find_channel_notification, list_channel_notifications,
};
