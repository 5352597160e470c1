//! A row of `write_offs`, and the write-off with its legs.

use chrono::NaiveDate;
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::settlement::matching::MatchEvidence;
use tallybook_domain::settlement::{WriteOffId, WriteOffState};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId};
use utoipa::ToSchema;

use super::LegRow;
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, optional, spelled, stamp, stored_json, text};
use crate::schema;

/// A write-off with its legs, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WriteOff {
    #[serde(flatten)]
    pub row: WriteOffRow,
    pub legs: Vec<LegRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WriteOffRow {
    #[schema(value_type = String, example = "W01K7RA8ZAYFGXSMRSF9FMC3M01")]
    pub id: WriteOffId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = schema::WriteOffState)]
    pub state: WriteOffState,
    pub effective_date: NaiveDate,
    #[schema(value_type = String, example = "user:li")]
    pub made_by: SmolStr,
    /// Who approved or rejected it, if it had to wait; `null` before that.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<Actor>,
    /// Why it was rejected.
    #[schema(value_type = Option<String>)]
    pub rejection: Option<Reason>,
    /// Why the rules of matching have found it; `null` of one a person has made.
    #[schema(value_type = Option<schema::MatchEvidence>)]
    pub matched: Option<MatchEvidence>,
    /// How many legs it has.
    pub leg_count: u64,
    /// How many of them are undone.
    pub reversed_legs: u64,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for WriteOffRow {
    const TABLE: &'static str = "write_offs";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("state"),
        Column::date("effective_date"),
        Column::text("made_by"),
        Column::text("decided_by"),
        Column::text("rejection"),
        Column::text("matched"),
        Column::number("leg_count"),
        Column::number("reversed_legs"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.customer);
        fields.put(self.state);
        fields.put_date(self.effective_date);
        fields.put(&self.made_by);
        fields.put_option(self.decided_by.as_ref());
        fields.put_option(self.rejection.as_ref());
        fields.put_json(&self.matched);
        fields.put_count(self.leg_count);
        fields.put_count(self.reversed_legs);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for WriteOffRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WriteOffId;

    fn key(&self) -> WriteOffId {
        self.id.clone()
    }

    fn encode_key(key: &WriteOffId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let reasons =
            self.matched.as_ref().map_or(0, |matched| matched.reasons.iter().map(|one| one.len()).sum());
        self.rejection.as_ref().map_or(0, |reason| reason.as_str().len()) + reasons
    }
}

impl FromRow<'_, PgRow> for WriteOffRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            state: spelled(row, "state")?,
            effective_date: row.try_get("effective_date")?,
            made_by: text(row, "made_by")?,
            decided_by: optional(row, "decided_by")?,
            rejection: optional(row, "rejection")?,
            matched: stored_json(row, "matched")?,
            leg_count: count(row, "leg_count")?,
            reversed_legs: count(row, "reversed_legs")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
