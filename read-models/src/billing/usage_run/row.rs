//! Rows of `usage_runs` and `usage_run_failures`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::usage_source::{
    CollectedCounts, SourceFile, SourceName, UsageRunId, UsageRunState, UsageRunTerms,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, optional, spelled, stamp, stored_json};
use crate::schema;

/// One run of a usage source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRunRow {
    #[schema(value_type = String, example = "meters.7")]
    pub id: UsageRunId,
    #[schema(value_type = schema::UsageRunState)]
    pub state: UsageRunState,
    #[schema(value_type = schema::UsageRunTerms)]
    pub terms: UsageRunTerms,
    /// Requests that are done with: of a customer's month, or a file.
    pub asked: u64,
    #[serde(flatten)]
    #[schema(value_type = schema::CollectedCounts)]
    pub counts: CollectedCounts,
    /// What could not be collected.
    pub failed: u64,
    /// Why it was given up before everything had been asked for.
    #[schema(value_type = Option<String>)]
    pub given_up: Option<Reason>,
    /// When it was begun or taken up last.
    #[serde(skip)]
    pub tried_position: u64,
    pub started: Stamp,
    pub updated: Stamp,
}

/// What a run could not collect, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailedCollectionRow {
    #[serde(skip)]
    pub run: UsageRunId,
    #[serde(skip)]
    pub position: u64,
    #[serde(skip)]
    pub place: u64,
    #[schema(value_type = Option<String>, example = "C00042")]
    pub customer: Option<CustomerId>,
    #[schema(value_type = Option<String>, example = "2026-10")]
    pub month: Option<Month>,
    #[schema(value_type = Option<String>)]
    pub file: Option<SourceFile>,
    #[schema(value_type = String)]
    pub reason: Reason,
    pub at: DateTime<Utc>,
}

impl Row for UsageRunRow {
    const TABLE: &'static str = "usage_runs";
    const COLUMNS: &'static [Column] = &[
        Column::text("source"),
        Column::number("number"),
        Column::text("state"),
        Column::text("terms"),
        Column::number("asked"),
        Column::number("recorded"),
        Column::number("unchanged"),
        Column::number("corrected"),
        Column::number("quarantined"),
        Column::number("held"),
        Column::number("failed"),
        Column::text("given_up"),
        Column::number("tried_position"),
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
        fields.put_json(&self.terms);
        let CollectedCounts { recorded, unchanged, corrected, quarantined, held } = self.counts;
        for number in [self.asked, recorded, unchanged, corrected, quarantined, held, self.failed] {
            fields.put_count(number);
        }
        fields.put_option(self.given_up.as_ref());
        fields.put_count(self.tried_position);
        self.started.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for UsageRunRow {
    const KEY_COLUMNS: usize = 2;
    type Key = UsageRunId;

    fn key(&self) -> UsageRunId {
        self.id.clone()
    }

    fn encode_key(key: &UsageRunId, fields: &mut Fields<'_>) {
        fields.put(key.source());
        fields.put_count(key.number());
    }

    fn texts(&self) -> usize {
        self.terms.customers.len() * 32 + self.given_up.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for UsageRunRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: run(row)?,
            state: spelled(row, "state")?,
            terms: stored_json(row, "terms")?,
            asked: count(row, "asked")?,
            counts: CollectedCounts {
                recorded: count(row, "recorded")?,
                unchanged: count(row, "unchanged")?,
                corrected: count(row, "corrected")?,
                quarantined: count(row, "quarantined")?,
                held: count(row, "held")?,
            },
            failed: count(row, "failed")?,
            given_up: optional(row, "given_up")?,
            tried_position: count(row, "tried_position")?,
            started: stamp(row, "started_position", "started_at", "started_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

fn run(row: &PgRow) -> Result<UsageRunId, sqlx::Error> {
    let source: SourceName = spelled(row, "source")?;
    Ok(UsageRunId::new(&source, count(row, "number")?))
}

impl Row for FailedCollectionRow {
    const TABLE: &'static str = "usage_run_failures";
    const COLUMNS: &'static [Column] = &[
        Column::text("source"),
        Column::number("number"),
        Column::number("failed_position"),
        Column::number("place"),
        Column::text("customer"),
        Column::text("month"),
        Column::text("file"),
        Column::text("reason"),
        Column::moment("failed_at"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put_option(self.customer.as_ref());
        fields.put_option(self.month);
        fields.put_option(self.file.as_ref());
        fields.put(&self.reason);
        fields.put_moment(self.at);
    }
}

impl KeyedRow for FailedCollectionRow {
    const KEY_COLUMNS: usize = 4;
    type Key = (UsageRunId, u64, u64);

    fn key(&self) -> Self::Key {
        (self.run.clone(), self.position, self.place)
    }

    fn encode_key((run, position, place): &Self::Key, fields: &mut Fields<'_>) {
        UsageRunRow::encode_key(run, fields);
        fields.put_count(*position);
        fields.put_count(*place);
    }

    fn texts(&self) -> usize {
        self.reason.as_str().len() + self.file.as_ref().map_or(0, |file| file.as_str().len())
    }
}

impl FromRow<'_, PgRow> for FailedCollectionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            run: run(row)?,
            position: count(row, "failed_position")?,
            place: count(row, "place")?,
            customer: optional(row, "customer")?,
            month: optional(row, "month")?,
            file: optional(row, "file")?,
            reason: spelled(row, "reason")?,
            at: row.try_get("failed_at")?,
        })
    }
}
