//! Who may decide what, and until when.
//!
//! As many different people as it takes, none of whom asked for it: whoever decides in somebody's place is himself and
//! the other.

use chrono::{DateTime, TimeDelta, Utc};

use super::aggregate::Round;
use super::command::{Asked, Deciding};
use super::{Approval, ApprovalCommand, ApprovalEvent, ApprovalRefusal, ApprovalState, Given};
use crate::actor::Actor;
use crate::approvals::{ApprovalId, ApprovalSubject, ApprovalTerms};
use crate::text::Reason;

type Decided = Result<Option<ApprovalEvent>, ApprovalRefusal>;

pub(super) fn decide(
    state: &Approval,
    command: ApprovalCommand,
) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
    let decided = match command {
        ApprovalCommand::Request { asked, terms, rules_version, now } => {
            request(state, asked, &terms, (rules_version, now))?
        }
        ApprovalCommand::Give { deciding, reason, gone, now } => {
            return give(state, deciding, reason, (&gone, now));
        }
        ApprovalCommand::Reject { deciding, reason } => reject(state, deciding, reason)?,
        ApprovalCommand::Expire { approval, now } => expire(state, approval, now)?,
        ApprovalCommand::Close { closed_by, reason } => open(state).map(|round| {
            ApprovalEvent::ApprovalClosed { approval: round.approval.clone(), closed_by, reason }
        }),
    };
    Ok(decided.into_iter().collect())
}

fn request(
    state: &Approval,
    asked: Asked,
    terms: &ApprovalTerms,
    (rules_version, now): (u32, DateTime<Utc>),
) -> Decided {
    let Asked { subject, customer, amounts, why, requested_by } = asked;
    if let Some(round) = open(state) {
        return Err(ApprovalRefusal::UnderWay { approval: round.approval.clone() });
    }
    let before = state.approval().map_or(0, ApprovalId::round);
    let lasting = TimeDelta::hours(i64::from(terms.expires_after_hours));
    let (Some(round), Some(expires_at)) = (before.checked_add(1), now.checked_add_signed(lasting)) else {
        return Err(ApprovalRefusal::TooOften { subject });
    };
    Ok(Some(ApprovalEvent::ApprovalRequested {
        approval: ApprovalId::new(&subject, round),
        customer,
        approvers: terms.approvers(&amounts),
        amounts,
        why,
        requested_by,
        rules_version,
        expires_at,
    }))
}

/// Once they are enough, each of those who agreed may say so again. Until then, what was given by who is `gone` by now, or
/// in his place, lapses: he could not take it back.
fn give(
    state: &Approval,
    deciding: Deciding,
    reason: Option<Reason>,
    (gone, now): (&[Actor], DateTime<Utc>),
) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
    let round = meant(state, &deciding.subject, deciding.round)?;
    let Given { by, on_behalf_of } = deciding.given.clone();
    if round.state == ApprovalState::Approved && round.given.iter().any(|given| given.by == by) {
        return Ok(Vec::new());
    }
    check_open(round)?;
    check_not_asked(round, &deciding.given)?;
    let approval = round.approval.clone();
    let (lapsed, counts): (Vec<&Given>, Vec<&Given>) =
        round.given.iter().partition(|given| given.people().any(|person| gone.contains(person)));
    let mut before = counts.into_iter().flat_map(Given::people);
    if let Some(given_by) = before.find(|known| deciding.given.people().any(|person| person == *known)) {
        return Err(ApprovalRefusal::AlreadyGiven { approval, given_by: given_by.clone() });
    }
    if now >= round.expires_at {
        return Err(ApprovalRefusal::Expired { approval, expires_at: round.expires_at });
    }
    let lapses = lapsed.into_iter().cloned().map(|Given { by, on_behalf_of }| {
        ApprovalEvent::ApprovalLapsed { approval: approval.clone(), given_by: by, on_behalf_of }
    });
    let mut events: Vec<ApprovalEvent> = lapses.collect();
    events.push(ApprovalEvent::ApprovalGiven { approval, given_by: by, on_behalf_of, reason });
    Ok(events)
}

/// Also what has expired, and also by one who has agreed: he may think again.
fn reject(state: &Approval, deciding: Deciding, reason: Reason) -> Decided {
    let round = meant(state, &deciding.subject, deciding.round)?;
    check_open(round)?;
    let approval = round.approval.clone();
    let Given { by, on_behalf_of } = deciding.given.clone();
    if on_behalf_of.is_none() && round.requested_by.is(&by) {
        let reason = Some(reason);
        return Ok(Some(ApprovalEvent::ApprovalClosed { approval, closed_by: by, reason }));
    }
    check_not_asked(round, &deciding.given)?;
    Ok(Some(ApprovalEvent::ApprovalRejected { approval, rejected_by: by, on_behalf_of, reason }))
}

/// What was decided meanwhile does not expire.
fn expire(state: &Approval, approval: ApprovalId, now: DateTime<Utc>) -> Decided {
    let subject = approval.subject();
    let round = state.round.as_ref().ok_or(ApprovalRefusal::NotFound { subject })?;
    if round.approval != approval || round.state != ApprovalState::Open {
        return Ok(None);
    }
    if now < round.expires_at {
        return Err(ApprovalRefusal::NotDue { approval, expires_at: round.expires_at });
    }
    Ok(Some(ApprovalEvent::ApprovalExpired { approval }))
}

fn open(state: &Approval) -> Option<&Round> {
    state.round.as_ref().filter(|round| round.state == ApprovalState::Open)
}

/// Whoever looked at one must not decide another.
pub(super) fn check_is_latest(
    state: &Approval,
    subject: &ApprovalSubject,
    approval: &ApprovalId,
) -> Result<(), ApprovalRefusal> {
    if approval.subject() != *subject {
        return Err(ApprovalRefusal::OfAnother { approval: approval.clone(), subject: subject.clone() });
    }
    meant(state, subject, Some(approval.round()))?;
    Ok(())
}

/// The round that was meant, or the last one.
fn meant<'a>(
    state: &'a Approval,
    subject: &ApprovalSubject,
    round: Option<u32>,
) -> Result<&'a Round, ApprovalRefusal> {
    let not_found = || ApprovalRefusal::NotFound { subject: subject.clone() };
    let latest = state.round.as_ref().ok_or_else(not_found)?;
    let last = latest.approval.round();
    match round {
        Some(given) if given > last => Err(not_found()),
        Some(given) if given < last => {
            let approval = ApprovalId::new(subject, given);
            Err(ApprovalRefusal::AskedAgain { approval, latest: latest.approval.clone() })
        }
        Some(_) | None => Ok(latest),
    }
}

fn check_open(round: &Round) -> Result<(), ApprovalRefusal> {
    if round.state == ApprovalState::Open {
        return Ok(());
    }
    Err(ApprovalRefusal::NotOpen { approval: round.approval.clone(), state: round.state })
}

/// Four eyes: neither the one who decides nor the one in whose place has asked, or made or holds the API key that did.
fn check_not_asked(round: &Round, given: &Given) -> Result<(), ApprovalRefusal> {
    if !given.people().any(|person| round.requested_by.is(person)) {
        return Ok(());
    }
    let requested_by = round.requested_by.actor().clone();
    Err(ApprovalRefusal::SelfApproval { approval: round.approval.clone(), requested_by })
}
