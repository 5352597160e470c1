//! Rows of `bill_runs` and `bill_run_parked`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::bill_run::{BillRunState, RunCounts, RunTerms};
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, spelled, stamp, stored_json};
use crate::schema;

/// The run of a month, since it was started last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillRunRow {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub id: Month,
    #[schema(value_type = schema::BillRunState)]
    pub state: BillRunState,
    #[serde(flatten)]
    #[schema(value_type = schema::RunCounts)]
    pub counts: RunCounts,
    #[schema(value_type = schema::RunTerms)]
    pub terms: RunTerms,
    pub started: Stamp,
    pub updated: Stamp,
}

/// A customer a run could not bill, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParkedRow {
    #[serde(skip)]
    pub period: Month,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    pub reason: String,
    pub parked: Stamp,
}

impl Row for BillRunRow {
    const TABLE: &'static str = "bill_runs";
    const COLUMNS: &'static [Column] = &[
        Column::text("period"),
        Column::text("state"),
        Column::number("customers"),
        Column::number("billed"),
        Column::number("skipped"),
        Column::number("parked"),
        Column::text("totals"),
        Column::text("terms"),
        Column::number("started_position"),
        Column::moment("started_at"),
        Column::text("started_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.id, fields);
        fields.put(self.state);
        let RunCounts { customers, billed, skipped, parked, totals } = &self.counts;
        for number in [customers, billed, skipped, parked] {
            fields.put_count(*number);
        }
        fields.put_json(totals);
        fields.put_json(&self.terms);
        self.started.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for BillRunRow {
    const KEY_COLUMNS: usize = 1;
    type Key = Month;

    fn key(&self) -> Month {
        self.id
    }

    fn encode_key(key: &Month, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.counts.totals.len() * 64 + self.terms.customers.len() * 32
    }
}

impl FromRow<'_, PgRow> for BillRunRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "period")?,
            state: spelled(row, "state")?,
            counts: RunCounts {
                customers: count(row, "customers")?,
                billed: count(row, "billed")?,
                skipped: count(row, "skipped")?,
                parked: count(row, "parked")?,
                totals: stored_json(row, "totals")?,
            },
            terms: stored_json(row, "terms")?,
            started: stamp(row, "started_position", "started_at", "started_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

impl Row for ParkedRow {
    const TABLE: &'static str = "bill_run_parked";
    const COLUMNS: &'static [Column] = &[
        Column::text("period"),
        Column::text("customer"),
        Column::text("reason"),
        Column::number("parked_position"),
        Column::moment("parked_at"),
        Column::text("parked_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put(&self.reason);
        self.parked.encode(fields);
    }
}

impl KeyedRow for ParkedRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (Month, CustomerId);

    fn key(&self) -> Self::Key {
        (self.period, self.customer.clone())
    }

    fn encode_key((period, customer): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(period);
        fields.put(customer);
    }

    fn texts(&self) -> usize {
        self.reason.len()
    }
}

impl FromRow<'_, PgRow> for ParkedRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            period: spelled(row, "period")?,
            customer: spelled(row, "customer")?,
            reason: row.try_get("reason")?,
            parked: stamp(row, "parked_position", "parked_at", "parked_by")?,
        })
    }
}
