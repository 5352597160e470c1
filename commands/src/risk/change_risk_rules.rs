//! The rules of risk become others.

use serde::{Deserialize, Serialize};
use tallybook_domain::risk::{RiskRuleSet, RiskRules, RiskRulesCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeRiskRules {
    pub rules: RiskRuleSet,
    /// The version that was changed; refused if somebody has changed it meanwhile.
    #[serde(default)]
    pub expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskRulesOutcome {
    pub version: u32,
    #[serde(flatten)]
    pub rules: RiskRuleSet,
}

/// All of them at once, as a new version. The same again decides nothing.
pub async fn change_risk_rules(
    book: &Book,
    context: CommandContext,
    change: ChangeRiskRules,
) -> Result<Receipt<RiskRulesOutcome>, CommandError> {
    let request = context.request("change_risk_rules", &change)?;
    let streams = vec![StreamKey::existing::<RiskRules>(RiskRules::STREAM)];
    book.execute(request, streams, move |decision| {
        let ChangeRiskRules { rules, expected_version: expected } = change.clone();
        decision.decide::<RiskRules>(RiskRules::STREAM, RiskRulesCommand::Change { rules, expected })?;
        let state = decision.state::<RiskRules>(RiskRules::STREAM);
        Ok(RiskRulesOutcome { version: state.version(), rules: state.rules() })
    })
    .await
}
