//! One notification: nothing yet, or what the channel said first.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{ChannelNotificationEvent, ChannelNotificationId, ChannelNotificationRefusal, Notification};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::orders::PaymentId;

/// By default one that has not come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelNotification {
    received: Option<Notification>,
    /// The payment that has taken it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applied_to: Option<PaymentId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelNotificationCommand {
    Receive(Notification),
    /// The payment it is about takes it up.
    Apply {
        notification: ChannelNotificationId,
        payment: PaymentId,
    },
}

impl ChannelNotification {
    /// `None` before it has come.
    pub fn received(&self) -> Option<&Notification> {
        self.received.as_ref()
    }

    /// Whether it has come and no payment has taken it up.
    pub fn is_waiting(&self) -> bool {
        self.received.is_some() && self.applied_to.is_none()
    }
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
        command: ChannelNotificationCommand,
    ) -> Result<Vec<ChannelNotificationEvent>, ChannelNotificationRefusal> {
        match (command, &self.received) {
            (ChannelNotificationCommand::Receive(told), None) => {
                Ok(vec![ChannelNotificationEvent::ChannelNotificationReceived(told)])
            }
            (ChannelNotificationCommand::Receive(told), Some(first)) if repeats(first, &told) => {
                Ok(Vec::new())
            }
            (ChannelNotificationCommand::Receive(told), Some(_)) => {
                Err(ChannelNotificationRefusal::SaidOtherwise {
                    channel: told.channel,
                    event_id: told.event_id,
                })
            }
            (ChannelNotificationCommand::Apply { notification, .. }, None) => {
                Err(ChannelNotificationRefusal::NotFound { notification })
            }
            (ChannelNotificationCommand::Apply { notification, payment }, Some(_)) => {
                let applied = ChannelNotificationEvent::ChannelNotificationApplied { notification, payment };
                Ok(if self.applied_to.is_none() { vec![applied] } else { Vec::new() })
            }
        }
    }

    fn evolve(&mut self, event: &ChannelNotificationEvent) -> Result<(), CorruptStream> {
        let corrupt = |id, detail| CorruptStream::new(Self::TYPE, format_args!("{id} {detail}"));
        match event {
            ChannelNotificationEvent::ChannelNotificationReceived(told) => match self.received {
                None => self.received = Some(told.clone()),
                Some(_) => return Err(corrupt(told.id(), "was received twice")),
            },
            ChannelNotificationEvent::ChannelNotificationApplied { notification, payment } => {
                if self.received.as_ref().is_none_or(|received| received.id() != *notification) {
                    return Err(corrupt(notification.clone(), "was never received"));
                }
                if self.applied_to.is_some() {
                    return Err(corrupt(notification.clone(), "was applied twice"));
                }
                self.applied_to = Some(payment.clone());
            }
        }
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
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
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
