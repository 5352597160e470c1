//! Rows of `reminders`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::{BillId, BillNumber, ReminderChannel, ReminderStatus, ReminderStep};
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, money, optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderRow {
    #[schema(value_type = String, example = "C00042.2026-10")]
    pub bill: BillId,
    /// Three days before the bill is due, on the day, or so many days after.
    #[schema(value_type = schema::ReminderStep)]
    pub step: ReminderStep,
    #[schema(value_type = schema::ReminderChannel)]
    pub channel: ReminderChannel,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "2026-000042")]
    pub number: BillNumber,
    pub due_date: NaiveDate,
    /// What was owed when it was raised.
    #[schema(value_type = schema::Money)]
    pub open: Money,
    /// The day on which it was raised.
    pub date: NaiveDate,
    #[schema(value_type = schema::ReminderStatus)]
    pub status: ReminderStatus,
    pub attempts: u64,
    /// When it is tried again, or until when it is being tried; `null` before the first attempt and when it is done.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, why it was given up, or why it was withdrawn.
    #[schema(value_type = Option<String>)]
    pub reason: Option<SmolStr>,
    pub raised: Stamp,
    pub updated: Stamp,
}

impl Row for ReminderRow {
    const TABLE: &'static str = "reminders";
    const COLUMNS: &'static [Column] = &[
        Column::text("bill"),
        Column::text("step"),
        Column::text("channel"),
        Column::text("customer"),
        Column::text("number"),
        Column::date("due_date"),
        Column::text("currency"),
        Column::amount("open"),
        Column::date("date"),
        Column::text("status"),
        Column::number("attempts"),
        Column::moment("next_attempt_at"),
        Column::text("reason"),
        Column::number("raised_position"),
        Column::moment("raised_at"),
        Column::text("raised_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put(&self.customer);
        fields.put(&self.number);
        fields.put_date(self.due_date);
        fields.put(self.open.currency());
        fields.put_amount(self.open.amount());
        fields.put_date(self.date);
        fields.put(self.status);
        fields.put_count(self.attempts);
        match self.next_attempt_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        fields.put_option(self.reason.as_ref());
        self.raised.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for ReminderRow {
    const KEY_COLUMNS: usize = 3;
    type Key = (BillId, ReminderStep, ReminderChannel);

    fn key(&self) -> Self::Key {
        (self.bill.clone(), self.step, self.channel)
    }

    fn encode_key((bill, step, channel): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(bill);
        fields.put(step);
        fields.put(channel);
    }

    fn texts(&self) -> usize {
        self.reason.as_ref().map_or(0, |reason| reason.len())
    }
}

impl FromRow<'_, PgRow> for ReminderRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        Ok(Self {
            bill: spelled(row, "bill")?,
            step: spelled(row, "step")?,
            channel: spelled(row, "channel")?,
            customer: spelled(row, "customer")?,
            number: spelled(row, "number")?,
            due_date: row.try_get("due_date")?,
            open: money(row, "open", currency)?,
            date: row.try_get("date")?,
            status: spelled(row, "status")?,
            attempts: count(row, "attempts")?,
            next_attempt_at: row.try_get("next_attempt_at")?,
            reason: optional(row, "reason")?,
            raised: stamp(row, "raised_position", "raised_at", "raised_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
