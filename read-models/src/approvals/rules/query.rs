//! Asking for the rules of approval.

use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::approvals::{ApprovalRuleSet, ApprovalTerms, TermsOfKind};
use utoipa::ToSchema;

use super::{ApprovalRulesProjection, ApprovalRulesRow};
use crate::query::{Answer, ReadError, Snapshot};
use crate::schema;

/// Versions that are shown.
const SHOWN: i64 = 100;

/// The rules that count, and those before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApprovalRulesOfBook {
    /// 0 before somebody has changed what a book begins with.
    pub version: u64,
    /// Of every kind that has no terms of its own.
    #[schema(value_type = schema::ApprovalTerms)]
    pub usual: ApprovalTerms,
    #[schema(value_type = Vec<schema::TermsOfKind>)]
    pub kinds: Vec<TermsOfKind>,
    /// Whether changes of price plans take a second person: new versions, and what customers are billed by.
    pub price_plan_changes: bool,
    /// The last 100 versions, this one first.
    pub versions: Vec<ApprovalRulesRow>,
}

/// A whole row is decoded by its own `FromRow` alone.
pub async fn approval_rules_of_book(pool: &PgPool) -> Result<Answer<ApprovalRulesOfBook>, ReadError> {
    let mut snapshot = Snapshot::take::<ApprovalRulesProjection>(pool).await?;
    let position = snapshot.position_of::<ApprovalRulesProjection>().await?;
    let latest = sqlx::query_as("SELECT * FROM approval_rules ORDER BY version DESC LIMIT $1").bind(SHOWN);
    let versions: Vec<ApprovalRulesRow> = latest.fetch_all(snapshot.connection()).await?;
    let (version, rules) = versions
        .first()
        .map_or_else(|| (0, ApprovalRuleSet::beginning()), |latest| (latest.version, latest.rule_set()));
    let ApprovalRuleSet { usual, kinds, price_plan_changes } = rules;
    Ok(Answer { data: ApprovalRulesOfBook { version, usual, kinds, price_plan_changes, versions }, position })
}
