//! Somebody looks at an alert.

use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::risk::{RiskAlert, RiskAlertCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::AlertOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClaimAlert {
    pub alert: WithdrawalId,
}

/// Refused while somebody else looks at it, and to who asked for the withdrawal.
pub async fn claim_alert(
    book: &Book,
    context: CommandContext,
    asked: ClaimAlert,
) -> Result<Receipt<AlertOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("claim_alert", &asked)?;
    let streams = vec![StreamKey::existing::<RiskAlert>(RiskAlert::stream(&asked.alert))];
    book.execute(request, streams, move |decision| {
        let claim = RiskAlertCommand::Claim { withdrawal: asked.alert.clone(), by: by.clone() };
        decision.decide::<RiskAlert>(&RiskAlert::stream(&asked.alert), claim)?;
        AlertOutcome::of(decision, &asked.alert)
    })
    .await
}
