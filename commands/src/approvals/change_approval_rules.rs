//! The rules of approval become others.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::{
    ApprovalRuleSet, ApprovalRules, ApprovalRulesCommand, ApprovalTerms, TermsOfKind,
};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeApprovalRules {
    pub rules: ApprovalRuleSet,
    /// The version that was changed; refused if somebody has changed it meanwhile.
    #[serde(default)]
    pub expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRulesOutcome {
    pub version: u32,
    pub usual: ApprovalTerms,
    pub kinds: Vec<TermsOfKind>,
    #[serde(default)]
    pub price_plan_changes: bool,
}

/// All of them at once, as a new version. The same again decides nothing.
pub async fn change_approval_rules(
    book: &Book,
    context: CommandContext,
    change: ChangeApprovalRules,
) -> Result<Receipt<ApprovalRulesOutcome>, CommandError> {
    let request = context.request("change_approval_rules", &change)?;
    let streams = vec![StreamKey::existing::<ApprovalRules>(ApprovalRules::STREAM)];
    book.execute(request, streams, move |decision| {
        let ChangeApprovalRules { rules, expected_version: expected } = change.clone();
        decision.decide::<ApprovalRules>(
            ApprovalRules::STREAM,
            ApprovalRulesCommand::Change { rules, expected },
        )?;
        let state = decision.state::<ApprovalRules>(ApprovalRules::STREAM);
        let ApprovalRuleSet { usual, kinds, price_plan_changes } = state.rules();
        Ok(ApprovalRulesOutcome { version: state.version(), usual, kinds, price_plan_changes })
    })
    .await
}
