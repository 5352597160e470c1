//! What one person has delegated.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{ApprovalDelegationsEvent, ApprovalDelegationsRefusal, DelegationId};
use crate::actor::Actor;
use crate::approvals::ApprovalsEvent;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::text::Reason;

/// By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalDelegations {
    delegator: Option<Actor>,
    /// All there were; `None` of one that was ended.
    made: BTreeMap<u32, Option<Delegation>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Delegation {
    delegate: Actor,
    from: NaiveDate,
    until: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalDelegationsCommand {
    Delegate {
        delegator: Actor,
        delegate: Actor,
        from: NaiveDate,
        until: NaiveDate,
        reason: Reason,
        today: NaiveDate,
    },
    End {
        delegation: DelegationId,
        by: Actor,
    },
}

/// The longest, both days included.
const MOST_DAYS: u32 = 366;

impl ApprovalDelegations {
    /// The last one that was made.
    pub fn latest(&self) -> Option<DelegationId> {
        let (number, _) = self.made.last_key_value()?;
        Some(DelegationId::new(self.delegator.as_ref()?, *number))
    }

    /// Accepts who may approve in the delegator's place today.
    pub fn check(
        &self,
        delegator: &Actor,
        delegate: &Actor,
        today: NaiveDate,
    ) -> Result<(), ApprovalDelegationsRefusal> {
        let mut standing = self.made.values().flatten().filter(|known| known.delegate == *delegate);
        if standing.any(|known| (known.from..=known.until).contains(&today)) {
            return Ok(());
        }
        let (delegator, delegate) = (delegator.clone(), delegate.clone());
        Err(ApprovalDelegationsRefusal::NotDelegated { delegator, delegate, today })
    }

    fn delegate(
        &self,
        (delegator, delegate): (Actor, Actor),
        (from, until): (NaiveDate, NaiveDate),
        reason: Reason,
        today: NaiveDate,
    ) -> Result<Vec<ApprovalDelegationsEvent>, ApprovalDelegationsRefusal> {
        for actor in [&delegator, &delegate] {
            if !actor.as_str().starts_with("user:") {
                return Err(ApprovalDelegationsRefusal::NotAPerson { actor: actor.clone() });
            }
        }
        if delegator == delegate {
            return Err(ApprovalDelegationsRefusal::ToOneself { delegator });
        }
        check_days(from, until, today)?;
        let overlaps =
            |known: &Delegation| known.delegate == delegate && known.from <= until && from <= known.until;
        let overlapping = self.made.iter().find(|(_, known)| known.as_ref().is_some_and(overlaps));
        if let Some((number, _)) = overlapping {
            let delegation = DelegationId::new(&delegator, *number);
            return Err(ApprovalDelegationsRefusal::Overlaps { delegation, delegate });
        }
        let before = self.made.last_key_value().map_or(0, |(number, _)| *number);
        let Some(number) = before.checked_add(1) else {
            return Err(ApprovalDelegationsRefusal::TooMany { delegator });
        };
        let delegation = DelegationId::new(&delegator, number);
        Ok(vec![ApprovalDelegationsEvent::ApprovalsDelegated { delegation, delegate, from, until, reason }])
    }

    /// By the one who made it or the one who was to do it; ending again is a retry.
    fn end(
        &self,
        delegation: DelegationId,
        by: &Actor,
    ) -> Result<Vec<ApprovalDelegationsEvent>, ApprovalDelegationsRefusal> {
        match self.made.get(&delegation.number()) {
            None => Err(ApprovalDelegationsRefusal::NotFound { delegation }),
            Some(None) => Ok(Vec::new()),
            Some(Some(known)) if *by != known.delegate && *by != delegation.delegator() => {
                Err(ApprovalDelegationsRefusal::OfOthers { delegation })
            }
            Some(Some(known)) => {
                let delegate = known.delegate.clone();
                Ok(vec![ApprovalDelegationsEvent::ApprovalDelegationEnded { delegation, delegate }])
            }
        }
    }
}

fn check_days(from: NaiveDate, until: NaiveDate, today: NaiveDate) -> Result<(), ApprovalDelegationsRefusal> {
    if until < from {
        return Err(ApprovalDelegationsRefusal::EndsBeforeItBegins { from, until });
    }
    if until < today {
        return Err(ApprovalDelegationsRefusal::Over { until, today });
    }
    let days = until.signed_duration_since(from).num_days().saturating_add(1);
    match u32::try_from(days) {
        Ok(days) if days <= MOST_DAYS => Ok(()),
        Ok(days) => Err(ApprovalDelegationsRefusal::TooLong { days, most: MOST_DAYS }),
        Err(_) => Err(ApprovalDelegationsRefusal::TooLong { days: u32::MAX, most: MOST_DAYS }),
    }
}

impl EventSourced for ApprovalDelegations {
    fn decide(
        &self,
        command: ApprovalDelegationsCommand,
    ) -> Result<Vec<ApprovalDelegationsEvent>, ApprovalDelegationsRefusal> {
        match command {
            ApprovalDelegationsCommand::Delegate { delegator, delegate, from, until, reason, today } => {
                self.delegate((delegator, delegate), (from, until), reason, today)
            }
            ApprovalDelegationsCommand::End { delegation, by } => self.end(delegation, &by),
        }
    }

    fn evolve(&mut self, event: &ApprovalDelegationsEvent) -> Result<(), CorruptStream> {
        let (id, number) = (event.delegation(), event.delegation().number());
        let corrupt =
            |detail: &str| CorruptStream::new(Self::TYPE, format!("{} of {id}: {detail}", event.kind().name));
        let delegator = id.delegator();
        if *self.delegator.get_or_insert_with(|| delegator.clone()) != delegator {
            return Err(corrupt("belongs to somebody else"));
        }
        match (event, self.made.get_mut(&number)) {
            (ApprovalDelegationsEvent::ApprovalsDelegated { delegate, from, until, .. }, None) => {
                let made = Delegation { delegate: delegate.clone(), from: *from, until: *until };
                self.made.insert(number, Some(made));
            }
            (ApprovalDelegationsEvent::ApprovalDelegationEnded { .. }, Some(known @ Some(_))) => {
                *known = None
            }
            (ApprovalDelegationsEvent::ApprovalsDelegated { .. }, Some(_)) => {
                return Err(corrupt("made twice"));
            }
            (ApprovalDelegationsEvent::ApprovalDelegationEnded { .. }, Some(None) | None) => {
                return Err(corrupt("not there to end"));
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&ApprovalDelegationsEvent> {
        match event {
            BookEvent::Approvals(ApprovalsEvent::Delegations(event)) => Some(event),
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

impl Aggregate for ApprovalDelegations {
    const TYPE: &'static str = "approval_delegations";
    type Command = ApprovalDelegationsCommand;
    type Event = ApprovalDelegationsEvent;
    type Error = ApprovalDelegationsRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ApprovalDelegationsCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ApprovalDelegationsRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ApprovalDelegationsEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
