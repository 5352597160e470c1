//! A plan says something else from a day on; what was billed before keeps its version.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Requester;
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::billing::{PlanCode, PlanVersionRequest, PricePlan, PricePlanCommand};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PricePlanOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals, open_approval, price_plan_changes_wait};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddPricePlanVersion {
    pub plan: PlanCode,
    pub effective_from: NaiveDate,
    pub terms: PlanTerms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// At once or, if the rules of approval say so, once somebody else has approved: from the same day on.
pub async fn add_price_plan_version(
    book: &Book,
    context: CommandContext,
    add: AddPricePlanVersion,
) -> Result<Receipt<PricePlanOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("add_price_plan_version", add.reason.as_ref(), &add)?;
    let (stream, subject) = (add.plan.stream(), Subject::PricePlanVersion(add.plan.clone()));
    let mut streams = vec![StreamKey::existing::<PricePlan>(&stream)];
    streams.extend(subject.streams_of_approval());
    book.execute(request, streams, move |decision| {
        if !price_plan_changes_wait(decision) {
            decision.decide::<PricePlan>(&stream, add.clone().at_once())?;
            return PricePlanOutcome::of(decision, &add.plan);
        }
        decision.decide::<PricePlan>(&stream, add.clone().by(by.clone()))?;
        ask(decision, &subject, add.reason.as_ref())?;
        let (approval, missing_approvals) =
            (open_approval(decision, &subject), missing_approvals(decision, &subject));
        Ok(PricePlanOutcome { approval, missing_approvals, ..PricePlanOutcome::of(decision, &add.plan)? })
    })
    .await
}

impl AddPricePlanVersion {
    fn at_once(self) -> PricePlanCommand {
        let Self { plan, effective_from, terms, reason: _ } = self;
        PricePlanCommand::AddVersion { plan, effective_from, terms }
    }

    /// For somebody else to approve.
    fn by(self, requested_by: Requester) -> PricePlanCommand {
        let Self { plan, effective_from, terms, reason } = self;
        let terms = Arc::new(terms);
        let request = PlanVersionRequest { effective_from, terms, reason, requested_by };
        PricePlanCommand::RequestVersion { plan, request }
    }
}
