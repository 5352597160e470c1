//! A row of `accounting_periods`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::ledger::periods::PeriodState;
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Month};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{optional, spelled, stamp};
use crate::schema;

/// A month of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodRow {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub id: Month,
    #[schema(value_type = schema::PeriodState)]
    pub state: PeriodState,
    /// Who has asked to reopen it; `null` if nobody has.
    #[schema(value_type = Option<String>)]
    pub requested_by: Option<Actor>,
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// When it was closed last.
    pub closed: Stamp,
    pub updated: Stamp,
}

impl Row for PeriodRow {
    const TABLE: &'static str = "accounting_periods";
    const COLUMNS: &'static [Column] = &[
        Column::text("period"),
        Column::text("state"),
        Column::text("requested_by"),
        Column::text("reason"),
        Column::number("closed_position"),
        Column::moment("closed_at"),
        Column::text("closed_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.id, fields);
        fields.put(self.state);
        fields.put_option(self.requested_by.as_ref());
        fields.put_option(self.reason.as_ref());
        self.closed.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for PeriodRow {
    const KEY_COLUMNS: usize = 1;
    type Key = Month;

    fn key(&self) -> Month {
        self.id
    }

    fn encode_key(key: &Month, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.reason.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for PeriodRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "period")?,
            state: spelled(row, "state")?,
            requested_by: optional(row, "requested_by")?,
            reason: optional(row, "reason")?,
            closed: stamp(row, "closed_position", "closed_at", "closed_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
