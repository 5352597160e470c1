//! What of a customer's month was put aside, and what people made of it.
//!
//! A value is put aside once, however often it comes again, and decided on once. Must never count as used.

use std::collections::HashSet;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    GivenQuantity, GivenText, HeldUsage, QuarantineState, QuarantinedId, UsageQuarantineEvent,
    UsageQuarantineId, UsageQuarantineRefusal,
};
use crate::billing::BillingEvent;
use crate::billing::pricing::{Meter, Quantity};
use crate::billing::usage::UsageReference;
use crate::billing::usage_source::UsageRunId;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};

/// More of one customer's month than anybody will look at.
const MOST: usize = 1_000;

/// What is put aside of a customer's month; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageQuarantine {
    quarantine: Option<UsageQuarantineId>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    held: HeldUsage,
    state: QuarantineState,
    /// The one it was accepted with.
    quantity: Option<Quantity>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageQuarantineCommand {
    /// What was put aside before, whatever became of it, is passed over.
    Hold {
        quarantine: UsageQuarantineId,
        run: UsageRunId,
        held: Vec<HeldUsage>,
    },
    /// Believe it; with another quantity than came, if one is given.
    Accept {
        id: QuarantinedId,
        quantity: Option<Quantity>,
    },
    Dismiss {
        id: QuarantinedId,
    },
}

type Key<'a> = (&'a Meter, NaiveDate, &'a UsageReference, &'a GivenText);

impl HeldUsage {
    pub(super) fn key(&self) -> Key<'_> {
        (&self.meter, self.date, &self.reference, &self.given)
    }
}

impl UsageQuarantine {
    /// Everything that was ever put aside, to look up values in.
    pub(super) fn known(&self) -> HashSet<Key<'_>> {
        self.entries.iter().map(|entry| entry.held.key()).collect()
    }

    /// How many nobody has accepted or dismissed.
    pub fn waiting(&self) -> usize {
        self.entries.iter().filter(|entry| entry.state == QuarantineState::Waiting).count()
    }

    /// How many more there is room for.
    pub(super) fn room(&self) -> usize {
        MOST.saturating_sub(self.entries.len())
    }

    pub fn held(&self, id: &QuarantinedId) -> Result<&HeldUsage, UsageQuarantineRefusal> {
        Ok(&self.entry(id)?.held)
    }

    pub fn state(&self, id: &QuarantinedId) -> Result<QuarantineState, UsageQuarantineRefusal> {
        Ok(self.entry(id)?.state)
    }

    /// The quantity it would be accepted with.
    pub fn acceptable(
        &self,
        id: &QuarantinedId,
        quantity: Option<Quantity>,
    ) -> Result<Quantity, UsageQuarantineRefusal> {
        let given = &self.entry(id)?.held.given;
        let not_a_quantity =
            |_| UsageQuarantineRefusal::NotAQuantity { id: id.clone(), given: given.clone() };
        match quantity {
            Some(quantity) => Ok(quantity),
            None => GivenQuantity::read(given.as_str()).quantity.map_err(not_a_quantity),
        }
    }

    fn entry(&self, id: &QuarantinedId) -> Result<&Entry, UsageQuarantineRefusal> {
        let own = self.quarantine.as_ref() == Some(&id.quarantine());
        let entry = place(id.number()).filter(|_| own).and_then(|place| self.entries.get(place));
        entry.ok_or_else(|| UsageQuarantineRefusal::NotFound { id: id.clone() })
    }

    fn hold(
        &self,
        quarantine: UsageQuarantineId,
        run: UsageRunId,
        held: Vec<HeldUsage>,
    ) -> Result<Option<UsageQuarantineEvent>, UsageQuarantineRefusal> {
        let mut known = self.known();
        let held: Vec<HeldUsage> = held.iter().filter(|one| known.insert(one.key())).cloned().collect();
        if held.is_empty() {
            return Ok(None);
        }
        let first = u32::try_from(self.entries.len() + 1).ok().filter(|_| held.len() <= self.room());
        let first = first.ok_or_else(|| UsageQuarantineRefusal::Full { quarantine: quarantine.clone() })?;
        Ok(Some(UsageQuarantineEvent::UsageQuarantined { quarantine, run, first, held }))
    }

    fn accept(
        &self,
        id: &QuarantinedId,
        quantity: Option<Quantity>,
    ) -> Result<Option<UsageQuarantineEvent>, UsageQuarantineRefusal> {
        let (entry, quantity) = (self.entry(id)?, self.acceptable(id, quantity)?);
        let (quarantine, number) = (id.quarantine(), id.number());
        match entry.state {
            QuarantineState::Waiting => {
                Ok(Some(UsageQuarantineEvent::QuarantinedUsageAccepted { quarantine, number, quantity }))
            }
            QuarantineState::Accepted if entry.quantity == Some(quantity) => Ok(None),
            state @ (QuarantineState::Accepted | QuarantineState::Dismissed) => {
                Err(UsageQuarantineRefusal::AlreadyDecided { id: id.clone(), state })
            }
        }
    }

    fn dismiss(&self, id: &QuarantinedId) -> Result<Option<UsageQuarantineEvent>, UsageQuarantineRefusal> {
        let (quarantine, number) = (id.quarantine(), id.number());
        match self.entry(id)?.state {
            QuarantineState::Waiting => {
                Ok(Some(UsageQuarantineEvent::QuarantinedUsageDismissed { quarantine, number }))
            }
            QuarantineState::Dismissed => Ok(None),
            state @ QuarantineState::Accepted => {
                Err(UsageQuarantineRefusal::AlreadyDecided { id: id.clone(), state })
            }
        }
    }

    fn settle(&mut self, number: u32, state: QuarantineState, quantity: Option<Quantity>) -> Option<()> {
        let entry = self.entries.get_mut(place(number)?)?;
        if entry.state != QuarantineState::Waiting {
            return None;
        }
        (entry.state, entry.quantity) = (state, quantity);
        Some(())
    }
}

fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

impl EventSourced for UsageQuarantine {
    fn decide(
        &self,
        command: UsageQuarantineCommand,
    ) -> Result<Vec<UsageQuarantineEvent>, UsageQuarantineRefusal> {
        let event = match command {
            UsageQuarantineCommand::Hold { quarantine, run, held } => self.hold(quarantine, run, held)?,
            UsageQuarantineCommand::Accept { id, quantity } => self.accept(&id, quantity)?,
            UsageQuarantineCommand::Dismiss { id } => self.dismiss(&id)?,
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &UsageQuarantineEvent) -> Result<(), CorruptStream> {
        let of = event.quarantine();
        let corrupt = || {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {of} does not fit what is put aside"))
        };
        if self.quarantine.get_or_insert_with(|| of.clone()) != of {
            return Err(corrupt());
        }
        match event {
            UsageQuarantineEvent::UsageQuarantined { first, held, .. } => {
                if place(*first) != Some(self.entries.len()) {
                    return Err(corrupt());
                }
                let state = QuarantineState::Waiting;
                let entry = |held: &HeldUsage| Entry { held: held.clone(), state, quantity: None };
                self.entries.extend(held.iter().map(entry));
                Ok(())
            }
            UsageQuarantineEvent::QuarantinedUsageAccepted { number, quantity, .. } => {
                self.settle(*number, QuarantineState::Accepted, Some(*quantity)).ok_or_else(corrupt)
            }
            UsageQuarantineEvent::QuarantinedUsageDismissed { number, .. } => {
                self.settle(*number, QuarantineState::Dismissed, None).ok_or_else(corrupt)
            }
        }
    }

    fn pick(event: &BookEvent) -> Option<&UsageQuarantineEvent> {
        match event {
            BookEvent::Billing(BillingEvent::UsageQuarantine(event)) => Some(event),
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

impl Aggregate for UsageQuarantine {
    const TYPE: &'static str = "usage_quarantine";
    type Command = UsageQuarantineCommand;
    type Event = UsageQuarantineEvent;
    type Error = UsageQuarantineRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: UsageQuarantineCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), UsageQuarantineRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UsageQuarantineEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
