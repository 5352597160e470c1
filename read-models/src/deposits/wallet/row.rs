//! A row of `wallets`.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::text::Reason;
use tallybook_domain::{Currency, CustomerId, Money, WalletId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletRow {
    #[schema(value_type = String, example = "C00042.CNY")]
    pub id: WalletId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    #[schema(value_type = schema::Money)]
    pub balance: Money,
    /// The part of the balance that is set aside for withdrawals.
    #[schema(value_type = schema::Money)]
    pub held: Money,
    /// What may be withdrawn: balance less held.
    #[schema(value_type = schema::Money)]
    pub available: Money,
    /// Why no money may leave it, while it is frozen; as it is now, also as of an earlier moment.
    #[schema(value_type = Option<String>)]
    pub frozen: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl WalletRow {
    /// A wallet before its first event has moved anything.
    pub(super) fn empty(id: &WalletId, created: Stamp) -> Self {
        let currency = id.currency();
        let zero = Money::zero(currency);
        Self {
            id: id.clone(),
            customer: id.customer(),
            currency,
            balance: zero,
            held: zero,
            available: zero,
            frozen: None,
            updated: created.clone(),
            created,
        }
    }
}

impl Row for WalletRow {
    const TABLE: &'static str = "wallets";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("currency"),
        Column::amount("balance"),
        Column::amount("held"),
        Column::amount("available"),
        Column::text("frozen"),
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
        fields.put(self.currency);
        fields.put_amount(self.balance.amount());
        fields.put_amount(self.held.amount());
        fields.put_amount(self.available.amount());
        fields.put_option(self.frozen.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for WalletRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WalletId;

    fn key(&self) -> WalletId {
        self.id.clone()
    }

    fn encode_key(key: &WalletId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.frozen.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for WalletRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency = spelled(row, "currency")?;
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            currency,
            balance: money(row, "balance", currency)?,
            held: money(row, "held", currency)?,
            available: money(row, "available", currency)?,
            frozen: optional(row, "frozen")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
