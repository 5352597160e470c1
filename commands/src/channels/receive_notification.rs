//! A channel has told us what became of a payment.

use chrono::SubsecRound;
use serde::{Deserialize, Serialize};
use tallybook_domain::channels::{
    ChannelNotification, ChannelNotificationCommand, ChannelNotificationId, Notification,
};
use tallybook_domain::orders::{Payment, PaymentId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;
use crate::orders::take_up;

/// A notification that is in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationOutcome {
    pub id: ChannelNotificationId,
    /// It was there already.
    pub known: bool,
}

/// Keeps a notification, which its channel has signed, and lets the payment it is about take it up. One that is there
/// decides nothing; one that says otherwise than the first under its number is refused.
pub async fn receive_notification(
    book: &Book,
    context: CommandContext,
    told: Notification,
) -> Result<Receipt<NotificationOutcome>, CommandError> {
    // Finer than this no table keeps a moment.
    let told = Notification { happened_at: told.happened_at.trunc_subsecs(6), ..told };
    let request = context.request("receive_notification", &told)?;
    let id = told.id();
    let payment = PaymentId::of(told.channel, &told.reference);
    let streams =
        vec![StreamKey::existing::<ChannelNotification>(&id), StreamKey::existing::<Payment>(&payment)];
    let zone = book.time_zone();
    book.execute(request, streams, move |decision| {
        let receive = ChannelNotificationCommand::Receive(told.clone());
        let recorded = decision.decide::<ChannelNotification>(id.as_str(), receive)?;
        if recorded > 0 {
            take_up(decision, &told, zone)?;
        }
        Ok(NotificationOutcome { id: id.clone(), known: recorded == 0 })
    })
    .await
}
