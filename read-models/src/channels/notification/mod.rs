//! `channel_notifications`: every notification in the inbox, and whether a payment of ours has taken it up.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::channels::{ChannelNotificationEvent, ChannelNotificationState};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{
    ChannelNotificationFilter, ChannelNotificationOrder, find_channel_notification,
    list_channel_notifications,
};
pub use row::ChannelNotificationRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct ChannelNotifications;

impl Projection for ChannelNotifications {
    const NAME: &'static str = "channel_notifications";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["channel_notification"]);
    type Tables = Keyed<ChannelNotificationRow>;

    fn apply(event: &RecordedEvent, notifications: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::ChannelNotification(change) => apply(event, change, notifications),
            BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &ChannelNotificationEvent,
    notifications: &mut Keyed<ChannelNotificationRow>,
) -> Result<(), FoldFault> {
    let told = match change {
        ChannelNotificationEvent::ChannelNotificationReceived(told) => told,
        ChannelNotificationEvent::ChannelNotificationApplied { notification, .. } => {
            return notifications.change(notification, |row| {
                row.state = ChannelNotificationState::Applied;
                Ok(())
            });
        }
    };
    let id = told.id();
    notifications.create(&id, || ChannelNotificationRow {
        id: id.clone(),
        channel: told.channel,
        event_id: told.event_id.clone(),
        merchant: told.merchant.clone(),
        reference: told.reference.clone(),
        transaction: told.transaction.clone(),
        said: told.said.clone(),
        happened_at: told.happened_at,
        state: ChannelNotificationState::Waiting,
        received: Stamp::of(event),
    })
}
