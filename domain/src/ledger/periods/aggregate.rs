//! Which months are closed, and who has asked to open one again.
//!
//! One stream for the whole book, so that every command can be judged by it: the lane holds it for each decision.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PeriodCommand, PeriodEvent, PeriodRefusal, PeriodState};
use crate::actor::Actor;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::month::Month;
use crate::requester::Requester;

/// The accounting periods; by default all of them are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountingPeriods {
    /// Each closed month, with who has asked to reopen it.
    closed: BTreeMap<Month, Option<Requester>>,
}

impl AccountingPeriods {
    pub fn is_closed(&self, period: Month) -> bool {
        self.closed.contains_key(&period)
    }

    pub fn state(&self, period: Month) -> PeriodState {
        match self.closed.get(&period) {
            None => PeriodState::Open,
            Some(None) => PeriodState::Closed,
            Some(Some(_)) => PeriodState::ReopeningRequested,
        }
    }

    /// Who has asked to reopen it.
    pub fn requested_by(&self, period: Month) -> Option<&Actor> {
        self.closed.get(&period).and_then(Option::as_ref).map(Requester::actor)
    }

    /// Who has asked to reopen it, with the person behind an API key.
    pub fn waits_for_approval(&self, period: Month) -> Option<&Requester> {
        self.closed.get(&period).and_then(Option::as_ref)
    }

    /// Accepts a business date in an open month.
    pub fn check_open(&self, effective_date: NaiveDate) -> Result<(), PeriodRefusal> {
        match Month::of(effective_date) {
            Some(period) if self.is_closed(period) => Err(PeriodRefusal::Closed { period, effective_date }),
            Some(_) | None => Ok(()),
        }
    }

    /// Who has asked to reopen a closed month.
    fn requester(&self, period: Month) -> Result<Option<&Requester>, PeriodRefusal> {
        let closed = self.closed.get(&period).ok_or(PeriodRefusal::NotClosed { period })?;
        Ok(closed.as_ref())
    }

    /// Closing again is a retry.
    fn close(&self, period: Month, today: NaiveDate) -> Result<Option<PeriodEvent>, PeriodRefusal> {
        if self.is_closed(period) {
            return Ok(None);
        }
        if period.last_day() >= today {
            return Err(PeriodRefusal::NotOver { period, today });
        }
        Ok(Some(PeriodEvent::PeriodClosed { period }))
    }

    fn under_review(&self, period: Month) -> Result<&Requester, PeriodRefusal> {
        self.requester(period)?.ok_or(PeriodRefusal::ReopeningNotRequested { period })
    }
}

impl EventSourced for AccountingPeriods {
    fn decide(&self, command: PeriodCommand) -> Result<Vec<PeriodEvent>, PeriodRefusal> {
        let event = match command {
            PeriodCommand::Close { period, today } => self.close(period, today)?,
            PeriodCommand::RequestReopening { period, requested_by, reason } => {
                if let Some(requester) = self.requester(period)? {
                    let requested_by = requester.actor().clone();
                    return Err(PeriodRefusal::ReopeningUnderWay { period, requested_by });
                }
                Some(PeriodEvent::PeriodReopeningRequested { period, requested_by, reason })
            }
            PeriodCommand::ApproveReopening { period, approved_by } => {
                let requested_by = self.under_review(period)?;
                if requested_by.is(&approved_by) {
                    let requested_by = requested_by.actor().clone();
                    return Err(PeriodRefusal::SelfApproval { period, requested_by });
                }
                Some(PeriodEvent::PeriodReopened { period, approved_by })
            }
            PeriodCommand::RejectReopening { period, rejected_by, reason } => {
                self.under_review(period)?;
                Some(PeriodEvent::PeriodReopeningRejected { period, rejected_by, reason })
            }
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &PeriodEvent) -> Result<(), CorruptStream> {
        let period = event.period();
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {period}: {detail}", event.kind().name))
        };
        match (event, self.closed.get_mut(&period)) {
            (PeriodEvent::PeriodClosed { .. }, None) => {
                self.closed.insert(period, None);
            }
            (PeriodEvent::PeriodReopeningRequested { requested_by, .. }, Some(requester @ None)) => {
                *requester = Some(requested_by.clone());
            }
            (PeriodEvent::PeriodReopened { .. }, Some(Some(_))) => {
                self.closed.remove(&period);
            }
            (PeriodEvent::PeriodReopeningRejected { .. }, Some(requester @ Some(_))) => *requester = None,
            (PeriodEvent::PeriodClosed { .. }, Some(_)) => return Err(corrupt("closed twice")),
            (PeriodEvent::PeriodReopeningRequested { .. }, Some(Some(_))) => {
                return Err(corrupt("asked for twice"));
            }
            (
                PeriodEvent::PeriodReopened { .. } | PeriodEvent::PeriodReopeningRejected { .. },
                Some(None),
            ) => {
                return Err(corrupt("nobody has asked for it"));
            }
            (
                PeriodEvent::PeriodReopeningRequested { .. }
                | PeriodEvent::PeriodReopened { .. }
                | PeriodEvent::PeriodReopeningRejected { .. },
                None,
            ) => return Err(corrupt("not closed")),
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PeriodEvent> {
        match event {
            BookEvent::Period(event) => Some(event),
            BookEvent::Customer(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for AccountingPeriods {
    const TYPE: &'static str = "accounting_periods";
    type Command = PeriodCommand;
    type Event = PeriodEvent;
    type Error = PeriodRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PeriodCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PeriodRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PeriodEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
