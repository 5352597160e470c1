//! A row of `approval_delegations`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::Actor;
use tallybook_domain::approvals::DelegationId;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{spelled, stamp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApprovalDelegationRow {
    #[schema(value_type = String, example = "user:wang.3")]
    pub id: DelegationId,
    #[schema(value_type = String, example = "user:wang")]
    pub delegator: Actor,
    /// Who may approve in his place.
    #[schema(value_type = String, example = "user:zhao")]
    pub delegate: Actor,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    #[schema(value_type = String)]
    pub reason: Reason,
    /// When somebody ended it before its time.
    pub ended_at: Option<DateTime<Utc>>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for ApprovalDelegationRow {
    const TABLE: &'static str = "approval_delegations";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("delegator"),
        Column::text("delegate"),
        Column::date("from_date"),
        Column::date("until_date"),
        Column::text("reason"),
        Column::moment("ended_at"),
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
        fields.put(&self.delegator);
        fields.put(&self.delegate);
        fields.put_date(self.from);
        fields.put_date(self.until);
        fields.put(&self.reason);
        match self.ended_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for ApprovalDelegationRow {
    const KEY_COLUMNS: usize = 1;
    type Key = DelegationId;

    fn key(&self) -> DelegationId {
        self.id.clone()
    }

    fn encode_key(key: &DelegationId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.reason.as_str().len()
    }
}

impl FromRow<'_, PgRow> for ApprovalDelegationRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            delegator: spelled(row, "delegator")?,
            delegate: spelled(row, "delegate")?,
            from: row.try_get("from_date")?,
            until: row.try_get("until_date")?,
            reason: spelled(row, "reason")?,
            ended_at: row.try_get("ended_at")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
