//! Someone other than who asked for a withdrawal lets it go out.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::deposits::{Withdrawal, WithdrawalCommand};
use tallybook_domain::{Actor, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, check_may_withdraw, check_reviewed};
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveWithdrawal {
    pub withdrawal: WithdrawalId,
}

/// Refused while the customer is suspended, and while somebody has still to look at the risk of it. It goes out once as
/// many have approved as it takes.
pub async fn approve_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: ApproveWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let decider = Decider::approving(book, Given::alone(context.actor.clone()), None).await?;
    let request = context.request("approve_withdrawal", &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    let subject = Subject::Withdrawal(parties.clone());
    book.execute(request, subject.streams(), move |decision| {
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => approve(decision, &parties, &decider.given.by)?,
        }
        let outcome = WithdrawalOutcome::of(decision, &parties.withdrawal, &parties.wallet)?;
        Ok(WithdrawalOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve(decision: &mut Decision<'_>, parties: &Parties, by: &Actor) -> Result<(), Refusal> {
    let step = WithdrawalCommand::Approve { withdrawal: parties.withdrawal.clone(), by: by.clone() };
    decision.decide::<Withdrawal>(parties.withdrawal.as_str(), step)?;
    Ok(())
}

/// Nobody agrees to what somebody has still to look at, nor to what could not go out.
pub(crate) fn check_may_approve(
    decision: &Decision<'_>,
    parties: &Parties,
    given: &Given,
) -> Result<(), Refusal> {
    for person in given.people() {
        check_reviewed(decision, parties, person)?;
    }
    check_may_withdraw(decision, parties)
}

pub(crate) fn waiting_withdrawal(decision: &Decision<'_>, parties: &Parties) -> Option<Waiting> {
    let withdrawal = decision.state::<Withdrawal>(parties.withdrawal.as_str());
    let requested_by = withdrawal.waits_for_approval()?.clone();
    let (customer, amounts) = (Some(parties.customer.clone()), withdrawal.amount().into_iter().collect());
    Some(Waiting { requested_by, customer, amounts, why: None })
}
