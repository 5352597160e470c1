//! Late usage is settled: a bill of what is owed more, or a credit note over what is owed less.
//!
//! The usage says what it was billed as, so a second call finds nothing left, and of two at once one does it all.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{NoteLines, StepDate};
use tallybook_domain::billing::late_usage::{LateUsage, StandingBill};
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillRefusal, CreditPolicy, Usage, UsageCommand};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::issue_drafted::{issue_drafted, streams};
use super::month_bills::MonthBills;
use super::{IssuedBill, NoteOutcome};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettleLateUsage {
    /// The month's bill, or one of its bills of late usage.
    pub bill: BillId,
    pub reason: Reason,
    /// Today, if not given, or the first day on which it can be; in an open period, whatever month was billed.
    #[serde(default)]
    pub issue_date: Option<NaiveDate>,
}

/// What was done about it; nothing, if nothing was left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledLateUsage {
    /// The month's bill.
    pub id: BillId,
    /// With tax: more than nothing if more is owed, less if less.
    pub difference: Money,
    /// The bill of what is owed more.
    pub bill: Option<IssuedBill>,
    /// Over what is owed less, one for each bill it was billed by.
    pub credit_notes: Vec<NoteOutcome>,
    /// Without tax: what notes had taken off the lines already.
    pub not_credited: Money,
}

/// Where two plans share the month, one part of it may be billed and another credited. `policy` says what becomes of a
/// bill that passes the credit limit.
pub async fn settle_late_usage(
    book: &Book,
    context: CommandContext,
    settle: SettleLateUsage,
    policy: CreditPolicy,
) -> Result<Receipt<SettledLateUsage>, CommandError> {
    let request = context.request_because("settle_late_usage", Some(&settle.reason), &settle)?;
    let streams = streams(&settle.bill);
    book.execute(request, streams, move |decision| settle.decide(decision, policy)).await
}

impl SettleLateUsage {
    fn decide(&self, decision: &mut Decision<'_>, policy: CreditPolicy) -> Result<SettledLateUsage, Refusal> {
        let month = MonthBills::of(decision, &self.bill)?;
        let base = decision.state::<Bill>(month.base.as_str()).issue_date();
        let unbilled_on = decision.state::<Usage>(month.usage.as_str()).unbilled_on();
        let date = StepDate { given: self.issue_date, today: decision.today() };
        let issue_date = date.of_late_usage(base, unbilled_on)?;
        let late = month.late_usage(decision)?;
        let (credit_notes, not_credited) = self.credit(decision, &month, &late)?;
        let bill = issue_delta(decision, &month, &late, (issue_date, policy))?;
        let usage = month.usage.clone();
        let count = match (&bill, credit_notes.first()) {
            (Some(_), _) => None,
            (None, Some(NoteOutcome { id, note, .. })) => {
                Some(UsageCommand::Credit { usage, bill: id.clone(), note: *note })
            }
            (None, None) => Some(UsageCommand::Settle { usage }),
        };
        if let Some(count) = count {
            decision.decide::<Usage>(month.usage.as_str(), count)?;
        }
        let (id, difference) = (month.base, late.amounts.total);
        Ok(SettledLateUsage { id, difference, bill, credit_notes, not_credited })
    }

    /// Credits what is owed less; the answer is the notes, and what of it there was nothing left to credit of.
    fn credit(
        &self,
        decision: &mut Decision<'_>,
        month: &MonthBills,
        late: &LateUsage,
    ) -> Result<(Vec<NoteOutcome>, Money), Refusal> {
        let standing = month.standing.iter().filter_map(|bill| {
            decision.state::<Bill>(bill.as_str()).amounts().map(|amounts| StandingBill { bill, amounts })
        });
        let credits = late.credits(&standing.collect::<Vec<_>>()).map_err(BillRefusal::from)?;
        let mut issued = Vec::with_capacity(credits.notes.len());
        for (bill, lines) in credits.notes {
            let date = StepDate { given: self.issue_date, today: decision.today() };
            let (lines, reason) = (NoteLines::Exact(lines), self.reason.clone());
            issued.push(NoteOutcome::credit(decision, &bill, (lines, reason, date))?);
        }
        Ok((issued, credits.not_credited))
    }
}

/// Issues a bill of what is owed more, if anything is.
fn issue_delta(
    decision: &mut Decision<'_>,
    month: &MonthBills,
    late: &LateUsage,
    (issue_date, policy): (NaiveDate, CreditPolicy),
) -> Result<Option<IssuedBill>, Refusal> {
    let parts = late.delta_parts()?;
    let Some(first) = parts.first() else { return Ok(None) };
    let (bill, currency) = (month.next_delta(decision)?, first.quote.subtotal.currency());
    let (id, amends) = (bill.clone(), month.base.clone());
    let draft = BillCommand::DraftDelta { bill: id, currency, parts, amends };
    decision.decide::<Bill>(bill.as_str(), draft)?;
    issue_drafted(decision, &bill, issue_date, &month.base, policy).map(Some)
}
