//! A row of `write_off_legs`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::settlement::WriteOffId;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row};
use crate::query::{damaged, money, read, spelled, stored_json};
use crate::schema;

/// A leg of a write-off, and how it was undone, if it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LegRow {
    #[serde(skip)]
    pub write_off: WriteOffId,
    #[serde(flatten)]
    #[schema(value_type = schema::Leg)]
    pub leg: Leg,
    /// How it was undone; `null` of a leg that was not.
    pub reversal: Option<LegReversal>,
}

/// How a leg was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LegReversal {
    #[schema(value_type = String)]
    pub reason: Reason,
    pub effective_date: NaiveDate,
    pub position: u64,
    pub at: DateTime<Utc>,
    #[schema(value_type = String, example = "user:wang")]
    pub by: SmolStr,
}

/// Of what kind a source is, and which one of them.
fn written(source: &LegSource) -> (&'static str, &str) {
    match source {
        LegSource::Receipt(receipt) => ("receipt", receipt.as_str()),
        LegSource::Wallet(wallet) => ("wallet", wallet.as_str()),
        LegSource::CreditNote(note) => ("credit_note", note.as_str()),
        LegSource::Difference(reason) => ("difference", reason.as_str()),
    }
}

impl Row for LegRow {
    const TABLE: &'static str = "write_off_legs";
    const COLUMNS: &'static [Column] = &[
        Column::text("write_off"),
        Column::number("leg"),
        Column::text("source_kind"),
        Column::text("source"),
        Column::text("bill"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("reversal"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        let (kind, source) = written(&self.leg.source);
        fields.put(&self.write_off);
        fields.put_count(self.leg.leg.into());
        fields.put(kind);
        fields.put(source);
        fields.put(&self.leg.bill);
        fields.put(self.leg.amount.currency());
        fields.put_amount(self.leg.amount.amount());
        fields.put_json(&self.reversal);
    }
}

impl KeyedRow for LegRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (WriteOffId, u32);

    fn key(&self) -> (WriteOffId, u32) {
        (self.write_off.clone(), self.leg.leg)
    }

    fn encode_key((write_off, leg): &(WriteOffId, u32), fields: &mut Fields<'_>) {
        fields.put(write_off);
        fields.put_count(u64::from(*leg));
    }

    fn texts(&self) -> usize {
        self.reversal.as_ref().map_or(0, |reversal| reversal.reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for LegRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (kind, source): (&str, &str) = (row.try_get("source_kind")?, row.try_get("source")?);
        let source = match kind {
            "receipt" => LegSource::Receipt(read(source, "source")?),
            "wallet" => LegSource::Wallet(read(source, "source")?),
            "credit_note" => LegSource::CreditNote(read(source, "source")?),
            // The table's check knows no other.
            _ => LegSource::Difference(read(source, "source")?),
        };
        let number: i64 = row.try_get("leg")?;
        Ok(Self {
            write_off: spelled(row, "write_off")?,
            leg: Leg {
                leg: u32::try_from(number).map_err(|error| damaged("leg", error))?,
                source,
                bill: spelled(row, "bill")?,
                amount: money(row, "amount", spelled(row, "currency")?)?,
            },
            reversal: stored_json(row, "reversal")?,
        })
    }
}
