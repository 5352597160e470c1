//! The reminders of one bill: which steps were raised, and how far each is on each channel.
//!
//! Refuses nothing: what is not due, done already or another's turn decides nothing, so whoever asks may ask again.
//! Must never look at the bill itself: what is owed of it comes with the command, from the same decision.

use std::convert::Infallible;

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{NO_ADDRESS, ReminderChannel, ReminderEvent, ReminderStep, WithdrawalReason};
use crate::billing::{BillId, BillNumber, BillingEvent};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::money::Money;
use crate::text::Reason;

/// By default those of a bill nobody was reminded of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    bill: Option<BillId>,
    /// The last step that was raised.
    last: Option<ReminderStep>,
    deliveries: Vec<Delivery>,
}

/// A reminder on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Delivery {
    step: ReminderStep,
    channel: ReminderChannel,
    attempts: u32,
    /// Nobody tries before.
    not_before: Option<DateTime<Utc>>,
    done: bool,
    /// Given up for want of an address.
    #[serde(default)]
    wants_address: bool,
}

/// What is owed of a bill, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedBill {
    pub number: BillNumber,
    pub due_date: NaiveDate,
    pub open: Money,
}

/// How an attempt ended that did not deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFailure {
    pub reason: Reason,
    /// `None`: it is given up.
    pub retry_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReminderCommand {
    /// The bill is owed, not contested, and has come to a step of the schedule on this day, or to none.
    Raise {
        bill: BillId,
        owed: OwedBill,
        channels: Vec<ReminderChannel>,
        today: NaiveDate,
    },
    /// Takes the turn to deliver, if it is time and no one else has it, or withdraws what need not be sent.
    Attempt {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
        /// Why the bill deserves no reminder now.
        withdraw: Option<WithdrawalReason>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    },
    Succeed {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
    },
    Fail {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
        attempt: u32,
        failure: AttemptFailure,
    },
    /// There is an address now, for want of which it was given up.
    Resume {
        bill: BillId,
        step: ReminderStep,
        channel: ReminderChannel,
    },
}

impl Reminder {
    /// How often it was tried to deliver this.
    pub fn attempts(&self, step: ReminderStep, channel: ReminderChannel) -> u32 {
        self.delivery(step, channel).map_or(0, |delivery| delivery.attempts)
    }

    /// What is still to be delivered of this.
    fn pending(&self, step: ReminderStep, channel: ReminderChannel) -> Option<&Delivery> {
        self.delivery(step, channel).filter(|delivery| !delivery.done)
    }

    fn delivery(&self, step: ReminderStep, channel: ReminderChannel) -> Option<&Delivery> {
        self.deliveries.iter().find(|one| (one.step, one.channel) == (step, channel))
    }

    fn raise(
        &self,
        bill: BillId,
        owed: OwedBill,
        channels: Vec<ReminderChannel>,
        today: NaiveDate,
    ) -> Option<ReminderEvent> {
        let OwedBill { number, due_date, open } = owed;
        let step = ReminderStep::reached(due_date, today)?;
        if channels.is_empty() || self.last.is_some_and(|last| last >= step) {
            return None;
        }
        Some(ReminderEvent::ReminderRaised { bill, step, channels, number, due_date, open, date: today })
    }

