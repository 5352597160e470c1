//! The credit note: asked for, granted by somebody else, used for bills, or taken back.
//!
//! Must never know a bill: what a write-off takes of it is decided together with the bill.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::rules::{self, check_left};
use super::{CreditNoteCommand, CreditNoteEvent, CreditNoteId, CreditNoteRefusal, CreditNoteState};
use crate::billing::bill::Amounts;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::requester::Requester;
use crate::settlement::{AppliedLegs, SettlementEvent};
use crate::text::Reason;

/// A credit note; by default one nobody has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    pub(super) made: Option<Made>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) credit_note: CreditNoteId,
    pub(super) customer: CustomerId,
    pub(super) amounts: Amounts,
    pub(super) reason: Reason,
    pub(super) phase: Phase,
    /// Of one that was proposed.
    pub(super) requested_by: Option<Requester>,
    /// From when on all that is free of it has been: nothing takes of it before.
    pub(super) since: NaiveDate,
    /// The latest business date of its steps.
    pub(super) last_effective: NaiveDate,
    pub(super) applied: Money,
    pub(super) legs: AppliedLegs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Proposed,
    Rejected,
    Granted,
    Reversed,
}

impl CreditNote {
    pub fn customer(&self) -> Option<&CustomerId> {
        self.made.as_ref().map(|made| &made.customer)
    }

    /// `None` before somebody asks for it.
    pub fn state(&self) -> Option<CreditNoteState> {
        self.made.as_ref().map(Made::state)
    }

    /// With tax; `None` before somebody asks for it.
    pub fn amount(&self) -> Option<Money> {
        self.made.as_ref().map(|made| made.amounts.total)
    }

    /// Who has asked for it, and why; `None` once it does not wait for approval any more.
    pub fn waits_for_approval(&self) -> Option<(&Requester, &Reason)> {
        let made = self.made.as_ref().filter(|made| made.phase == Phase::Proposed)?;
        Some((made.requested_by.as_ref()?, &made.reason))
    }

    /// What is free of it now; `None` before somebody asks for it.
    pub fn unapplied(&self) -> Result<Option<Money>, MoneyError> {
        self.made.as_ref().map(Made::unapplied).transpose()
    }

    /// The first business date on which a write-off can take of it; `None` before somebody asks for it.
    pub fn since(&self) -> Option<NaiveDate> {
        self.made.as_ref().map(|made| made.since)
    }

    /// The business date of a step nobody gave one: of the approval, that which was asked for; of what follows, today or
    /// the latest of the steps before, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        self.made.as_ref().map_or(today, |made| match made.phase {
            Phase::Proposed => made.since,
            Phase::Rejected | Phase::Granted | Phase::Reversed => made.last_effective.max(today),
        })
    }
}

impl Made {
    pub(super) fn state(&self) -> CreditNoteState {
        match self.phase {
            Phase::Proposed => CreditNoteState::Proposed,
            Phase::Rejected => CreditNoteState::Rejected,
            Phase::Reversed => CreditNoteState::Reversed,
            Phase::Granted => CreditNoteState::of_granted(self.applied == self.amounts.total),
        }
    }

    /// Nothing of one that is not granted, or not any more.
    pub(super) fn unapplied(&self) -> Result<Money, MoneyError> {
        match self.phase {
            Phase::Granted => self.amounts.total.checked_sub(self.applied),
            Phase::Proposed | Phase::Rejected | Phase::Reversed => {
                Ok(Money::zero(self.amounts.total.currency()))
            }
        }
    }

    /// Takes in what happened after it was asked for or granted.
    fn take_in(&mut self, event: &CreditNoteEvent) -> Result<(), String> {
        let expected = match event {
            CreditNoteEvent::CreditProposed { .. } => return Err("made twice".into()),
            CreditNoteEvent::CreditGranted { .. } | CreditNoteEvent::CreditRejected { .. } => Phase::Proposed,
            CreditNoteEvent::CreditReversed { .. }
            | CreditNoteEvent::CreditApplied { .. }
            | CreditNoteEvent::CreditFreed { .. } => Phase::Granted,
        };
        if self.phase != expected {
            return Err(format!("met a credit note that is {}", self.state()));
        }
        self.change(event)?;
        if let Some(date) = event.effective_date() {
            self.last_effective = self.last_effective.max(date);
        }
        Ok(())
    }

