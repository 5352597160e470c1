//! The write-off: its legs, and which of them stand.
//!
//! Must never know what is left of a source or a bill: each of them judges its own part, in the same decision.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::limits::is_small_part;
use super::{Leg, WriteOffCommand, WriteOffEvent, WriteOffId, WriteOffRefusal, WriteOffState, rules};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::requester::Requester;
use crate::settlement::SettlementEvent;

/// A write-off; by default one nobody has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOff {
    pub(super) made: Option<Made>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) write_off: WriteOffId,
    pub(super) customer: CustomerId,
    /// As they were made, in the order of their numbers.
    pub(super) legs: Vec<Leg>,
    /// Of one that was proposed.
    pub(super) requested_by: Option<Requester>,
    pub(super) phase: Phase,
    /// Whether each leg is undone, in the order of the legs.
    pub(super) reversed: Vec<bool>,
    pub(super) effective_date: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Proposed,
    Rejected,
    Posted,
}

impl WriteOff {
    /// `None` before it is made.
    pub fn state(&self) -> Option<WriteOffState> {
        self.made.as_ref().map(Made::state)
    }

    /// All its legs, undone or not, in the order of their numbers.
    pub fn legs(&self) -> &[Leg] {
        self.made.as_ref().map_or(&[], |made| made.legs.as_slice())
    }

    /// The legs that stand; none of a write-off that is not posted.
    pub fn live_legs(&self) -> impl Iterator<Item = &Leg> {
        let posted = self.made.iter().filter(|made| made.phase == Phase::Posted);
        posted
            .flat_map(|made| made.legs.iter().zip(&made.reversed).filter(|(_, reversed)| !**reversed))
            .map(|(leg, _)| leg)
    }

    pub fn customer(&self) -> Option<&CustomerId> {
        self.made.as_ref().map(|made| &made.customer)
    }

    /// Who has made it; `None` once it does not wait for approval any more.
    pub fn waits_for_approval(&self) -> Option<&Requester> {
        self.made.as_ref().filter(|made| made.phase == Phase::Proposed)?.requested_by.as_ref()
    }

    /// The business date of a step nobody gave one: of the approval, that of the proposal, which is what is approved; of what
    /// is undone, today, or that of the posting, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        self.made.as_ref().map_or(today, |made| match made.phase {
            Phase::Proposed => made.effective_date,
            Phase::Rejected | Phase::Posted => made.effective_date.max(today),
        })
    }
}

impl Made {
    pub(super) fn state(&self) -> WriteOffState {
        match self.phase {
            Phase::Proposed => WriteOffState::Proposed,
            Phase::Rejected => WriteOffState::Rejected,
            Phase::Posted if self.reversed.iter().all(|reversed| *reversed) => WriteOffState::Reversed,
            Phase::Posted if self.reversed.contains(&true) => WriteOffState::PartlyReversed,
            Phase::Posted => WriteOffState::Posted,
        }
    }

    /// The differences that are none once this leg is undone: those on its bill, if they are more than a small part of the
    /// other money of this write-off that pays it. Else they could be made with much money, and kept with little.
    pub(super) fn goes_with(&self, undone: &Leg) -> Vec<&Leg> {
        let live = self.legs.iter().zip(&self.reversed).filter(|(_, reversed)| !**reversed);
        let others = live.map(|(leg, _)| leg).filter(|leg| leg.bill == undone.bill && leg.leg != undone.leg);
        let (money, differences): (Vec<_>, Vec<_>) = others.partition(|leg| leg.source.is_money());
        let sum = |legs: &[&Leg]| {
            legs.iter().try_fold(Decimal::ZERO, |sum, leg| sum.checked_add(leg.amount.amount()))
        };
        let stays = match (sum(&differences), sum(&money)) {
            (Some(differences), Some(money)) => is_small_part(differences, money),
            (None, _) | (_, None) => false,
        };
        if undone.source.is_money() && !stays { differences } else { Vec::new() }
    }

    /// A leg by its number, and whether it is undone.
    pub(super) fn leg(&self, number: u32) -> Option<(usize, &Leg, bool)> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        Some((at, self.legs.get(at)?, *self.reversed.get(at)?))
    }
}

/// How a write-off begins.
fn begin(event: &WriteOffEvent) -> Option<Made> {
    match event {
        WriteOffEvent::WriteOffProposed {
            write_off, customer, legs, requested_by, effective_date, ..
        } => {
            let (phase, requested_by) = (Phase::Proposed, Some(requested_by.clone()));
            Some(Made { phase, requested_by, ..posted((write_off, customer), legs, *effective_date) })
        }
        WriteOffEvent::WriteOffPosted { write_off, customer, legs, effective_date, .. } => {
            Some(posted((write_off, customer), legs, *effective_date))
        }
        WriteOffEvent::WriteOffRejected { .. } | WriteOffEvent::WriteOffLegReversed { .. } => None,
    }
}

fn posted(
    (write_off, customer): (&WriteOffId, &CustomerId),
    legs: &[Leg],
    effective_date: NaiveDate,
) -> Made {
    Made {
        write_off: write_off.clone(),
        customer: customer.clone(),
        legs: legs.to_vec(),
        requested_by: None,
        phase: Phase::Posted,
        reversed: vec![false; legs.len()],
        effective_date,
    }
}

/// A step of one that was made.
fn step(made: &mut Made, event: &WriteOffEvent) -> Result<(), &'static str> {
    if made.write_off != *event.write_off() {
        return Err("belongs to another write-off");
    }
    match event {
        WriteOffEvent::WriteOffProposed { .. } => return Err("made twice"),
        WriteOffEvent::WriteOffRejected { .. } if made.phase == Phase::Proposed => {
            made.phase = Phase::Rejected
        }
        WriteOffEvent::WriteOffPosted { legs, effective_date, .. } if made.phase == Phase::Proposed => {
            if *legs != made.legs {
                return Err("other legs than were proposed");
            }
            made.phase = Phase::Posted;
            made.effective_date = *effective_date;
        }
        WriteOffEvent::WriteOffLegReversed { leg, .. } if made.phase == Phase::Posted => {
            match made.leg(leg.leg) {
                Some((at, standing, false)) if standing == leg => made.reversed[at] = true,
                Some(_) | None => return Err("there is no such leg to undo"),
            }
        }
        WriteOffEvent::WriteOffRejected { .. }
        | WriteOffEvent::WriteOffPosted { .. }
        | WriteOffEvent::WriteOffLegReversed { .. } => return Err("not a step from the state it met"),
    }
    Ok(())
}

impl EventSourced for WriteOff {
    fn decide(&self, command: WriteOffCommand) -> Result<Vec<WriteOffEvent>, WriteOffRefusal> {
        rules::decide(self, command)
    }

    fn evolve(&mut self, event: &WriteOffEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.write_off()))
        };
        match &mut self.made {
            Some(made) => step(made, event).map_err(corrupt),
            made @ None => {
                *made = Some(begin(event).ok_or_else(|| corrupt("never made"))?);
                Ok(())
            }
        }
    }

    fn pick(event: &BookEvent) -> Option<&WriteOffEvent> {
        match event {
            BookEvent::Settlement(SettlementEvent::WriteOff(event)) => Some(event),
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

impl Aggregate for WriteOff {
    const TYPE: &'static str = "write_off";
    type Command = WriteOffCommand;
    type Event = WriteOffEvent;
    type Error = WriteOffRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: WriteOffCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), WriteOffRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WriteOffEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
