//! How the answers to commands on approvals look in OpenAPI. Described here only; never made or read.

use chrono::{DateTime, Utc};
use tallybook_read_models::schema::{ApprovalKind, ApprovalState, Given};
use utoipa::ToSchema;

/// The approval as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::approvals::ApprovalOutcome")]
pub(super) struct ApprovalOutcome {
    #[schema(example = "refund.RP3XP6RJ5HNHZQAV0.1")]
    id: String,
    kind: ApprovalKind,
    /// The id of what it is about.
    #[schema(example = "RP3XP6RJ5HNHZQAV0")]
    subject: String,
    state: ApprovalState,
    /// How many different people it takes.
    approvers: u32,
    /// How many of them have still to agree.
    missing: u32,
    given: Vec<Given>,
    expires_at: DateTime<Utc>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The delegation a command was about.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::approvals::DelegationOutcome")]
pub(super) struct DelegationOutcome {
    #[schema(example = "user:wang.3")]
    id: String,
    #[schema(example = "user:wang")]
    delegator: String,
    /// Whether it was ended.
    ended: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::approvals::{ApprovalOutcome, ApprovalRulesOutcome, DelegationOutcome};
    use tallybook_domain::approvals::{ApprovalId, ApprovalRuleSet, ApprovalState, Given};

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let id: ApprovalId = "period_reopening.2026-10.1".parse().unwrap();
        let on_behalf_of = Some("user:zhao".parse().unwrap());
        let approval = ApprovalOutcome {
            kind: id.kind(),
            subject: id.subject().id(),
            id,
            state: ApprovalState::Open,
            approvers: 2,
            missing: 1,
            given: vec![Given { by: "user:wang".parse().unwrap(), on_behalf_of }],
            expires_at: "2026-11-09T04:00:00Z".parse().unwrap(),
        };
        assert_described("ApprovalOutcome", &approval);
        let ApprovalRuleSet { usual, kinds, price_plan_changes } = ApprovalRuleSet::beginning();
        let rules = ApprovalRulesOutcome { version: 1, usual, kinds, price_plan_changes };
        assert_described("ApprovalRulesOutcome", &rules);
        let (id, delegator) = ("user:wang.1".parse().unwrap(), "user:wang".parse().unwrap());
        assert_described("DelegationOutcome", &DelegationOutcome { id, delegator, ended: false });
    }
}
