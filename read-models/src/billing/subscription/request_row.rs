//! Rows of `subscription_requests`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::PlanCode;
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{spelled, stamp, stored_json};

/// A customer of whom somebody has ever asked for another plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRequestRow {
    pub customer: CustomerId,
    /// What waits.
    pub requested: Option<RequestedPlan>,
    pub updated: Stamp,
}

/// What somebody wants a customer to be billed by from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestedPlan {
    pub from: NaiveDate,
    /// `null`: no plan from then on.
    #[schema(value_type = Option<String>, example = "standard-2026")]
    pub plan: Option<PlanCode>,
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    #[schema(value_type = String, example = "user:li")]
    pub requested_by: Actor,
    pub requested_at: DateTime<Utc>,
}

impl Row for SubscriptionRequestRow {
    const TABLE: &'static str = "subscription_requests";
    const COLUMNS: &'static [Column] = &[
        Column::text("customer"),
        Column::text("requested"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        Self::encode_key(&self.customer, fields);
        fields.put_json(&self.requested);
        self.updated.encode(fields);
    }
}

impl KeyedRow for SubscriptionRequestRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CustomerId;

    fn key(&self) -> CustomerId {
        self.customer.clone()
    }

    fn encode_key(customer: &CustomerId, fields: &mut Fields<'_>) {
        fields.put(customer);
    }

    fn texts(&self) -> usize {
        let reason = self.requested.as_ref().and_then(|asked| asked.reason.as_ref());
        reason.map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for SubscriptionRequestRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            customer: spelled(row, "customer")?,
            requested: stored_json(row, "requested")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
