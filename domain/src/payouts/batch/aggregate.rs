//! A batch: which payouts, from which account, for which day. It never changes, nor does its file.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PayoutBatchEvent, PayoutBatchRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::payouts::{PayoutBatchId, PayoutsEvent};

/// By default one nobody has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBatch {
    made: Option<PayoutBatchId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutBatchCommand {
    Make(PayoutBatchEvent),
}

impl PayoutBatch {
    /// Payouts of one batch, at most: each is decided with its withdrawal, its wallet and its customer.
    pub const MOST: usize = 500;
}

impl EventSourced for PayoutBatch {
    fn decide(
        &self,
        PayoutBatchCommand::Make(made): PayoutBatchCommand,
    ) -> Result<Vec<PayoutBatchEvent>, PayoutBatchRefusal> {
        let PayoutBatchEvent::PayoutBatchMade { batch, payouts, .. } = &made;
        if self.made.is_some() {
            return Err(PayoutBatchRefusal::AlreadyMade { batch: batch.clone() });
        }
        match payouts.len() {
            0 => Err(PayoutBatchRefusal::Empty),
            given if given > Self::MOST => Err(PayoutBatchRefusal::TooMany { given, most: Self::MOST }),
            _ => Ok(vec![made]),
        }
    }

    fn evolve(&mut self, event: &PayoutBatchEvent) -> Result<(), CorruptStream> {
        if self.made.is_some() {
            return Err(CorruptStream::new(Self::TYPE, format_args!("{} was made twice", event.batch())));
        }
        self.made = Some(event.batch().clone());
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PayoutBatchEvent> {
        match event {
            BookEvent::Payouts(PayoutsEvent::Batch(event)) => Some(event),
            BookEvent::Payouts(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for PayoutBatch {
    const TYPE: &'static str = "payout_batch";
    type Command = PayoutBatchCommand;
    type Event = PayoutBatchEvent;
    type Error = PayoutBatchRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PayoutBatchCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PayoutBatchRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PayoutBatchEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
