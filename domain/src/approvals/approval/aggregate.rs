//! An approval: of the rounds in which its subject was asked for, the last one.
//!
//! Must never take the subject's step: whoever has it approved does both in one decision.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{ApprovalCommand, ApprovalEvent, ApprovalRefusal, ApprovalState, Given, rules};
use crate::approvals::{ApprovalId, ApprovalSubject, ApprovalsEvent};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::requester::Requester;

/// By default what nobody has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub(super) round: Option<Round>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Round {
    pub(super) approval: ApprovalId,
    #[serde(flatten)]
    pub(super) requested_by: Requester,
    pub(super) approvers: u32,
    pub(super) given: Vec<Given>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) state: ApprovalState,
}

impl Approval {
    /// Of the last round; `None` before the first.
    pub fn approval(&self) -> Option<&ApprovalId> {
        self.round.as_ref().map(|round| &round.approval)
    }

    /// Of the last round; `None` before the first.
    pub fn state(&self) -> Option<ApprovalState> {
        self.round.as_ref().map(|round| round.state)
    }

    pub fn is_open(&self) -> bool {
        self.state() == Some(ApprovalState::Open)
    }

    /// Who has agreed in the last round and counts, in their order.
    pub fn given(&self) -> &[Given] {
        self.round.as_ref().map_or(&[], |round| round.given.as_slice())
    }

    /// How many different people the last round takes; 0 before the first.
    pub fn approvers(&self) -> u32 {
        self.round.as_ref().map_or(0, |round| round.approvers)
    }

    /// How many have still to agree.
    pub fn missing(&self) -> u32 {
        self.round.as_ref().filter(|round| round.state == ApprovalState::Open).map_or(0, Round::missing)
    }

    /// That `approval` is the one by which `subject` is decided now, or was last.
    pub fn check_is_latest(
        &self,
        subject: &ApprovalSubject,
        approval: &ApprovalId,
    ) -> Result<(), ApprovalRefusal> {
        rules::check_is_latest(self, subject, approval)
    }

    /// `None` before the first round.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.round.as_ref().map(|round| round.expires_at)
    }
}

impl Round {
    fn missing(&self) -> u32 {
        let given = u32::try_from(self.given.len()).unwrap_or(u32::MAX);
        self.approvers.saturating_sub(given)
    }

    fn change(&mut self, event: &ApprovalEvent) -> Result<(), &'static str> {
        if self.approval != *event.approval() {
            return Err("belongs to another round");
        }
        if self.state != ApprovalState::Open {
            return Err("decided already");
        }
        match event {
            ApprovalEvent::ApprovalRequested { .. } => return Err("asked for twice"),
            ApprovalEvent::ApprovalGiven { given_by, on_behalf_of, .. } => {
                let given = Given { by: given_by.clone(), on_behalf_of: on_behalf_of.clone() };
                self.given.push(given);
                if self.missing() == 0 {
                    self.state = ApprovalState::Approved;
                }
            }
            ApprovalEvent::ApprovalLapsed { given_by, on_behalf_of, .. } => {
                let lapsed = Given { by: given_by.clone(), on_behalf_of: on_behalf_of.clone() };
                let place = self.given.iter().position(|given| *given == lapsed);
                self.given.remove(place.ok_or("lapsed, and never given")?);
            }
            ApprovalEvent::ApprovalRejected { .. } => self.state = ApprovalState::Rejected,
            ApprovalEvent::ApprovalExpired { .. } => self.state = ApprovalState::Expired,
            ApprovalEvent::ApprovalClosed { .. } => self.state = ApprovalState::Closed,
        }
        Ok(())
    }
}

impl EventSourced for Approval {
    fn decide(&self, command: ApprovalCommand) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        rules::decide(self, command)
    }

    fn evolve(&mut self, event: &ApprovalEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.approval()))
        };
        let ApprovalEvent::ApprovalRequested { approval, requested_by, approvers, expires_at, .. } = event
        else {
            let round = self.round.as_mut().ok_or_else(|| corrupt("nobody has asked for it"))?;
            return round.change(event).map_err(corrupt);
        };
        if self.is_open() {
            return Err(corrupt("the round before is not decided"));
        }
        let before = self.approval().map_or(0, ApprovalId::round);
        let same = self.approval().is_none_or(|known| known.subject() == approval.subject());
        if !same || before.checked_add(1) != Some(approval.round()) {
            return Err(corrupt("does not follow the round before"));
        }
        self.round = Some(Round {
            approval: approval.clone(),
            requested_by: requested_by.clone(),
            approvers: *approvers,
            given: Vec::new(),
            expires_at: *expires_at,
            state: ApprovalState::Open,
        });
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&ApprovalEvent> {
        match event {
            BookEvent::Approvals(ApprovalsEvent::Approval(event)) => Some(event),
            BookEvent::Approvals(_)
            | BookEvent::Risk(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Orders(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for Approval {
    const TYPE: &'static str = "approval";
    type Command = ApprovalCommand;
    type Event = ApprovalEvent;
    type Error = ApprovalRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ApprovalCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ApprovalRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ApprovalEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
