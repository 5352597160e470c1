//! A proposal as it is shown.

use serde::Serialize;
use tallybook_domain::settlement::matching::{MatchEvidence, Proposal, RuleName, RuleSet, Score};
use tallybook_domain::settlement::write_off::Leg;
use tallybook_domain::settlement::{ReceiptId, WriteOffId};
use tallybook_domain::{CustomerId, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;

/// What a receipt may pay, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MatchProposal)]
pub struct ProposalView {
    /// The write-off it becomes, if it is posted by itself.
    #[schema(value_type = String, example = "W2K7RA8ZAYFGXSMRSF9FMC3M01")]
    pub write_off: WriteOffId,
    #[schema(value_type = String, example = "RP3XP6RJ5HNHZQAV0")]
    pub receipt: ReceiptId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = schema::MatchingRuleName)]
    pub rule: RuleName,
    /// The version of the book's rules; 0 is what a book begins with.
    pub rules_version: u32,
    /// From 0.00 to 1.00.
    #[schema(value_type = String, example = "0.98")]
    pub score: Score,
    /// Whether the score is high enough to be posted by itself, the payer names no other bill, and no person has undone a
    /// write-off of the receipt or rejected one that rules had found.
    pub automatic: bool,
    /// In words.
    pub reasons: Vec<String>,
    #[schema(value_type = Vec<schema::Leg>)]
    pub legs: Vec<Leg>,
    /// What of the receipt stays free.
    #[schema(value_type = schema::Money)]
    pub left: Money,
}

impl ProposalView {
    pub(super) fn of(proposal: &Proposal, rules: &RuleSet) -> Self {
        let MatchEvidence { rule, rules_version, score, reasons } = proposal.evidence();
        Self {
            write_off: proposal.write_off(),
            receipt: proposal.receipt.clone(),
            customer: proposal.customer.clone(),
            rule,
            rules_version,
            score,
            automatic: proposal.is_automatic(rules),
            reasons: reasons.iter().map(ToString::to_string).collect(),
            legs: proposal.legs.clone(),
            left: proposal.left,
        }
    }
}

pub fn views(proposals: &[Proposal], rules: &RuleSet) -> Vec<ProposalView> {
    proposals.iter().map(|proposal| ProposalView::of(proposal, rules)).collect()
}
