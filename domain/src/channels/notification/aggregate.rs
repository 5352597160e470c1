//! One notification: nothing yet, or what the channel said first.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{ChannelNotificationEvent, ChannelNotificationRefusal, Notification};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};

/// By default one that has not come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelNotification {
    received: Option<Notification>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelNotificationCommand {
    Receive(Notification),
}

/// Whether two notifications say the same. When it happened may differ: of what a channel does not date, each repeat
/// says when it was told.
fn repeats(first: &Notification, again: &Notification) -> bool {
    Notification { happened_at: first.happened_at, ..again.clone() } == *first
}

impl EventSourced for ChannelNotification {
    /// A repeat decides nothing.
    fn decide(
        &self,
        ChannelNotificationCommand::Receive(told): ChannelNotificationCommand,
    ) -> Result<Vec<ChannelNotificationEvent>, ChannelNotificationRefusal> {
        match &self.received {
            None => Ok(vec![ChannelNotificationEvent::ChannelNotificationReceived(told)]),
            Some(first) if repeats(first, &told) => Ok(Vec::new()),
            Some(_) => Err(ChannelNotificationRefusal::SaidOtherwise {
                channel: told.channel,
                event_id: told.event_id,
            }),
        }
    }

    fn evolve(&mut self, event: &ChannelNotificationEvent) -> Result<(), CorruptStream> {
        let ChannelNotificationEvent::ChannelNotificationReceived(told) = event;
        if self.received.is_some() {
            return Err(CorruptStream::new(Self::TYPE, format_args!("{} was received twice", told.id())));
        }
        self.received = Some(told.clone());
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&ChannelNotificationEvent> {
        match event {
            BookEvent::ChannelNotification(event) => Some(event),
            BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for ChannelNotification {
    const TYPE: &'static str = "channel_notification";
    type Command = ChannelNotificationCommand;
    type Event = ChannelNotificationEvent;
    type Error = ChannelNotificationRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ChannelNotificationCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ChannelNotificationRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ChannelNotificationEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
