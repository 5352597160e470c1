//! A row of `approval_rules`.

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::approvals::{ApprovalRuleSet, ApprovalTerms, TermsOfKind};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, stamp, stored_json};
use crate::schema;

/// All rules, as they were from one version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApprovalRulesRow {
    pub version: u64,
    /// Of every kind that has no terms of its own.
    #[schema(value_type = schema::ApprovalTerms)]
    pub usual: ApprovalTerms,
    #[schema(value_type = Vec<schema::TermsOfKind>)]
    pub kinds: Vec<TermsOfKind>,
    /// Whether changes of price plans take a second person: new versions, and what customers are billed by.
    pub price_plan_changes: bool,
    pub created: Stamp,
}

impl ApprovalRulesRow {
    pub fn rule_set(&self) -> ApprovalRuleSet {
        let (usual, kinds) = (self.usual.clone(), self.kinds.clone());
        ApprovalRuleSet { usual, kinds, price_plan_changes: self.price_plan_changes }
    }
}

/// What the terms of a kind take in memory, roughly.
const BYTES_OF_TERMS: usize = 240;

impl Row for ApprovalRulesRow {
    const TABLE: &'static str = "approval_rules";
    const COLUMNS: &'static [Column] = &[
        Column::number("version"),
        Column::text("usual"),
        Column::text("kinds"),
        Column::flag("price_plan_changes"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_count(self.version);
        fields.put_json(&self.usual);
        fields.put_json(&self.kinds);
        fields.put_flag(self.price_plan_changes);
        self.created.encode(fields);
    }
}

impl KeyedRow for ApprovalRulesRow {
    const KEY_COLUMNS: usize = 1;
    type Key = u64;

    fn key(&self) -> u64 {
        self.version
    }

    fn encode_key(key: &u64, fields: &mut Fields<'_>) {
        fields.put_count(*key);
    }

    fn texts(&self) -> usize {
        (1 + self.kinds.len()) * BYTES_OF_TERMS
    }
}

impl FromRow<'_, PgRow> for ApprovalRulesRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            version: count(row, "version")?,
            usual: stored_json(row, "usual")?,
            kinds: stored_json(row, "kinds")?,
            price_plan_changes: row.try_get("price_plan_changes")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}
