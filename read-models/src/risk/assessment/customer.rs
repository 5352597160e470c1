//! A row of `risk_customers`: how the latest withdrawal of a wallet was judged.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::risk::RiskOutcome;
use tallybook_domain::{CustomerId, WalletId, WithdrawalId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, points, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskCustomerRow {
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// Of the latest withdrawal.
    pub score: u32,
    #[schema(value_type = schema::RiskOutcome)]
    pub outcome: RiskOutcome,
    #[schema(value_type = String, format = Uuid)]
    pub withdrawal: WithdrawalId,
    /// Withdrawals that were judged.
    pub assessed: u64,
    /// The latest judgement.
    pub updated: Stamp,
}

impl Row for RiskCustomerRow {
    const TABLE: &'static str = "risk_customers";
    const COLUMNS: &'static [Column] = &[
        Column::text("wallet"),
        Column::text("customer"),
        Column::number("score"),
        Column::text("outcome"),
        Column::text("withdrawal"),
        Column::number("assessed"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.wallet);
        fields.put(&self.customer);
        fields.put_count(u64::from(self.score));
        fields.put(self.outcome);
        fields.put(&self.withdrawal);
        fields.put_count(self.assessed);
        self.updated.encode(fields);
    }
}

impl KeyedRow for RiskCustomerRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WalletId;

    fn key(&self) -> WalletId {
        self.wallet.clone()
    }

    fn encode_key(key: &WalletId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for RiskCustomerRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            wallet: spelled(row, "wallet")?,
            customer: spelled(row, "customer")?,
            score: points(row, "score")?,
            outcome: spelled(row, "outcome")?,
            withdrawal: spelled(row, "withdrawal")?,
            assessed: count(row, "assessed")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
