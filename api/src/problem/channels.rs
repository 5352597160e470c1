//! What a channel's notification that is refused is called.

use tallybook_domain::channels::ChannelNotificationRefusal;

use super::{Problem, ProblemKind, sentence};

impl From<ChannelNotificationRefusal> for Problem {
    fn from(refusal: ChannelNotificationRefusal) -> Self {
        let detail = sentence(&refusal);
        match refusal {
            ChannelNotificationRefusal::SaidOtherwise { channel, event_id } => {
                Self::new(ProblemKind::ChannelSaidOtherwise, detail)
                    .with("channel", channel)
                    .with("event_id", event_id)
            }
            ChannelNotificationRefusal::NotFound { notification } => {
                Self::new(ProblemKind::ChannelNotificationNotFound, detail).with("id", notification)
            }
        }
    }
}
