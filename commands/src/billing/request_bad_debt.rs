//! Somebody asks to give up what a customer will not pay.

use serde::{Deserialize, Serialize};
use tallybook_domain::Money;
use tallybook_domain::billing::bill::BadDebtState;
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::BadDebtOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestBadDebt {
    pub bill: BillId,
    pub amount: Money,
    pub reason: Reason,
}

/// Nothing is posted before somebody else has approved.
pub async fn request_bad_debt(
    book: &Book,
    context: CommandContext,
    asked: RequestBadDebt,
) -> Result<Receipt<BadDebtOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("request_bad_debt", Some(&asked.reason), &asked)?;
    let subject = Subject::BadDebt(asked.bill.clone());
    let mut streams = vec![StreamKey::existing::<Bill>(&asked.bill)];
    streams.extend(subject.streams_of_approval());
    book.execute(request, streams, move |decision| {
        let RequestBadDebt { bill, amount, reason } = asked.clone();
        let step =
            BillCommand::RequestBadDebt { bill: bill.clone(), amount, reason, requested_by: by.clone() };
        decision.decide::<Bill>(bill.as_str(), step)?;
        ask(decision, &subject, Some(&asked.reason))?;
        let outcome = BadDebtOutcome::of(decision, &bill, None, BadDebtState::Requested)?;
        Ok(BadDebtOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}
