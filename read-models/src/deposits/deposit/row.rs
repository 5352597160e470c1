//! A row of `deposits`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::deposits::{BankReference, DepositMethod, DepositState};
use tallybook_domain::text::{Reason, Remark};
use tallybook_domain::{CustomerId, DepositId, Money, WalletId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepositRow {
    #[schema(value_type = String, example = "C00042.CNY.17")]
    pub id: DepositId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The bank's or channel's number of the payment.
    #[schema(value_type = String)]
    pub reference: BankReference,
    #[schema(value_type = schema::DepositMethod)]
    pub method: DepositMethod,
    #[schema(value_type = schema::DepositState)]
    pub state: DepositState,
    pub effective_date: NaiveDate,
    #[schema(value_type = Option<String>)]
    pub remark: Option<Remark>,
    /// What was said when it was reversed; who did it and when is in `updated`.
    pub reversal: Option<DepositReversal>,
    pub created: Stamp,
    pub updated: Stamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepositReversal {
    #[schema(value_type = String)]
    pub reason: Reason,
    pub effective_date: NaiveDate,
}

impl Row for DepositRow {
    const TABLE: &'static str = "deposits";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("wallet"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("reference"),
        Column::text("method"),
        Column::text("state"),
        Column::date("effective_date"),
        Column::text("remark"),
        Column::text("reversal_reason"),
        Column::date("reversal_effective_date"),
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
        fields.put(&self.reference);
        fields.put(self.method);
        fields.put(self.state);
        fields.put_date(self.effective_date);
        fields.put_option(self.remark.as_ref());
        fields.put_option(self.reversal.as_ref().map(|reversal| &reversal.reason));
        fields.put_optional_date(self.reversal.as_ref().map(|reversal| reversal.effective_date));
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for DepositRow {
    const KEY_COLUMNS: usize = 1;
    type Key = DepositId;

    fn key(&self) -> DepositId {
        self.id.clone()
    }

    fn encode_key(key: &DepositId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let remark = self.remark.as_ref().map_or(0, |remark| remark.as_str().len());
        let reason = self.reversal.as_ref().map_or(0, |reversal| reversal.reason.as_str().len());
        self.reference.as_str().len() + remark + reason
    }
}

impl FromRow<'_, PgRow> for DepositRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let reason: Option<Reason> = optional(row, "reversal_reason")?;
        let effective_date: Option<NaiveDate> = row.try_get("reversal_effective_date")?;
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            wallet: spelled(row, "wallet")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            reference: spelled(row, "reference")?,
            method: spelled(row, "method")?,
            state: spelled(row, "state")?,
            effective_date: row.try_get("effective_date")?,
            remark: optional(row, "remark")?,
            // The table's check keeps both or neither.
            reversal: reason
                .zip(effective_date)
                .map(|(reason, effective_date)| DepositReversal { reason, effective_date }),
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
