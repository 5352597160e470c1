//! Rows of `price_plans` and `price_plan_versions`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::Actor;
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::billing::{PlanCode, PlanName};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, spelled, stamp, stored_json};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricePlanRow {
    #[schema(value_type = String, example = "standard-2026")]
    pub code: PlanCode,
    #[schema(value_type = String)]
    pub name: PlanName,
    /// Versions count from 1.
    pub latest_version: u64,
    /// The version that waits for somebody else to approve.
    #[serde(skip)]
    pub requested: Option<RequestedVersion>,
    pub created: Stamp,
    pub updated: Stamp,
}

/// What a plan says from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PricePlanVersionRow {
    #[serde(skip)]
    pub plan: PlanCode,
    pub version: u64,
    pub effective_from: NaiveDate,
    pub terms: PlanTerms,
    pub created: Stamp,
}

/// What somebody wants a plan to say from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedVersion {
    pub effective_from: NaiveDate,
    pub terms: PlanTerms,
    pub reason: Option<Reason>,
    pub requested_by: Actor,
    pub requested_at: DateTime<Utc>,
}

/// What an item takes, tiers and all, roughly.
const BYTES_OF_AN_ITEM: usize = 500;

impl Row for PricePlanRow {
    const TABLE: &'static str = "price_plans";
    const COLUMNS: &'static [Column] = &[
        Column::text("code"),
        Column::text("name"),
        Column::number("latest_version"),
        Column::text("requested"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.code, fields);
        fields.put(&self.name);
        fields.put_count(self.latest_version);
        fields.put_json(&self.requested);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for PricePlanRow {
    const KEY_COLUMNS: usize = 1;
    type Key = PlanCode;

    fn key(&self) -> PlanCode {
        self.code.clone()
    }

    fn encode_key(code: &PlanCode, fields: &mut Fields<'_>) {
        fields.put(code);
    }

    fn texts(&self) -> usize {
        let requested =
            self.requested.as_ref().map_or(0, |asked| asked.terms.items().len() * BYTES_OF_AN_ITEM);
        self.code.as_str().len() + self.name.as_str().len() + requested
    }
}

impl FromRow<'_, PgRow> for PricePlanRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            code: spelled(row, "code")?,
            name: spelled(row, "name")?,
            latest_version: count(row, "latest_version")?,
            requested: stored_json(row, "requested")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

impl Row for PricePlanVersionRow {
    const TABLE: &'static str = "price_plan_versions";
    const COLUMNS: &'static [Column] = &[
        Column::text("plan"),
        Column::number("version"),
        Column::date("effective_from"),
        Column::text("currency"),
        Column::text("terms"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put_date(self.effective_from);
        fields.put(self.terms.currency());
        fields.put_json(&self.terms);
        self.created.encode(fields);
    }
}

impl KeyedRow for PricePlanVersionRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (PlanCode, u64);

    fn key(&self) -> Self::Key {
        (self.plan.clone(), self.version)
    }

    fn encode_key((plan, version): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(plan);
        fields.put_count(*version);
    }

    fn texts(&self) -> usize {
        self.plan.as_str().len() + self.terms.items().len() * BYTES_OF_AN_ITEM
    }
}

impl FromRow<'_, PgRow> for PricePlanVersionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            plan: spelled(row, "plan")?,
            version: count(row, "version")?,
            effective_from: row.try_get("effective_from")?,
            terms: stored_json(row, "terms")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}
