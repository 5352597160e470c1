//! A plan says something else from a day on; what was billed before keeps its version.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::billing::{PlanCode, PricePlan, PricePlanCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PricePlanOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddPricePlanVersion {
    pub plan: PlanCode,
    pub effective_from: NaiveDate,
    pub terms: PlanTerms,
}

pub async fn add_price_plan_version(
    book: &Book,
    context: CommandContext,
    add: AddPricePlanVersion,
) -> Result<Receipt<PricePlanOutcome>, CommandError> {
    let request = context.request("add_price_plan_version", &add)?;
    let stream = add.plan.stream();
    let streams = vec![StreamKey::existing::<PricePlan>(&stream)];
    book.execute(request, streams, move |decision| {
        let AddPricePlanVersion { plan, effective_from, terms } = add.clone();
        let command = PricePlanCommand::AddVersion { plan: plan.clone(), effective_from, terms };
        decision.decide::<PricePlan>(&stream, command)?;
        PricePlanOutcome::of(decision, &plan)
    })
    .await
}
