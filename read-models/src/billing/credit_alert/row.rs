//! Rows of `credit_alerts`.

use chrono::NaiveDate;
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::{CreditPolicy, CreditSubject};
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, optional_count, spelled, stamp};
use crate::schema;

/// A bill or an order with which a customer owes more than its credit limit, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditAlertRow {
    /// The bill's, or the order's. A bill that was not issued may be there later, or never.
    #[schema(value_type = String, example = "C00042.2026-10")]
    pub id: CreditSubject,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// Whether the bill was issued, or the order placed, all the same, or not.
    #[schema(value_type = schema::CreditPolicy)]
    pub policy: CreditPolicy,
    /// The debit note with which the limit was passed, among the notes of the bill; `null` if it was the bill itself, or an
    /// order.
    pub note: Option<u32>,
    #[schema(value_type = schema::Money)]
    pub limit: Money,
    /// What was open then of all the customer's bills in this currency and what waited for the payment of its orders,
    /// this one among them.
    #[schema(value_type = schema::Money)]
    pub exposure: Money,
    /// The day on which it was raised.
    pub date: NaiveDate,
    pub acknowledged: bool,
    /// Of whoever has acknowledged it.
    #[schema(value_type = Option<String>)]
    pub remark: Option<SmolStr>,
    pub raised: Stamp,
    pub updated: Stamp,
}

impl Row for CreditAlertRow {
    const TABLE: &'static str = "credit_alerts";
    const COLUMNS: &'static [Column] = &[
        // Or the order.
        Column::text("bill"),
        Column::text("customer"),
        Column::text("policy"),
        Column::number("note"),
        Column::text("currency"),
        Column::amount("credit_limit"),
        Column::amount("exposure"),
        Column::date("date"),
        Column::flag("acknowledged"),
        Column::text("remark"),
        Column::number("raised_position"),
        Column::moment("raised_at"),
        Column::text("raised_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.id, fields);
        fields.put(&self.customer);
        fields.put(self.policy);
        match self.note {
            Some(note) => fields.put_count(note.into()),
            None => fields.put_null(),
        }
        fields.put(self.limit.currency());
        fields.put_amount(self.limit.amount());
        fields.put_amount(self.exposure.amount());
        fields.put_date(self.date);
        fields.put_flag(self.acknowledged);
        fields.put_option(self.remark.as_ref());
        self.raised.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for CreditAlertRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CreditSubject;

    fn key(&self) -> CreditSubject {
        self.id.clone()
    }

    fn encode_key(key: &CreditSubject, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.remark.as_ref().map_or(0, |remark| remark.len())
    }
}

impl FromRow<'_, PgRow> for CreditAlertRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        let note = optional_count(row, "note")?.map(u32::try_from).transpose();
        Ok(Self {
            id: spelled(row, "bill")?,
            customer: spelled(row, "customer")?,
            policy: spelled(row, "policy")?,
            note: note.map_err(|error| sqlx::Error::Decode(error.into()))?,
            limit: money(row, "credit_limit", currency)?,
            exposure: money(row, "exposure", currency)?,
            date: row.try_get("date")?,
            acknowledged: row.try_get("acknowledged")?,
            remark: optional(row, "remark")?,
            raised: stamp(row, "raised_position", "raised_at", "raised_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