    fn attempt(
        &self,
        delivery: &Delivery,
        bill: BillId,
        withdraw: Option<WithdrawalReason>,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<ReminderEvent> {
        if delivery.not_before.is_some_and(|moment| now < moment) {
            return None;
        }
        let Delivery { step, channel, .. } = *delivery;
        let superseded = self.last.is_some_and(|last| last > step).then_some(WithdrawalReason::Superseded);
        Some(match withdraw.or(superseded) {
            Some(reason) => ReminderEvent::ReminderWithdrawn { bill, step, channel, reason },
            None => {
                let attempt = delivery.attempts.saturating_add(1);
                ReminderEvent::ReminderAttempted { bill, step, channel, attempt, until }
            }
        })
    }
}

fn failed(delivery: &Delivery, bill: BillId, failure: AttemptFailure) -> ReminderEvent {
    let Delivery { step, channel, attempts, .. } = *delivery;
    let AttemptFailure { reason, retry_at } = failure;
    match retry_at {
        Some(retry_at) => {
            ReminderEvent::ReminderAttemptFailed { bill, step, channel, attempt: attempts, reason, retry_at }
        }
        None => ReminderEvent::ReminderFailed { bill, step, channel, attempts, reason },
    }
}

impl EventSourced for Reminder {
    fn decide(&self, command: ReminderCommand) -> Result<Vec<ReminderEvent>, Infallible> {
        let event = match command {
            ReminderCommand::Raise { bill, owed, channels, today } => self.raise(bill, owed, channels, today),
            ReminderCommand::Attempt { bill, step, channel, withdraw, now, until } => self
                .pending(step, channel)
                .and_then(|delivery| self.attempt(delivery, bill, withdraw, (now, until))),
            ReminderCommand::Succeed { bill, step, channel } => self.pending(step, channel).map(|delivery| {
                ReminderEvent::ReminderSent { bill, step, channel, attempts: delivery.attempts }
            }),
            // One that comes late tells nothing of the attempt that is under way now.
            ReminderCommand::Fail { bill, step, channel, attempt, failure } => self
                .pending(step, channel)
                .filter(|delivery| delivery.attempts == attempt)
                .map(|delivery| failed(delivery, bill, failure)),
            // A later step says more than this one.
            ReminderCommand::Resume { bill, step, channel } => self
                .delivery(step, channel)
                .filter(|delivery| delivery.wants_address && self.last == Some(step))
                .map(|_| ReminderEvent::ReminderResumed { bill, step, channel }),
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &ReminderEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.bill()))
        };
        if self.bill.as_ref().is_some_and(|own| own != event.bill()) {
            return Err(corrupt("belongs to another bill"));
        }
        let (step, channel) = match event {
            ReminderEvent::ReminderRaised { bill, step, channels, .. } => {
                if self.last.is_some_and(|last| last >= *step) {
                    return Err(corrupt("raised twice"));
                }
                self.bill = Some(bill.clone());
                self.last = Some(*step);
                self.deliveries.extend(channels.iter().map(|channel| Delivery {
                    step: *step,
                    channel: *channel,
                    attempts: 0,
                    not_before: None,
                    done: false,
                    wants_address: false,
                }));
                return Ok(());
            }
            ReminderEvent::ReminderAttempted { step, channel, .. }
            | ReminderEvent::ReminderAttemptFailed { step, channel, .. }
            | ReminderEvent::ReminderSent { step, channel, .. }
            | ReminderEvent::ReminderFailed { step, channel, .. }
            | ReminderEvent::ReminderResumed { step, channel, .. }
            | ReminderEvent::ReminderWithdrawn { step, channel, .. } => (*step, *channel),
        };
        let found = self.deliveries.iter_mut().find(|one| (one.step, one.channel) == (step, channel));
        let resumes = matches!(event, ReminderEvent::ReminderResumed { .. });
        let fits = |one: &&mut Delivery| if resumes { one.wants_address } else { !one.done };
        let delivery = found.filter(fits).ok_or_else(|| corrupt("there is nothing to deliver"))?;
        match event {
            ReminderEvent::ReminderRaised { .. } => {}
            ReminderEvent::ReminderAttempted { attempt, until, .. } => {
                delivery.attempts = *attempt;
                delivery.not_before = Some(*until);
            }
            ReminderEvent::ReminderAttemptFailed { retry_at, .. } => delivery.not_before = Some(*retry_at),
            ReminderEvent::ReminderFailed { reason, .. } => {
                (delivery.done, delivery.wants_address) = (true, reason.as_str() == NO_ADDRESS);
            }
            ReminderEvent::ReminderResumed { .. } => {
                (delivery.done, delivery.wants_address, delivery.not_before) = (false, false, None);
            }
            ReminderEvent::ReminderSent { .. } | ReminderEvent::ReminderWithdrawn { .. } => {
                delivery.done = true;
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&ReminderEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Reminder(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for Reminder {
    const TYPE: &'static str = "reminder";
    type Command = ReminderCommand;
    type Event = ReminderEvent;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: ReminderCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Infallible> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ReminderEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
