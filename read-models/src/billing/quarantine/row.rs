//! Rows of `usage_quarantine`.

use serde::Serialize;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::pricing::Quantity;
use tallybook_domain::billing::quarantine::{HeldUsage, QuarantineState, QuarantinedId, UsageQuarantineId};
use tallybook_domain::billing::usage_source::UsageRunId;
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, optional, quantity, spelled, stamp};
use crate::schema;

/// A value that came from a source and was not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarantinedRow {
    #[schema(value_type = String, example = "C00042.2026-10.q1")]
    pub id: QuarantinedId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "2026-10")]
    pub month: Month,
    /// The run it came in first.
    #[schema(value_type = String, example = "meters.7")]
    pub run: UsageRunId,
    #[schema(value_type = schema::HeldUsage)]
    pub held: HeldUsage,
    #[schema(value_type = schema::QuarantineState)]
    pub state: QuarantineState,
    /// The one it was accepted with.
    #[schema(value_type = Option<String>, example = "120")]
    pub quantity: Option<Quantity>,
    /// Why it was accepted or dismissed.
    #[schema(value_type = Option<String>)]
    pub reason: Option<SmolStr>,
    pub quarantined: Stamp,
    pub updated: Stamp,
}

impl Row for QuarantinedRow {
    const TABLE: &'static str = "usage_quarantine";
    const COLUMNS: &'static [Column] = &[
        Column::text("customer"),
        Column::text("month"),
        Column::number("number"),
        Column::text("run"),
        Column::text("meter"),
        Column::date("date"),
        Column::text("reference"),
        Column::text("given"),
        Column::text("why"),
        Column::amount("recorded"),
        Column::amount("average"),
        Column::text("state"),
        Column::amount("quantity"),
        Column::text("reason"),
        Column::number("quarantined_position"),
        Column::moment("quarantined_at"),
        Column::text("quarantined_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.id, fields);
        fields.put(&self.run);
        let HeldUsage { meter, date, reference, given, reason, recorded, average } = &self.held;
        fields.put(meter);
        fields.put_date(*date);
        fields.put(reference);
        fields.put(given);
        fields.put(reason);
        put_quantity(*recorded, fields);
        put_quantity(*average, fields);
        fields.put(self.state);
        put_quantity(self.quantity, fields);
        fields.put_option(self.reason.as_ref());
        self.quarantined.encode(fields);
        self.updated.encode(fields);
    }
}

fn put_quantity(quantity: Option<Quantity>, fields: &mut Fields<'_>) {
    match quantity {
        Some(quantity) => fields.put_amount(quantity.value()),
        None => fields.put_null(),
    }
}

impl KeyedRow for QuarantinedRow {
    const KEY_COLUMNS: usize = 3;
    type Key = QuarantinedId;

    fn key(&self) -> QuarantinedId {
        self.id.clone()
    }

    fn encode_key(key: &QuarantinedId, fields: &mut Fields<'_>) {
        let quarantine = key.quarantine();
        fields.put(quarantine.customer());
        fields.put(quarantine.month());
        fields.put_count(key.number().into());
    }

    fn texts(&self) -> usize {
        let held = &self.held;
        let texts = [held.meter.as_str(), held.reference.as_str(), held.given.as_str()];
        texts.iter().map(|text| text.len()).sum::<usize>() + self.reason.as_ref().map_or(0, |why| why.len())
    }
}

impl FromRow<'_, PgRow> for QuarantinedRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (customer, month): (CustomerId, Month) = (spelled(row, "customer")?, spelled(row, "month")?);
        let number =
            u32::try_from(count(row, "number")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let some = |column: &str| {
            row.try_get::<Option<_>, _>(column)?.map(|number| quantity(number, column)).transpose()
        };
        Ok(Self {
            id: UsageQuarantineId::new(&customer, month).entry(number),
            customer,
            month,
            run: spelled(row, "run")?,
            held: HeldUsage {
                meter: spelled(row, "meter")?,
                date: row.try_get("date")?,
                reference: spelled(row, "reference")?,
                given: spelled(row, "given")?,
                reason: spelled(row, "why")?,
                recorded: some("recorded")?,
                average: some("average")?,
            },
            state: spelled(row, "state")?,
            quantity: some("quantity")?,
            reason: optional(row, "reason")?,
            quarantined: stamp(row, "quarantined_position", "quarantined_at", "quarantined_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
