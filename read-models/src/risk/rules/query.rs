//! Asking for the rules of risk.

use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::risk::{RiskRule, RiskRuleSet};
use utoipa::ToSchema;

use super::{RiskRulesProjection, RiskRulesRow};
use crate::query::{Answer, ReadError, Snapshot};
use crate::schema;

/// Versions that are shown.
const SHOWN: i64 = 100;

/// The rules that count, and those before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskRulesOfBook {
    /// 0 before somebody has changed what a book begins with.
    pub version: u64,
    /// From this score on somebody has to look at a withdrawal before it is approved.
    pub review_from: u32,
    /// From this score on, and who lets it go may not be the one who approves it.
    pub block_from: u32,
    #[schema(value_type = Vec<schema::RiskRule>)]
    pub rules: Vec<RiskRule>,
    /// The last 100 versions, this one first.
    pub versions: Vec<RiskRulesRow>,
}

/// A whole row is decoded by its own `FromRow` alone.
pub async fn risk_rules_of_book(pool: &PgPool) -> Result<Answer<RiskRulesOfBook>, ReadError> {
    let mut snapshot = Snapshot::take::<RiskRulesProjection>(pool).await?;
    let position = snapshot.position_of::<RiskRulesProjection>().await?;
    let latest = sqlx::query_as("SELECT * FROM risk_rules ORDER BY version DESC LIMIT $1").bind(SHOWN);
    let versions: Vec<RiskRulesRow> = latest.fetch_all(snapshot.connection()).await?;
    let (version, rules) = versions
        .first()
        .map_or_else(|| (0, RiskRuleSet::beginning()), |latest| (latest.version, latest.rule_set()));
    let RiskRuleSet { review_from, block_from, rules } = rules;
    Ok(Answer { data: RiskRulesOfBook { version, review_from, block_from, rules, versions }, position })
}
