//! The payment: nothing, notifications that came too early, or an attempt and what came of it.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, Broken};
use super::{
    ExcessReason, PaymentAttempt, PaymentCommand, PaymentEvent, PaymentReference, PaymentRefusal,
    PaymentState, rules,
};
use crate::channels::{Channel, ChannelNotificationId, ChannelNumber};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::orders::{OrderId, OrdersEvent, RefundId};
use crate::requester::Requester;

/// By default one nobody has begun or spoken of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    told_early: Vec<ChannelNotificationId>,
    pub(super) begun: Option<Attempt>,
}

impl Payment {
    /// The notifications that came before it was begun.
    pub fn told_early(&self) -> &[ChannelNotificationId] {
        &self.told_early
    }

    /// `None` before it is begun, as of all below.
    pub fn state(&self) -> Option<PaymentState> {
        self.begun.as_ref().map(|attempt| attempt.state)
    }

    pub fn order(&self) -> Option<&OrderId> {
        self.begun.as_ref().map(|attempt| &attempt.order)
    }

    pub fn customer(&self) -> Option<&CustomerId> {
        self.begun.as_ref().map(|attempt| &attempt.customer)
    }

    pub fn channel(&self) -> Option<Channel> {
        self.begun.as_ref().map(|attempt| attempt.channel)
    }

    pub fn reference(&self) -> Option<&PaymentReference> {
        self.begun.as_ref().map(|attempt| &attempt.reference)
    }

    pub fn merchant(&self) -> Option<&ChannelNumber> {
        self.begun.as_ref().map(|attempt| &attempt.merchant)
    }

    /// What the attempt is over.
    pub fn amount(&self) -> Option<Money> {
        self.begun.as_ref().map(|attempt| attempt.amount)
    }

    /// What of it has paid the order.
    pub fn captured(&self) -> Option<Money> {
        self.begun.as_ref().map(|attempt| attempt.captured)
    }

    /// The person whose word it is that the order is paid; `None` if it is the channel's own, or it is not paid by this.
    pub fn confirmed_by(&self) -> Option<&Requester> {
        self.begun.as_ref().and_then(|attempt| attempt.confirmed_by.as_ref())
    }

    /// What came that is not the order's.
    pub fn excess(&self) -> Option<Money> {
        self.begun.as_ref().map(|attempt| attempt.excess)
    }

    /// What of the channel's payment is not the order's, and why.
    pub fn excess_of(&self, transaction: &ChannelNumber) -> Option<(Money, ExcessReason)> {
        self.begun.as_ref().and_then(|attempt| attempt.excesses.get(transaction).copied())
    }

    pub fn refunded(&self) -> Option<Money> {
        self.begun.as_ref().map(|attempt| attempt.refunded)
    }

    /// Whether the channel has said that it paid this refund back when here it had failed.
    pub fn is_said_refunded(&self, refund: &RefundId) -> bool {
        self.begun.as_ref().is_some_and(|attempt| attempt.said_refunded.contains(refund))
    }

    /// What of it this refund may be, beside all others.
    pub fn left_for(&self, refund: &RefundId) -> Result<Option<Money>, MoneyError> {
        self.begun.as_ref().map(|attempt| attempt.left_for(refund)).transpose()
    }

    /// What a person has still to look at.
    pub fn open_exceptions(&self) -> u32 {
        self.begun.as_ref().map_or(0, |attempt| attempt.open_exceptions)
    }

    /// The business date from which on there is money of it.
    pub fn since(&self) -> Option<NaiveDate> {
        self.begun.as_ref().and_then(|attempt| attempt.since)
    }

    /// Whether a channel that says it has refunded `so_far` in all, this refund of `amount` included, may be right: the
    /// others it can have refunded are those that succeeded here and those it was asked for.
    pub fn may_have_refunded(
        &self,
        refund: &RefundId,
        amount: Money,
        so_far: Money,
    ) -> Result<bool, MoneyError> {
        let Some(attempt) = &self.begun else { return Ok(false) };
        let most = attempt.refunded.checked_add(attempt.refunding_beside(refund)?)?.checked_add(amount)?;
        Ok(so_far.covers(amount)? && most.covers(so_far)?)
    }
}

impl EventSourced for Payment {
    fn decide(&self, command: PaymentCommand) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        rules::decide(self, command)
    }

    fn evolve(&mut self, event: &PaymentEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &dyn std::fmt::Display| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.payment()))
        };
        match (&mut self.begun, event) {
            (None, PaymentEvent::PaymentToldEarly { notification, .. }) => {
                self.told_early.push(notification.clone());
            }
            (None, _) => match begin(event) {
                Some(attempt) => self.begun = Some(Attempt::of(attempt)),
                None => return Err(corrupt(&"never begun")),
            },
            (Some(attempt), _) if attempt.payment != *event.payment() => {
                return Err(corrupt(&"belongs to another payment"));
            }
            (Some(attempt), _) => take_in(attempt, event).map_err(|broken| corrupt(&broken))?,
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PaymentEvent> {
        match event {
            BookEvent::Orders(OrdersEvent::Payment(event)) => Some(event),
            BookEvent::Orders(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

fn begin(event: &PaymentEvent) -> Option<PaymentAttempt> {
    let PaymentEvent::PaymentBegun { payment, order, customer, channel, merchant, reference, amount } = event
    else {
        return None;
    };
    Some(PaymentAttempt {
        payment: payment.clone(),
        order: order.clone(),
        customer: customer.clone(),
        channel: *channel,
        merchant: merchant.clone(),
        reference: reference.clone(),
        amount: *amount,
    })
}

fn take_in(attempt: &mut Attempt, event: &PaymentEvent) -> Result<(), Broken> {
    match event {
        PaymentEvent::PaymentBegun { .. } | PaymentEvent::PaymentToldEarly { .. } => Err(Broken::BegunBefore),
        PaymentEvent::PaymentSucceeded { transaction, amount, effective_date, confirmed_by, .. } => {
            attempt.succeed(transaction, *amount, *effective_date)?;
            attempt.confirmed_by.clone_from(confirmed_by);
            Ok(())
        }
        PaymentEvent::ExcessPaymentReceived { transaction, amount, why, effective_date, .. } => {
            attempt.exceed(transaction, (*amount, *why), *effective_date)
        }
        PaymentEvent::PaymentClosed { .. } => attempt.close(),
        PaymentEvent::PaymentFeeCharged { amount, .. } => attempt.charge(*amount),
        PaymentEvent::PaymentDoubted { refund, why, amount, .. } => {
            attempt.doubt(refund.as_ref(), (*why, *amount))
        }
        PaymentEvent::PaymentExceptionsResolved { .. } => {
            attempt.resolve();
            Ok(())
        }
        PaymentEvent::PaymentRefundSubmitted { refund, amount, .. } => attempt.submit_refund(refund, *amount),
        PaymentEvent::PaymentRefunded { refund, amount, .. } => attempt.refund(refund, *amount),
        PaymentEvent::PaymentRefundReleased { refund, .. } => attempt.release_refund(refund),
    }
}

impl Aggregate for Payment {
    const TYPE: &'static str = "payment";
    type Command = PaymentCommand;
    type Event = PaymentEvent;
    type Error = PaymentRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PaymentCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PaymentRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PaymentEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
