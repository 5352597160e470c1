//! Rows of `subscriptions`.

use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{optional, spelled, stamp};

/// The last change of a customer's plan that begins on this day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    pub customer: CustomerId,
    pub effective_from: NaiveDate,
    /// `None`: no plan.
    pub plan: Option<PlanCode>,
    pub changed: Stamp,
}

impl Row for SubscriptionRow {
    const TABLE: &'static str = "subscriptions";
    const COLUMNS: &'static [Column] = &[
        Column::text("customer"),
        Column::date("effective_from"),
        Column::text("plan"),
        Column::number("changed_position"),
        Column::moment("changed_at"),
        Column::text("changed_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.key(), fields);
        fields.put_option(self.plan.as_ref());
        self.changed.encode(fields);
    }
}

impl KeyedRow for SubscriptionRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (CustomerId, NaiveDate);

    fn key(&self) -> Self::Key {
        (self.customer.clone(), self.effective_from)
    }

    fn encode_key((customer, effective_from): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(customer);
        fields.put_date(*effective_from);
    }

    fn texts(&self) -> usize {
        self.plan.as_ref().map_or(0, |plan| plan.as_str().len())
    }
}

impl FromRow<'_, PgRow> for SubscriptionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            customer: spelled(row, "customer")?,
            effective_from: row.try_get("effective_from")?,
            plan: optional(row, "plan")?,
            changed: stamp(row, "changed_position", "changed_at", "changed_by")?,
        })
    }
}
