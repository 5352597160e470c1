//! Money, credits and differences settle bills, all of it in one decision or nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::matching::MatchEvidence;
use tallybook_domain::settlement::write_off::{
    DifferenceLimits, Leg, LegSource, WriteOffTerms, check_legs, pair,
};
use tallybook_domain::settlement::{WriteOff, WriteOffCommand, WriteOffId, WriteOffRefusal, WriteOffState};
use tallybook_domain::{Money, Refusal, Requester};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::WriteOffOutcome;
use super::legs::{Paper, apply, date_by_default, standing_differences, streams, try_out};
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeWriteOff {
    pub split: Split,
    /// Today, if not given, or the first day on which all its sources and bills are there, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// How much goes where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// The first source pays the first bill; what is left of either goes on with the next.
    Sums { sources: Vec<(LegSource, Money)>, bills: Vec<(BillId, Money)> },
    /// As they are.
    Legs(Vec<Leg>),
}

/// Posted at once, if its differences are within `limits`, those of who makes it; else it waits for somebody else.
///
/// `write_off` was made for this call; a repeat with the same key brings another and is answered with the first.
pub async fn make_write_off(
    book: &Book,
    context: CommandContext,
    write_off: WriteOffId,
    asked: MakeWriteOff,
    limits: DifferenceLimits,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let request = context.request("make_write_off", &asked)?;
    let legs = match asked.split {
        Split::Sums { sources, bills } => pair(&sources, &bills),
        Split::Legs(legs) => check_legs(legs.len()).map(|()| legs),
    }
    .map_err(Refusal::from)?;
    let mut streams = streams(&legs);
    streams.push(StreamKey::fresh::<WriteOff>(&write_off));
    let (given, matched) = (asked.effective_date, None);
    let made = Made { write_off, legs, requested_by, limits, given, matched };
    streams.extend(made.subject()?.fresh_streams_of_approval());
    book.execute(request, streams, move |decision| decide(decision, made.clone())).await
}

/// A write-off on its way into the book, whoever has thought of it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) write_off: WriteOffId,
    pub(super) legs: Vec<Leg>,
    pub(super) requested_by: Requester,
    pub(super) limits: DifferenceLimits,
    pub(super) given: Option<NaiveDate>,
    pub(super) matched: Option<MatchEvidence>,
}

impl Made {
    /// What somebody has to approve, if its maker may not post it alone.
    pub(super) fn subject(&self) -> Result<Subject, Refusal> {
        let customer = self.legs.first().map(|leg| leg.bill.customer()).ok_or(WriteOffRefusal::NoLegs)?;
        let (write_off, legs, matched) = (self.write_off.clone(), self.legs.clone(), self.matched.is_some());
        Ok(Subject::WriteOff(Paper { write_off, customer, legs, matched }))
    }
}

fn decide(decision: &mut Decision<'_>, made: Made) -> Result<WriteOffOutcome, Refusal> {
    let (write_off, subject) = (made.write_off.clone(), made.subject()?);
    match paper(decision, made)? {
        Some(effective_date) => apply(decision, &write_off, effective_date)?,
        None => ask(decision, &subject, None)?,
    }
    let outcome = WriteOffOutcome::of(decision, &write_off)?;
    Ok(WriteOffOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
}

/// The write-off itself. Answers with its business date if its legs are to take now, and not wait for somebody.
pub(super) fn paper(decision: &mut Decision<'_>, made: Made) -> Result<Option<NaiveDate>, Refusal> {
    let Made { write_off, legs, requested_by, limits, given, matched } = made;
    let customer = legs.first().map(|leg| leg.bill.customer()).ok_or(WriteOffRefusal::NoLegs)?;
    let today = decision.today();
    let effective_date = given.unwrap_or_else(|| date_by_default(decision, &legs, today));
    let standing = standing_differences(decision, &legs);
    let to_try = (legs.clone(), matched.is_some());
    let terms = WriteOffTerms { write_off: write_off.clone(), customer, legs, effective_date, matched };
    let make = WriteOffCommand::Make { terms, requested_by, limits, standing, today };
    decision.decide::<WriteOff>(write_off.as_str(), make)?;
    let state = decision.state::<WriteOff>(write_off.as_str()).state();
    if state == Some(WriteOffState::Posted) {
        return Ok(Some(effective_date));
    }
    try_out(decision, &write_off, to_try, effective_date)?;
    Ok(None)
}
