//! Asking for the rules of matching.

use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use tallybook_domain::settlement::matching::{MatchingRule, RuleSet, Score};
use utoipa::ToSchema;

use super::{MatchingRules, MatchingRulesRow};
use crate::query::{Answer, ReadError, Snapshot};
use crate::schema;

/// Versions that are shown.
const SHOWN: i64 = 100;

/// The rules that count, and those before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatchingRulesOfBook {
    /// 0 before somebody has changed what a book begins with.
    pub version: u64,
    /// From this score on a proposal is posted by itself; `null`: none is.
    #[schema(value_type = Option<String>, example = "0.95")]
    pub automatic_from: Option<Score>,
    /// In the order in which they are tried.
    #[schema(value_type = Vec<schema::MatchingRule>)]
    pub rules: Vec<MatchingRule>,
    /// The last 100 versions, this one first.
    pub versions: Vec<MatchingRulesRow>,
}

pub async fn matching_rules_of_book(pool: &PgPool) -> Result<Answer<MatchingRulesOfBook>, ReadError> {
    let mut snapshot = Snapshot::take::<MatchingRules>(pool).await?;
    let position = snapshot.position_of::<MatchingRules>().await?;
    let versions = latest(snapshot.connection(), SHOWN).await?;
    let (version, RuleSet { automatic_from, rules }) = in_force(&versions);
    Ok(Answer { data: MatchingRulesOfBook { version, automatic_from, rules, versions }, position })
}

/// Version and rules.
pub(in crate::settlement) async fn rules_in_force(
    connection: &mut PgConnection,
) -> Result<(u64, RuleSet), ReadError> {
    Ok(in_force(&latest(connection, 1).await?))
}

fn in_force(versions: &[MatchingRulesRow]) -> (u64, RuleSet) {
    versions.first().map_or_else(|| (0, RuleSet::beginning()), |latest| (latest.version, latest.rule_set()))
}

/// A whole row is decoded by its own `FromRow` alone.
async fn latest(connection: &mut PgConnection, most: i64) -> Result<Vec<MatchingRulesRow>, ReadError> {
    let latest = sqlx::query_as("SELECT * FROM matching_rules ORDER BY version DESC LIMIT $1").bind(most);
    Ok(latest.fetch_all(connection).await?)
}
