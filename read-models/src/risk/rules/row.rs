//! A row of `risk_rules`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::risk::{RiskRule, RiskRuleSet};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, points, stamp, stored_json};
use crate::schema;

/// All rules, as they were from one version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskRulesRow {
    pub version: u64,
    /// From this score on somebody has to look at a withdrawal before it is approved.
    pub review_from: u32,
    /// From this score on, and who lets it go may not be the one who approves it.
    pub block_from: u32,
    #[schema(value_type = Vec<schema::RiskRule>)]
    pub rules: Vec<RiskRule>,
    pub created: Stamp,
}

impl RiskRulesRow {
    pub fn rule_set(&self) -> RiskRuleSet {
        let Self { review_from, block_from, rules, .. } = self;
        RiskRuleSet { review_from: *review_from, block_from: *block_from, rules: rules.clone() }
    }
}

/// What a rule takes in memory, roughly.
const BYTES_OF_A_RULE: usize = 120;

impl Row for RiskRulesRow {
    const TABLE: &'static str = "risk_rules";
    const COLUMNS: &'static [Column] = &[
        Column::number("version"),
        Column::number("review_from"),
        Column::number("block_from"),
        Column::text("rules"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_count(self.version);
        fields.put_count(u64::from(self.review_from));
        fields.put_count(u64::from(self.block_from));
        fields.put_json(&self.rules);
        self.created.encode(fields);
    }
}

impl KeyedRow for RiskRulesRow {
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

impl FromRow<'_, PgRow> for RiskRulesRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            version: count(row, "version")?,
            review_from: points(row, "review_from")?,
            block_from: points(row, "block_from")?,
            rules: stored_json(row, "rules")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}