    fn change(&mut self, event: &CreditNoteEvent) -> Result<(), String> {
        let (sum, legs) = match event {
            CreditNoteEvent::CreditProposed { .. } => return Ok(()),
            CreditNoteEvent::CreditGranted { amounts, effective_date, .. } => {
                if *amounts != self.amounts {
                    return Err("another amount than was asked for".into());
                }
                (self.phase, self.since, self.last_effective) =
                    (Phase::Granted, *effective_date, *effective_date);
                return Ok(());
            }
            CreditNoteEvent::CreditRejected { .. } => {
                self.phase = Phase::Rejected;
                return Ok(());
            }
            CreditNoteEvent::CreditReversed { amounts, .. } => {
                if *amounts != self.amounts || !self.applied.is_zero() {
                    return Err("not all of it is free".into());
                }
                self.phase = Phase::Reversed;
                return Ok(());
            }
            CreditNoteEvent::CreditApplied { write_off, leg, amount, .. } => {
                check_left(self, *amount).map_err(|refusal| refusal.to_string())?;
                (self.applied.checked_add(*amount), self.legs.add(write_off, *leg, *amount))
            }
            CreditNoteEvent::CreditFreed { write_off, leg, amount, effective_date, .. } => {
                self.since = self.since.max(*effective_date);
                (self.applied.checked_sub(*amount), self.legs.remove(write_off, *leg, *amount))
            }
        };
        legs.map_err(|broken| broken.to_string())?;
        self.applied = sum.map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// How a credit note begins. Those of the first books were granted by one person.
fn begin(event: &CreditNoteEvent) -> Option<Made> {
    match event {
        CreditNoteEvent::CreditProposed {
            credit_note,
            customer,
            amounts,
            reason,
            requested_by,
            effective_date,
        } => {
            let (phase, requested_by) = (Phase::Proposed, Some(requested_by.clone()));
            let granted = granted((credit_note, customer), *amounts, reason, *effective_date);
            Some(Made { phase, requested_by, ..granted })
        }
        CreditNoteEvent::CreditGranted { credit_note, customer, amounts, reason, effective_date, .. } => {
            Some(granted((credit_note, customer), *amounts, reason, *effective_date))
        }
        CreditNoteEvent::CreditRejected { .. }
        | CreditNoteEvent::CreditReversed { .. }
        | CreditNoteEvent::CreditApplied { .. }
        | CreditNoteEvent::CreditFreed { .. } => None,
    }
}

fn granted(
    (credit_note, customer): (&CreditNoteId, &CustomerId),
    amounts: Amounts,
    reason: &Reason,
    effective_date: NaiveDate,
) -> Made {
    Made {
        credit_note: credit_note.clone(),
        customer: customer.clone(),
        amounts,
        reason: reason.clone(),
        phase: Phase::Granted,
        requested_by: None,
        since: effective_date,
        last_effective: effective_date,
        applied: Money::zero(amounts.total.currency()),
        legs: AppliedLegs::default(),
    }
}

impl EventSourced for CreditNote {
    fn decide(&self, command: CreditNoteCommand) -> Result<Vec<CreditNoteEvent>, CreditNoteRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &CreditNoteEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.credit_note()))
        };
        match &mut self.made {
            Some(made) if made.credit_note != *event.credit_note() => {
                Err(corrupt("belongs to another credit note"))
            }
            Some(made) => made.take_in(event).map_err(|detail| corrupt(&detail)),
            made @ None => {
                *made = Some(begin(event).ok_or_else(|| corrupt("never asked for"))?);
                Ok(())
            }
        }
    }

    fn pick(event: &BookEvent) -> Option<&CreditNoteEvent> {
        match event {
            BookEvent::Settlement(SettlementEvent::CreditNote(event)) => Some(event),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for CreditNote {
    const TYPE: &'static str = "credit_note";
    type Command = CreditNoteCommand;
    type Event = CreditNoteEvent;
    type Error = CreditNoteRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: CreditNoteCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CreditNoteRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CreditNoteEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
