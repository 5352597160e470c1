//! Someone other than who asked gives up what a customer will not pay.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::{ApprovalId, Given};
use tallybook_domain::billing::bill::{BadDebtRequest, BadDebtState, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::{Actor, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::BadDebtOutcome;
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveBadDebt {
    pub bill: BillId,
    /// What is approved; whatever is asked for, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// What was looked at: refused once it is decided, also if the same is asked for again. Whatever waits, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// Today, or the day of issue if that is later, if not given. That of the last one who approves counts.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused if less than was asked for is left by now. It happens once as many have approved as it takes.
pub async fn approve_bad_debt(
    book: &Book,
    context: CommandContext,
    approve: ApproveBadDebt,
) -> Result<Receipt<BadDebtOutcome>, CommandError> {
    let decider =
        Decider::approving(book, Given::alone(context.actor.clone()), approve.approval.clone()).await?;
    let request = context.request("approve_bad_debt", &approve)?;
    let subject = Subject::BadDebt(approve.bill.clone());
    book.execute(request, subject.streams(), move |decision| {
        let ApproveBadDebt { bill, amount, effective_date, approval: _ } = approve.clone();
        decision.state::<Bill>(bill.as_str()).check_bad_debt_is(&bill, amount)?;
        let before = decision.state::<Bill>(bill.as_str()).bad_debt().cloned();
        let state = match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => BadDebtState::Requested,
            Agreed::Enough | Agreed::Before => {
                approve_bad_debt_of(decision, &bill, &decider.given.by, effective_date)?;
                BadDebtState::WrittenOff
            }
        };
        let outcome = BadDebtOutcome::of(decision, &bill, before, state)?;
        Ok(BadDebtOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve_bad_debt_of(
    decision: &mut Decision<'_>,
    bill: &BillId,
    by: &Actor,
    effective_date: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let date = StepDate { given: effective_date, today: decision.today() };
    let (id, approved_by) = (bill.clone(), by.clone());
    let step = BillCommand::ApproveBadDebt { bill: id, amount: None, approved_by, date };
    decision.decide::<Bill>(bill.as_str(), step)?;
    Ok(())
}

pub(crate) fn waiting_bad_debt(decision: &Decision<'_>, bill: &BillId) -> Option<Waiting> {
    let asked = decision.state::<Bill>(bill.as_str()).bad_debt()?.clone();
    let BadDebtRequest { amount, requested_by } = asked;
    Some(Waiting { requested_by, customer: Some(bill.customer()), amounts: vec![amount], why: None })
}
