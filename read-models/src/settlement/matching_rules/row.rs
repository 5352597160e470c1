//! A row of `matching_rules`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::settlement::matching::{MatchingRule, RuleSet, Score};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, optional, stamp, stored_json};
use crate::schema;

/// All rules, as they were from one version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatchingRulesRow {
    pub version: u64,
    /// From this score on a proposal is posted by itself; `null`: none is.
    #[schema(value_type = Option<String>, example = "0.95")]
    pub automatic_from: Option<Score>,
    /// In the order in which they are tried.
    #[schema(value_type = Vec<schema::MatchingRule>)]
    pub rules: Vec<MatchingRule>,
    pub created: Stamp,
}

impl MatchingRulesRow {
    pub fn rule_set(&self) -> RuleSet {
        RuleSet { automatic_from: self.automatic_from, rules: self.rules.clone() }
    }
}

/// What a rule takes in memory, roughly.
const BYTES_OF_A_RULE: usize = 100;

impl Row for MatchingRulesRow {
    const TABLE: &'static str = "matching_rules";
    const COLUMNS: &'static [Column] = &[
        Column::number("version"),
        Column::text("automatic_from"),
        Column::text("rules"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_count(self.version);
        fields.put_option(self.automatic_from);
        fields.put_json(&self.rules);
        self.created.encode(fields);
    }
}

impl KeyedRow for MatchingRulesRow {
    const KEY_COLUMNS: usize = 1;
    type Key = u64;

    fn key(&self) -> u64 {
        self.version
    }

    fn encode_key(key: &u64, fields: &mut Fields<'_>) {
        fields.put_count(*key);
    }

    fn texts(&self) -> usize {
        self.rules.len() * BYTES_OF_A_RULE
    }
}

impl FromRow<'_, PgRow> for MatchingRulesRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            version: count(row, "version")?,
            automatic_from: optional(row, "automatic_from")?,
            rules: stored_json(row, "rules")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}
