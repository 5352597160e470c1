//! The rules of matching become others.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::matching::RuleSet;
use tallybook_domain::settlement::{MatchingRules, MatchingRulesCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeMatchingRules {
    pub rules: RuleSet,
    /// The version that was changed; refused if somebody has changed it meanwhile.
    #[serde(default)]
    pub expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchingRulesOutcome {
    pub version: u32,
    #[serde(flatten)]
    pub rules: RuleSet,
}

/// All of them at once, as a new version. The same again decides nothing.
pub async fn change_matching_rules(
    book: &Book,
    context: CommandContext,
    change: ChangeMatchingRules,
) -> Result<Receipt<MatchingRulesOutcome>, CommandError> {
    let request = context.request("change_matching_rules", &change)?;
    let streams = vec![StreamKey::existing::<MatchingRules>(MatchingRules::STREAM)];
    book.execute(request, streams, move |decision| {
        let ChangeMatchingRules { rules, expected_version: expected } = change.clone();
        let change = MatchingRulesCommand::Change { rules, expected };
        decision.decide::<MatchingRules>(MatchingRules::STREAM, change)?;
        let state = decision.state::<MatchingRules>(MatchingRules::STREAM);
        Ok(MatchingRulesOutcome { version: state.version(), rules: state.rules() })
    })
    .await
}
