//! The withdrawal: what was asked for, and how far it has come.
//!
//! Must never hold money: what is set aside is the wallet's, and both are decided together.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    WithdrawalAction, WithdrawalCommand, WithdrawalEvent, WithdrawalRefusal, WithdrawalState, rules,
};
use crate::actor::Actor;
use crate::deposits::ChannelReference;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::requester::Requester;

/// A withdrawal; by default one nobody has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    pub(super) request: Option<Request>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) withdrawal: WithdrawalId,
    pub(super) wallet: WalletId,
    pub(super) amount: Money,
    #[serde(flatten)]
    pub(super) requested_by: Requester,
    pub(super) state: WithdrawalState,
    /// Who approved or rejected it.
    pub(super) decided_by: Option<Actor>,
    /// The business date of the last step that has one.
    pub(super) last_effective: Option<NaiveDate>,
    /// The bank's or channel's number of the order it was given.
    #[serde(default)]
    pub(super) channel_reference: Option<ChannelReference>,
}

impl Withdrawal {
    /// `None` before it is requested.
    pub fn state(&self) -> Option<WithdrawalState> {
        self.request.as_ref().map(|request| request.state)
    }

    /// `None` before it is requested.
    pub fn wallet(&self) -> Option<&WalletId> {
        self.request.as_ref().map(|request| &request.wallet)
    }

    /// `None` before it is requested.
    pub fn amount(&self) -> Option<Money> {
        self.request.as_ref().map(|request| request.amount)
    }

    /// Who has asked for it; `None` once it does not wait for approval any more.
    pub fn waits_for_approval(&self) -> Option<&Requester> {
        let waiting = self.request.as_ref().filter(|request| request.state == WithdrawalState::Requested);
        waiting.map(|request| &request.requested_by)
    }

    /// The business date of a step nobody gave one: today, or that of the step it follows, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        let last = self.request.as_ref().and_then(|request| request.last_effective);
        last.map_or(today, |last| last.max(today))
    }
}

/// The step an event is the trace of; `None` for the request itself.
fn step(event: &WithdrawalEvent) -> Option<(WithdrawalAction, Option<&Actor>)> {
    match event {
        WithdrawalEvent::WithdrawalRequested { .. } => None,
        WithdrawalEvent::WithdrawalApproved { approved_by, .. } => {
            Some((WithdrawalAction::Approve, Some(approved_by)))
        }
        WithdrawalEvent::WithdrawalRejected { rejected_by, .. } => {
            Some((WithdrawalAction::Reject, Some(rejected_by)))
        }
        WithdrawalEvent::WithdrawalCancelled { .. } => Some((WithdrawalAction::Cancel, None)),
        WithdrawalEvent::WithdrawalSubmitted { .. } => Some((WithdrawalAction::Submit, None)),
        WithdrawalEvent::WithdrawalSucceeded { .. } => Some((WithdrawalAction::Succeed, None)),
        WithdrawalEvent::WithdrawalFailed { .. } => Some((WithdrawalAction::Fail, None)),
        WithdrawalEvent::WithdrawalReturned { .. } => Some((WithdrawalAction::Return, None)),
    }
}

/// The state in which a request begins.
fn begin(event: &WithdrawalEvent) -> Option<Request> {
    let WithdrawalEvent::WithdrawalRequested { withdrawal, wallet, amount, requested_by, .. } = event else {
        return None;
    };
    Some(Request {
        withdrawal: withdrawal.clone(),
        wallet: wallet.clone(),
        amount: *amount,
        requested_by: requested_by.clone(),
        state: WithdrawalState::Requested,
        decided_by: None,
        last_effective: None,
        channel_reference: None,
    })
}

impl EventSourced for Withdrawal {
    fn decide(&self, command: WithdrawalCommand) -> Result<Vec<WithdrawalEvent>, WithdrawalRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &WithdrawalEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.withdrawal()))
        };
        match (&mut self.request, step(event)) {
            (None, None) => self.request = begin(event),
            (Some(_), None) => return Err(corrupt("requested twice")),
            (None, Some(_)) => return Err(corrupt("never requested")),
            (Some(request), Some((action, by))) => {
                if request.withdrawal != *event.withdrawal() {
                    return Err(corrupt("belongs to another withdrawal"));
                }
                // The bank has paid after all.
                let again = action == WithdrawalAction::Submit && request.state == WithdrawalState::Failed;
                if !again && !action.is_open_from(request.state) {
                    return Err(corrupt("not a step from the state it met"));
                }
                request.state = action.target();
                request.last_effective = event.effective_date().or(request.last_effective);
                if let WithdrawalEvent::WithdrawalSubmitted { channel_reference, .. } = event {
                    request.channel_reference.clone_from(channel_reference);
                }
                if by.is_some() {
                    request.decided_by = by.cloned();
                }
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&WithdrawalEvent> {
        match event {
            BookEvent::Withdrawal(event) => Some(event),
            BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => None,
        }
    }
}

impl Aggregate for Withdrawal {
    const TYPE: &'static str = "withdrawal";
    type Command = WithdrawalCommand;
    type Event = WithdrawalEvent;
    type Error = WithdrawalRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: WithdrawalCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), WithdrawalRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WithdrawalEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
