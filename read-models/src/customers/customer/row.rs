//! A row of `customers`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{CustomerName, CustomerStatus};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerRow {
    #[schema(value_type = String, example = "C00042")]
    pub id: CustomerId,
    #[schema(value_type = String)]
    pub name: CustomerName,
    #[schema(value_type = schema::CustomerStatus)]
    pub status: CustomerStatus,
    /// Why the customer is suspended, while it is.
    #[schema(value_type = Option<String>)]
    pub suspension_reason: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for CustomerRow {
    const TABLE: &'static str = "customers";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("name"),
        Column::text("status"),
        Column::text("suspension_reason"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.name);
        fields.put(self.status.as_str());
        fields.put_option(self.suspension_reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for CustomerRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CustomerId;

    fn key(&self) -> CustomerId {
        self.id.clone()
    }

    fn encode_key(key: &CustomerId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.name.as_str().len() + self.suspension_reason.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for CustomerRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            name: spelled(row, "name")?,
            status: spelled(row, "status")?,
            suspension_reason: optional(row, "suspension_reason")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
