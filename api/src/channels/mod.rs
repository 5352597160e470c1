//! Payment channels (支付渠道) over HTTP: the door their notifications come in by, and what is kept of them.
//!
//! A notification is signed, not signed in. Must never believe, keep or log anything of one before its signature is
//! verified, nor answer that it is kept before it is durable; and must never show a key.

mod find_notification;
mod inbox;
mod list_notifications;
mod opened;
mod receive_notification;
mod settings;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use inbox::{RefusedNotification, not_set_up};
pub use opened::{Channels, InvalidChannel};
pub use settings::ChannelSettings;
pub(crate) use settings::SecretSetting;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(receive_notification::receive_notification))
        .routes(routes!(list_notifications::list_channel_notifications))
        .routes(routes!(find_notification::find_channel_notification))
}
