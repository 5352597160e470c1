//! Someone other than its maker lets a write-off happen whose difference is above the maker's limit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::settlement::{WriteOff, WriteOffCommand, WriteOffId, WriteOffRefusal};
use tallybook_domain::{Actor, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::WriteOffOutcome;
use super::legs::{Paper, apply, date_by_default, identify};
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveWriteOff {
    pub write_off: WriteOffId,
    /// The day that was proposed, if not given, or the first day on which all its sources and bills are there, if that is
    /// later. That of the last one who approves counts.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused if less than is needed is left of a source or a bill by now. A receipt nobody has identified is identified by
/// it, if the rules of matching have found the write-off. It happens once as many have approved as it takes.
pub async fn approve_write_off(
    book: &Book,
    context: CommandContext,
    approve: ApproveWriteOff,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let decider = Decider::approving(book, Given::alone(context.actor.clone()), None).await?;
    let request = context.request("approve_write_off", &approve)?;
    let paper = Paper::of(book, &approve.write_off).await?;
    let subject = Subject::WriteOff(paper.clone());
    book.execute(request, subject.streams(), move |decision| {
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => {
                approve_paper(decision, &paper, &decider.given.by, approve.effective_date)?;
            }
        }
        let outcome = WriteOffOutcome::of(decision, &paper.write_off)?;
        Ok(WriteOffOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve_paper(
    decision: &mut Decision<'_>,
    paper: &Paper,
    by: &Actor,
    effective_date: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let (id, today) = (&paper.write_off, decision.today());
    let proposed = decision.state::<WriteOff>(id.as_str()).effective_date_by_default(today);
    let by_default = date_by_default(decision, &paper.legs, proposed);
    let effective_date = effective_date.unwrap_or(by_default);
    let (write_off, approved_by) = (id.clone(), by.clone());
    let step = WriteOffCommand::Approve { write_off, approved_by, effective_date, today };
    decision.decide::<WriteOff>(id.as_str(), step)?;
    if paper.matched {
        identify(decision, id, effective_date)?;
    }
    apply(decision, id, effective_date)
}

/// It waits because of its differences: what they come to is what takes approval.
pub(crate) fn waiting_write_off(decision: &Decision<'_>, paper: &Paper) -> Result<Option<Waiting>, Refusal> {
    let write_off = decision.state::<WriteOff>(paper.write_off.as_str());
    let Some(requested_by) = write_off.waits_for_approval().cloned() else { return Ok(None) };
    let mut amounts: Vec<Money> = Vec::new();
    for leg in paper.legs.iter().filter(|leg| !leg.source.is_money()) {
        match amounts.iter_mut().find(|sum| sum.currency() == leg.amount.currency()) {
            Some(sum) => *sum = sum.checked_add(leg.amount).map_err(WriteOffRefusal::from)?,
            None => amounts.push(leg.amount),
        }
    }
    Ok(Some(Waiting { requested_by, customer: Some(paper.customer.clone()), amounts, why: None }))
}
