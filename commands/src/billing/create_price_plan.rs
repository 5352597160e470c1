//! Terms get a name, and a day from which on they can be had.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::billing::{PlanCode, PlanName, PricePlan, PricePlanCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PricePlanOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatePricePlan {
    pub plan: PlanCode,
    pub name: PlanName,
    /// The book's today, if left out.
    pub effective_from: Option<NaiveDate>,
    pub terms: PlanTerms,
}

pub async fn create_price_plan(
    book: &Book,
    context: CommandContext,
    create: CreatePricePlan,
) -> Result<Receipt<PricePlanOutcome>, CommandError> {
    let request = context.request("create_price_plan", &create)?;
    let stream = create.plan.stream();
    let streams = vec![StreamKey::existing::<PricePlan>(&stream)];
    book.execute(request, streams, move |decision| {
        let CreatePricePlan { plan, name, effective_from, terms } = create.clone();
        let effective_from = effective_from.unwrap_or_else(|| decision.today());
        let command = PricePlanCommand::Create { plan: plan.clone(), name, effective_from, terms };
        decision.decide::<PricePlan>(&stream, command)?;
        PricePlanOutcome::of(decision, &plan)
    })
    .await
}
