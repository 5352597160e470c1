//! Rows of `usage_records` and `usage_bills`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::BillId;
use tallybook_domain::billing::pricing::{Meter, Quantity};
use tallybook_domain::billing::usage::UsageReference;
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, quantity, spelled, stamp};

/// One record of what a customer used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRow {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "2026-10")]
    pub month: Month,
    #[schema(value_type = String, example = "api_calls")]
    pub meter: Meter,
    pub date: NaiveDate,
    /// What the record is called where it was counted.
    #[schema(value_type = String)]
    pub reference: UsageReference,
    #[schema(value_type = String, example = "120.5")]
    pub quantity: Quantity,
    /// It came in, or was corrected, after the month had been billed.
    pub late: bool,
    /// The event in the stream of the customer's month that recorded or corrected it last.
    #[serde(skip)]
    pub sequence: u64,
    pub created: Stamp,
    pub updated: Stamp,
}

/// A bill of a customer's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageBillRow {
    pub customer: CustomerId,
    pub month: Month,
    pub bill: BillId,
    /// The note of that bill that counts it; 0 if the bill itself does.
    pub note: u64,
    /// The last event of the month's stream it takes into account.
    pub through: u64,
    /// Not voided.
    pub standing: bool,
    pub updated: Stamp,
}

impl Row for UsageRow {
    const TABLE: &'static str = "usage_records";
    const COLUMNS: &'static [Column] = &[
        Column::text("customer"),
        Column::text("month"),
        Column::text("meter"),
        Column::date("date"),
        Column::text("reference"),
        Column::amount("quantity"),
        Column::flag("late"),
        Column::number("sequence"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put_amount(self.quantity.value());
        fields.put_flag(self.late);
        fields.put_count(self.sequence);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for UsageRow {
    const KEY_COLUMNS: usize = 5;
    type Key = (CustomerId, Month, Meter, NaiveDate, UsageReference);

    fn key(&self) -> Self::Key {
        (self.customer.clone(), self.month, self.meter.clone(), self.date, self.reference.clone())
    }

    fn encode_key((customer, month, meter, date, reference): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(customer);
        fields.put(month);
        fields.put(meter);
        fields.put_date(*date);
        fields.put(reference);
    }

    fn texts(&self) -> usize {
        self.meter.as_str().len() + self.reference.as_str().len()
    }
}

impl FromRow<'_, PgRow> for UsageRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            customer: spelled(row, "customer")?,
            month: spelled(row, "month")?,
            meter: spelled(row, "meter")?,
            date: row.try_get("date")?,
            reference: spelled(row, "reference")?,
            quantity: quantity(row.try_get("quantity")?, "quantity")?,
            late: row.try_get("late")?,
            sequence: count(row, "sequence")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

impl Row for UsageBillRow {
    const TABLE: &'static str = "usage_bills";
    const COLUMNS: &'static [Column] = &[
        Column::text("customer"),
        Column::text("month"),
        Column::text("bill"),
        Column::number("note"),
        Column::number("through"),
        Column::flag("standing"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put_count(self.through);
        fields.put_flag(self.standing);
        self.updated.encode(fields);
    }
}

impl KeyedRow for UsageBillRow {
    const KEY_COLUMNS: usize = 4;
    type Key = (CustomerId, Month, BillId, u64);

    fn key(&self) -> Self::Key {
        (self.customer.clone(), self.month, self.bill.clone(), self.note)
    }

    fn encode_key((customer, month, bill, note): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(customer);
        fields.put(month);
        fields.put(bill);
        fields.put_count(*note);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for UsageBillRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            customer: spelled(row, "customer")?,
            month: spelled(row, "month")?,
            bill: spelled(row, "bill")?,
            note: count(row, "note")?,
            through: count(row, "through")?,
            standing: row.try_get("standing")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
