//! A row of `bills`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::bill::{BillPart, Dispute};
use tallybook_domain::billing::{BillId, BillNumber, BillState};
use tallybook_domain::{Currency, CustomerId, Money, Month};
use utoipa::ToSchema;

use super::{BadDebt, BillNote, BillVoiding};
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillRow {
    #[schema(value_type = String, example = "C00042.2026-10")]
    pub id: BillId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "2026-10")]
    pub period: Month,
    /// `null` before it is issued.
    #[schema(value_type = Option<String>, example = "2026-000042")]
    pub number: Option<BillNumber>,
    #[schema(value_type = schema::BillState)]
    pub state: BillState,
    #[schema(value_type = schema::Dispute)]
    pub dispute: Dispute,
    /// Without tax, as notes have left it.
    #[schema(value_type = schema::Money)]
    pub subtotal: Money,
    #[schema(value_type = schema::Money)]
    pub tax: Money,
    #[schema(value_type = schema::Money)]
    pub total: Money,
    /// What has been paid of it, or written off against a receipt or a credit.
    #[schema(value_type = schema::Money)]
    pub settled: Money,
    /// What has been given up of it as bad debt.
    #[schema(value_type = schema::Money)]
    pub written_off: Money,
    /// What is owed of it: nothing unless it is issued.
    #[schema(value_type = schema::Money)]
    pub open: Money,
    pub issue_date: Option<NaiveDate>,
    pub due_date: Option<NaiveDate>,
    /// The voided bill in whose place it stands.
    #[schema(value_type = Option<String>)]
    pub replaces: Option<BillId>,
    /// Of a voided bill, the one that stands in its place.
    #[schema(value_type = Option<String>)]
    pub replaced_by: Option<BillId>,
    /// Of a bill of late usage, the month's bill it makes up the difference to.
    #[schema(value_type = Option<String>)]
    pub amends: Option<BillId>,
    /// The bills of late usage that make up the difference to this one, oldest first.
    #[schema(value_type = Vec<String>)]
    pub amended_by: Vec<BillId>,
    /// Why it was taken back; `null` unless it is voided.
    pub voided: Option<BillVoiding>,
    /// What somebody last asked to write off.
    pub bad_debt: Option<BadDebt>,
    /// What it is made of: for each stretch of the month under one version of one plan, its lines.
    #[schema(value_type = Vec<Object>)]
    pub parts: Vec<BillPart>,
    #[schema(value_type = Vec<Object>)]
    pub notes: Vec<BillNote>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for BillRow {
    const TABLE: &'static str = "bills";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("period"),
        Column::text("number"),
        Column::text("state"),
        Column::text("dispute"),
        Column::text("currency"),
        Column::amount("subtotal"),
        Column::amount("tax"),
        Column::amount("total"),
        Column::amount("settled"),
        Column::amount("written_off"),
        Column::amount("open"),
        Column::date("issue_date"),
        Column::date("due_date"),
        Column::text("replaces"),
        Column::text("replaced_by"),
        Column::text("amends"),
        Column::text("amended_by"),
        Column::text("voided"),
        Column::text("bad_debt"),
        Column::text("parts"),
        Column::text("notes"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.customer);
        fields.put(self.period);
        fields.put_option(self.number.as_ref());
        fields.put(self.state);
        fields.put(self.dispute);
        fields.put(self.total.currency());
        for money in [self.subtotal, self.tax, self.total, self.settled, self.written_off, self.open] {
            fields.put_amount(money.amount());
        }
        fields.put_optional_date(self.issue_date);
        fields.put_optional_date(self.due_date);
        fields.put_option(self.replaces.as_ref());
        fields.put_option(self.replaced_by.as_ref());
        fields.put_option(self.amends.as_ref());
        fields.put_json(&self.amended_by);
        fields.put_json(&self.voided);
        fields.put_json(&self.bad_debt);
        fields.put_json(&self.parts);
        fields.put_json(&self.notes);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for BillRow {
    const KEY_COLUMNS: usize = 1;
    type Key = BillId;

    fn key(&self) -> BillId {
        self.id.clone()
    }

    fn encode_key(key: &BillId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        // A line with its tiers takes about half a kilobyte in memory.
        let lines: usize = self.parts.iter().map(|part| part.quote.lines.len()).sum();
        let notes: usize =
            self.notes.iter().map(|note| note.lines.len() * 64 + note.reason.as_str().len()).sum();
        let bad_debt = self.bad_debt.as_ref().map_or(0, |asked| asked.reason.as_str().len());
        let voided = self.voided.as_ref().map_or(0, |voided| voided.reason.as_str().len());
        lines * 512 + notes + bad_debt + voided + self.amended_by.len() * 24
    }
}

impl FromRow<'_, PgRow> for BillRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            period: spelled(row, "period")?,
            number: optional(row, "number")?,
            state: spelled(row, "state")?,
            dispute: spelled(row, "dispute")?,
            subtotal: money(row, "subtotal", currency)?,
            tax: money(row, "tax", currency)?,
            total: money(row, "total", currency)?,
            settled: money(row, "settled", currency)?,
            written_off: money(row, "written_off", currency)?,
            open: money(row, "open", currency)?,
            issue_date: row.try_get("issue_date")?,
            due_date: row.try_get("due_date")?,
            replaces: optional(row, "replaces")?,
            replaced_by: optional(row, "replaced_by")?,
            amends: optional(row, "amends")?,
            amended_by: stored_json(row, "amended_by")?,
            voided: stored_json(row, "voided")?,
            bad_debt: stored_json(row, "bad_debt")?,
            parts: stored_json(row, "parts")?,
            notes: stored_json(row, "notes")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
