//! A row of `risk_alerts`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::risk::{AlertState, RiskOutcome};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Money, WalletId, WithdrawalId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, points, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskAlertRow {
    /// The withdrawal's.
    #[schema(value_type = String, format = Uuid)]
    pub id: WithdrawalId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = schema::RiskOutcome)]
    pub outcome: RiskOutcome,
    pub score: u32,
    #[schema(value_type = schema::RiskAlertState)]
    pub state: AlertState,
    /// The one who may not look at it.
    #[schema(value_type = String, example = "user:li")]
    pub requested_by: Actor,
    /// Who looks at it.
    #[schema(value_type = Option<String>, example = "user:wang")]
    pub claimed_by: Option<Actor>,
    #[schema(value_type = Option<String>, example = "user:wang")]
    pub resolved_by: Option<Actor>,
    /// Why it was released or rejected.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for RiskAlertRow {
    const TABLE: &'static str = "risk_alerts";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("wallet"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("outcome"),
        Column::number("score"),
        Column::text("state"),
        Column::text("requested_by"),
        Column::text("claimed_by"),
        Column::text("resolved_by"),
        Column::text("reason"),
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
        fields.put(&self.wallet);
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
        fields.put(self.outcome);
        fields.put_count(u64::from(self.score));
        fields.put(self.state);
        fields.put(&self.requested_by);
        fields.put_option(self.claimed_by.as_ref());
        fields.put_option(self.resolved_by.as_ref());
        fields.put_option(self.reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for RiskAlertRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WithdrawalId;

    fn key(&self) -> WithdrawalId {
        self.id.clone()
    }

    fn encode_key(key: &WithdrawalId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.reason.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for RiskAlertRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            wallet: spelled(row, "wallet")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            outcome: spelled(row, "outcome")?,
            score: points(row, "score")?,
            state: spelled(row, "state")?,
            requested_by: spelled(row, "requested_by")?,
            claimed_by: optional(row, "claimed_by")?,
            resolved_by: optional(row, "resolved_by")?,
            reason: optional(row, "reason")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
