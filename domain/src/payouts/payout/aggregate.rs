//! The payout: how far it has come, and whether it may be sent.
//!
//! Must never hold money, and never be sent twice: sending begins from `prepared` alone, and nothing leads back there.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PayoutCommand, PayoutDoubt, PayoutEvent, PayoutRefusal, PayoutState, UnknownCause, rules};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::money::Money;
use crate::payouts::{PayoutAdapterKind, PayoutId, PayoutsEvent};

/// By default one nobody has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    pub(super) order: Option<Order>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) payout: PayoutId,
    pub(super) amount: Money,
    pub(super) adapter: PayoutAdapterKind,
    pub(super) submitted_date: NaiveDate,
    pub(super) state: PayoutState,
    /// Why its outcome is unknown, while it is.
    pub(super) cause: Option<UnknownCause>,
    /// What was said last that is not believed, until a person has decided.
    pub(super) doubt: Option<PayoutDoubt>,
    /// That it failed is a person's word, not the bank's.
    #[serde(default)]
    pub(super) given_up: bool,
}

impl Payout {
    /// `None` before it is made.
    pub fn state(&self) -> Option<PayoutState> {
        self.order.as_ref().map(|order| order.state)
    }

    /// Whether a person has called it failed, and the bank has not.
    pub fn is_given_up(&self) -> bool {
        self.order.as_ref().is_some_and(Order::is_given_up)
    }

    /// What was said last that is not believed, until a person has decided.
    pub fn doubt(&self) -> Option<PayoutDoubt> {
        self.order.as_ref().and_then(|order| order.doubt)
    }
}

impl Order {
    pub(super) fn is_given_up(&self) -> bool {
        self.state == PayoutState::Failed && self.given_up
    }

    /// The state an event leads to; `None`: it may not follow this one.
    fn state_after(&self, event: &PayoutEvent) -> Option<PayoutState> {
        use PayoutState as S;

        let open = !self.state.is_final();
        let (allowed, target) = match event {
            PayoutEvent::PayoutPrepared(_) => (false, S::Prepared),
            PayoutEvent::PayoutSendingBegan { .. } => (self.state == S::Prepared, S::Sending),
            PayoutEvent::PayoutAccepted { .. } => (open, S::Accepted),
            PayoutEvent::PayoutOutcomeUnknown { .. } => {
                (matches!(self.state, S::Sending | S::Unknown), S::Unknown)
            }
            PayoutEvent::PayoutSucceeded { .. } => (open || self.is_given_up(), S::Succeeded),
            PayoutEvent::PayoutFailed { .. } => (open, S::Failed),
            PayoutEvent::PayoutReturned { .. } => (self.state == S::Succeeded, S::Returned),
            PayoutEvent::PayoutDoubted { .. } => (true, if open { S::Doubted } else { self.state }),
            PayoutEvent::PayoutDoubtResolved { .. } => (!open && self.doubt.is_some(), self.state),
        };
        allowed.then_some(target)
    }

    fn take_in(&mut self, event: &PayoutEvent, state: PayoutState) {
        self.state = state;
        if let PayoutEvent::PayoutFailed { by_hand, .. } = event {
            self.given_up = *by_hand;
        }
        self.cause = match event {
            PayoutEvent::PayoutOutcomeUnknown { cause, .. } => Some(*cause),
            PayoutEvent::PayoutPrepared(_)
            | PayoutEvent::PayoutSendingBegan { .. }
            | PayoutEvent::PayoutAccepted { .. }
            | PayoutEvent::PayoutSucceeded { .. }
            | PayoutEvent::PayoutFailed { .. }
            | PayoutEvent::PayoutReturned { .. }
            | PayoutEvent::PayoutDoubted { .. }
            | PayoutEvent::PayoutDoubtResolved { .. } => None,
        };
        match event {
            PayoutEvent::PayoutDoubted { doubt, .. } => self.doubt = Some(*doubt),
            PayoutEvent::PayoutSucceeded { .. }
            | PayoutEvent::PayoutFailed { .. }
            | PayoutEvent::PayoutDoubtResolved { .. } => self.doubt = None,
            // What came back was paid: what was doubted before stays so.
            PayoutEvent::PayoutReturned { .. }
            | PayoutEvent::PayoutPrepared(_)
            | PayoutEvent::PayoutSendingBegan { .. }
            | PayoutEvent::PayoutAccepted { .. }
            | PayoutEvent::PayoutOutcomeUnknown { .. } => {}
        }
    }
}

impl EventSourced for Payout {
    fn decide(&self, command: PayoutCommand) -> Result<Vec<PayoutEvent>, PayoutRefusal> {
        rules::decide(self, command)
    }

    fn evolve(&mut self, event: &PayoutEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.payout()))
        };
        match (&mut self.order, event) {
            (None, PayoutEvent::PayoutPrepared(prepared)) => {
                self.order = Some(Order {
                    payout: prepared.payout.clone(),
                    amount: prepared.amount,
                    adapter: prepared.adapter,
                    submitted_date: prepared.submitted_date,
                    state: PayoutState::Prepared,
                    cause: None,
                    doubt: None,
                    given_up: false,
                });
            }
            (None, _) => return Err(corrupt("never prepared")),
            (Some(order), _) => {
                if order.payout != *event.payout() {
                    return Err(corrupt("belongs to another payout"));
                }
                let state = order.state_after(event);
                let state = state.ok_or_else(|| corrupt(&format!("met one that is {}", order.state)))?;
                order.take_in(event, state);
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PayoutEvent> {
        match event {
            BookEvent::Payouts(PayoutsEvent::Payout(event)) => Some(event),
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

impl Aggregate for Payout {
    const TYPE: &'static str = "payout";
    type Command = PayoutCommand;
    type Event = PayoutEvent;
    type Error = PayoutRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PayoutCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PayoutRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PayoutEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
