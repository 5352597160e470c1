//! An alert: which withdrawal it is about, and who has looked at it.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{AlertState, RiskAlertCommand, RiskAlertEvent, RiskAlertRefusal, rules};
use crate::actor::Actor;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::WithdrawalId;
use crate::requester::Requester;
use crate::risk::{RiskEvent, RiskOutcome};

/// By default one nobody has raised: the withdrawal passed, or is older than the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskAlert {
    pub(super) raised: Option<Raised>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Raised {
    pub(super) withdrawal: WithdrawalId,
    pub(super) outcome: RiskOutcome,
    #[serde(flatten)]
    pub(super) requested_by: Requester,
    pub(super) state: AlertState,
    pub(super) claimed_by: Option<Actor>,
    pub(super) resolved_by: Option<Actor>,
}

impl RiskAlert {
    /// The id of the stream of a withdrawal's alert.
    pub fn stream(withdrawal: &WithdrawalId) -> String {
        format!("{withdrawal}.alert")
    }

    /// `None` before it is raised.
    pub fn state(&self) -> Option<AlertState> {
        self.raised.as_ref().map(|raised| raised.state)
    }

    pub fn claimed_by(&self) -> Option<&Actor> {
        self.raised.as_ref().and_then(|raised| raised.claimed_by.as_ref())
    }

    /// Accepts an approval of the withdrawal: nobody has to look at it any more, and who let a blocked one go is not
    /// who approves it.
    pub fn check_approval(&self, by: &Actor) -> Result<(), RiskAlertRefusal> {
        let Some(raised) = &self.raised else { return Ok(()) };
        let (alert, outcome) = (raised.withdrawal.clone(), raised.outcome);
        if raised.state.is_open() {
            return Err(RiskAlertRefusal::ReviewOpen { alert, outcome });
        }
        match (outcome, &raised.resolved_by) {
            (RiskOutcome::Block, Some(released_by)) if released_by == by => {
                Err(RiskAlertRefusal::ReleasedBySame { alert, released_by: released_by.clone() })
            }
            (RiskOutcome::Block | RiskOutcome::Review | RiskOutcome::Pass, _) => Ok(()),
        }
    }
}

impl EventSourced for RiskAlert {
    fn decide(&self, command: RiskAlertCommand) -> Result<Vec<RiskAlertEvent>, RiskAlertRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &RiskAlertEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.withdrawal()))
        };
        if let RiskAlertEvent::RiskAlertRaised { withdrawal, outcome, requested_by, .. } = event {
            if self.raised.is_some() {
                return Err(corrupt("raised twice"));
            }
            self.raised = Some(Raised {
                withdrawal: withdrawal.clone(),
                outcome: *outcome,
                requested_by: requested_by.clone(),
                state: AlertState::Open,
                claimed_by: None,
                resolved_by: None,
            });
            return Ok(());
        }
        let raised = self.raised.as_mut().ok_or_else(|| corrupt("never raised"))?;
        if raised.withdrawal != *event.withdrawal() {
            return Err(corrupt("belongs to another withdrawal"));
        }
        if !raised.state.is_open() {
            return Err(corrupt("nobody has to look any more"));
        }
        match event {
            RiskAlertEvent::RiskAlertRaised { .. } => return Err(corrupt("raised twice")),
            RiskAlertEvent::RiskAlertClaimed { claimed_by, .. } => {
                raised.state = AlertState::Claimed;
                raised.claimed_by = Some(claimed_by.clone());
            }
            RiskAlertEvent::RiskAlertResolved { resolved_by, resolution, .. } => {
                raised.state = resolution.state();
                raised.resolved_by = Some(resolved_by.clone());
            }
            RiskAlertEvent::RiskAlertClosed { .. } => raised.state = AlertState::Closed,
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&RiskAlertEvent> {
        match event {
            BookEvent::Risk(RiskEvent::Alert(event)) => Some(event),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => None,
        }
    }
}

impl Aggregate for RiskAlert {
    const TYPE: &'static str = "risk_alert";
    type Command = RiskAlertCommand;
    type Event = RiskAlertEvent;
    type Error = RiskAlertRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: RiskAlertCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), RiskAlertRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: RiskAlertEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
