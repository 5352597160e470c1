//! A row of `credit_notes`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::settlement::{CreditNoteId, CreditNoteState};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Currency, CustomerId, Money};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditNoteRow {
    #[schema(value_type = String, example = "N01K7RA8ZAYFGXSMRSF9FMC3M02")]
    pub id: CreditNoteId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// Without tax.
    #[schema(value_type = schema::Money)]
    pub subtotal: Money,
    #[schema(value_type = schema::Money)]
    pub tax: Money,
    /// With tax.
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = schema::CreditNoteState)]
    pub state: CreditNoteState,
    /// What of it settles bills.
    #[schema(value_type = schema::Money)]
    pub applied: Money,
    /// The rest, which is free.
    #[schema(value_type = schema::Money)]
    pub unapplied: Money,
    #[schema(value_type = String)]
    pub reason: Reason,
    /// From when on it is owed; of one that waits, the day that was asked for.
    pub effective_date: NaiveDate,
    /// Who approved or rejected it; `null` before that.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<Actor>,
    /// Why it was rejected or reversed.
    #[schema(value_type = Option<String>)]
    pub end_reason: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for CreditNoteRow {
    const TABLE: &'static str = "credit_notes";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("currency"),
        Column::amount("subtotal"),
        Column::amount("tax"),
        Column::amount("amount"),
        Column::text("state"),
        Column::amount("applied"),
        Column::amount("unapplied"),
        Column::text("reason"),
        Column::date("effective_date"),
        Column::text("decided_by"),
        Column::text("end_reason"),
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
        fields.put(self.amount.currency());
        for money in [self.subtotal, self.tax, self.amount] {
            fields.put_amount(money.amount());
        }
        fields.put(self.state);
        for money in [self.applied, self.unapplied] {
            fields.put_amount(money.amount());
        }
        fields.put(&self.reason);
        fields.put_date(self.effective_date);
        fields.put_option(self.decided_by.as_ref());
        fields.put_option(self.end_reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for CreditNoteRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CreditNoteId;

    fn key(&self) -> CreditNoteId {
        self.id.clone()
    }

    fn encode_key(key: &CreditNoteId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.reason.as_str().len() + self.end_reason.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for CreditNoteRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            subtotal: money(row, "subtotal", currency)?,
            tax: money(row, "tax", currency)?,
            amount: money(row, "amount", currency)?,
            state: spelled(row, "state")?,
            applied: money(row, "applied", currency)?,
            unapplied: money(row, "unapplied", currency)?,
            reason: spelled(row, "reason")?,
            effective_date: row.try_get("effective_date")?,
            decided_by: optional(row, "decided_by")?,
            end_reason: optional(row, "end_reason")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
