//! A row of `risk_assessments`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::risk::{Assessment, PayeeId};
use tallybook_domain::{CustomerId, WalletId, WithdrawalId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssessmentRow {
    /// The withdrawal's.
    #[schema(value_type = String, format = Uuid)]
    pub id: WithdrawalId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    /// The book's day.
    pub date: NaiveDate,
    /// By what the destination is known again.
    #[schema(value_type = String)]
    pub payee: PayeeId,
    #[schema(value_type = schema::Assessment)]
    pub assessment: Assessment,
    pub created: Stamp,
}

/// What a rule's result takes in memory, roughly, and the inputs.
const BYTES_OF_A_RESULT: usize = 150;
const BYTES_OF_INPUTS: usize = 600;

impl Row for AssessmentRow {
    const TABLE: &'static str = "risk_assessments";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("wallet"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::date("date"),
        Column::text("payee"),
        Column::text("outcome"),
        Column::number("score"),
        Column::text("assessment"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        let amount = self.assessment.inputs.amount;
        fields.put(&self.id);
        fields.put(&self.customer);
        fields.put(&self.wallet);
        fields.put(amount.currency());
        fields.put_amount(amount.amount());
        fields.put_date(self.date);
        fields.put(&self.payee);
        fields.put(self.assessment.outcome);
        fields.put_count(u64::from(self.assessment.score));
        fields.put_json(&self.assessment);
        self.created.encode(fields);
    }
}

impl KeyedRow for AssessmentRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WithdrawalId;

    fn key(&self) -> WithdrawalId {
        self.id.clone()
    }

    fn encode_key(key: &WithdrawalId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        BYTES_OF_INPUTS + self.assessment.results.len() * BYTES_OF_A_RESULT
    }
}

impl FromRow<'_, PgRow> for AssessmentRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            wallet: spelled(row, "wallet")?,
            date: row.try_get("date")?,
            payee: spelled(row, "payee")?,
            assessment: stored_json(row, "assessment")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}
