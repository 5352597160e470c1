//! Agreeing to something that waits, or not: the approval decides who may, and whether that is enough.

use tallybook_domain::approvals::{
    Approval, ApprovalCommand, ApprovalDelegations, ApprovalId, ApprovalRefusal, Deciding, Given,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, StoreError, StreamKey};

use super::ask::ask;
use super::subject::Subject;

/// Who decides, in whose place, and what he means.
#[derive(Debug, Clone)]
pub(crate) struct Decider {
    pub(crate) given: Given,
    /// What he has looked at; without one, whatever waits now.
    pub(crate) approval: Option<ApprovalId>,
    /// Who cannot sign in any more, so that what they gave counts no longer.
    gone: Vec<Actor>,
}

impl Decider {
    /// One who approves: what others have given before counts as far as they may still sign in now.
    pub(crate) async fn approving(
        book: &Book,
        given: Given,
        approval: Option<ApprovalId>,
    ) -> Result<Self, CommandError> {
        let names =
            sqlx::query_scalar!("SELECT name FROM users WHERE disabled").fetch_all(book.pool()).await?;
        let person = |name: String| {
            let actor = format!("user:{name}").parse::<Actor>();
            actor.map_err(|_| StoreError::Corrupt(format!("{name:?} is said to be a user")))
        };
        let gone = names.into_iter().map(person).collect::<Result<_, _>>()?;
        Ok(Self { given, approval, gone })
    }

    /// One who rejects: he alone is enough.
    pub(crate) fn rejecting(given: Given, approval: Option<ApprovalId>) -> Self {
        Self { given, approval, gone: Vec::new() }
    }

    pub(super) fn streams(&self) -> Option<StreamKey> {
        let delegator = self.given.on_behalf_of.as_ref()?;
        Some(StreamKey::existing::<ApprovalDelegations>(delegator))
    }

    pub(super) fn deciding(&self, subject: &Subject) -> Deciding {
        let round = self.approval.as_ref().map(ApprovalId::round);
        Deciding { subject: subject.name(), round, given: self.given.clone() }
    }

    fn check_meant(&self, decision: &Decision<'_>, subject: &Subject) -> Result<(), ApprovalRefusal> {
        let Some(approval) = &self.approval else { return Ok(()) };
        let name = subject.name();
        decision.state::<Approval>(&name.to_string()).check_is_latest(&name, approval)
    }

    fn check_delegated(&self, decision: &Decision<'_>) -> Result<(), Refusal> {
        let Given { by, on_behalf_of } = &self.given;
        let Some(delegator) = on_behalf_of else { return Ok(()) };
        let delegations = decision.state::<ApprovalDelegations>(delegator.as_str());
        Ok(delegations.check(delegator, by, decision.today())?)
    }
}

/// What became of something when somebody agreed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreed {
    /// Somebody else has to agree, too.
    NotYet,
    /// It takes nobody else.
    Enough,
    /// It did not wait for anybody.
    Before,
}

/// What was asked for before there were approvals is asked for now, by today's rules.
pub(crate) fn agree(
    decision: &mut Decision<'_>,
    subject: &Subject,
    decider: &Decider,
    reason: Option<&Reason>,
) -> Result<Agreed, Refusal> {
    decider.check_delegated(decision)?;
    let waits = open(decision, subject)?;
    decider.check_meant(decision, subject)?;
    if !waits {
        return Ok(Agreed::Before);
    }
    let (deciding, now) = (decider.deciding(subject), decision.now());
    let give = ApprovalCommand::Give { deciding, reason: reason.cloned(), gone: decider.gone.clone(), now };
    let stream = subject.name().to_string();
    decision.decide::<Approval>(&stream, give)?;
    subject.check_may_approve(decision, &decider.given)?;
    if decision.state::<Approval>(&stream).is_open() { Ok(Agreed::NotYet) } else { Ok(Agreed::Enough) }
}

/// Whether it waited for anybody.
pub(crate) fn disagree(
    decision: &mut Decision<'_>,
    subject: &Subject,
    decider: &Decider,
    reason: &Reason,
) -> Result<bool, Refusal> {
    decider.check_delegated(decision)?;
    let waits = open(decision, subject)?;
    decider.check_meant(decision, subject)?;
    if !waits {
        return Ok(false);
    }
    let reject = ApprovalCommand::Reject { deciding: decider.deciding(subject), reason: reason.clone() };
    decision.decide::<Approval>(&subject.name().to_string(), reject)?;
    Ok(true)
}

/// It has come to an end otherwise: nobody need decide it any more.
pub(crate) fn close(
    decision: &mut Decision<'_>,
    subject: &Subject,
    closed_by: &Actor,
    reason: Option<&Reason>,
) -> Result<(), Refusal> {
    let close = ApprovalCommand::Close { closed_by: closed_by.clone(), reason: reason.cloned() };
    decision.decide::<Approval>(&subject.name().to_string(), close)?;
    Ok(())
}

/// Whether it waits for anybody, with an approval to decide if so.
fn open(decision: &mut Decision<'_>, subject: &Subject) -> Result<bool, Refusal> {
    if subject.waiting(decision)?.is_none() {
        return Ok(false);
    }
    if !decision.state::<Approval>(&subject.name().to_string()).is_open() {
        ask(decision, subject, None)?;
    }
    Ok(true)
}
