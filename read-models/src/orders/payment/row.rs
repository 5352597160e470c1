//! Rows of `payments`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::channels::{Channel, ChannelNotificationId, ChannelNumber};
use tallybook_domain::orders::payment::PaymentExceptionKind;
use tallybook_domain::orders::{OrderId, PaymentId, PaymentReference, PaymentState, RefundId};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Money};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, money, optional, spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentRow {
    #[schema(value_type = String, example = "Z01K7RA8ZAYFGXSMRSF9FMC3M06")]
    pub id: PaymentId,
    #[schema(value_type = String, example = "O01K7RA8ZAYFGXSMRSF9FMC3M07")]
    pub order: OrderId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = schema::Channel)]
    pub channel: Channel,
    /// The channel's number of the merchant it is to be paid to.
    #[schema(value_type = String)]
    pub merchant: ChannelNumber,
    /// Our number of it, as the channel is given it (`out_trade_no`).
    #[schema(value_type = String)]
    pub reference: PaymentReference,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = schema::PaymentState)]
    pub state: PaymentState,
    /// The channel's number of what has paid the order.
    #[schema(value_type = Option<String>)]
    pub transaction: Option<ChannelNumber>,
    pub paid_date: Option<NaiveDate>,
    /// What of it has paid the order.
    #[schema(value_type = schema::Money)]
    pub captured: Money,
    /// What came that is not the order's.
    #[schema(value_type = schema::Money)]
    pub excess: Money,
    /// What of both went back.
    #[schema(value_type = schema::Money)]
    pub refunded: Money,
    /// What the channel has kept.
    #[schema(value_type = schema::Money)]
    pub fee: Money,
    /// What a person has to look at, or has looked at; oldest first.
    pub exceptions: Vec<PaymentException>,
    pub open_exceptions: u64,
    pub created: Stamp,
    pub updated: Stamp,
}

/// Something about a payment that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentException {
    #[schema(value_type = schema::PaymentExceptionKind)]
    pub kind: PaymentExceptionKind,
    #[schema(value_type = Option<schema::Money>)]
    pub amount: Option<Money>,
    /// The channel's number of money that came.
    #[schema(value_type = Option<String>)]
    pub transaction: Option<ChannelNumber>,
    /// By which money that came goes back, or of which the channel says what is not believed.
    #[schema(value_type = Option<String>)]
    pub refund: Option<RefundId>,
    /// What the channel said that is not believed.
    #[schema(value_type = Option<String>)]
    pub notification: Option<ChannelNotificationId>,
    pub raised: Stamp,
    /// By whom it was looked at, and when.
    pub resolved: Option<Stamp>,
    /// What he found.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
}

impl Row for PaymentRow {
    const TABLE: &'static str = "payments";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("order_id"),
        Column::text("customer"),
        Column::text("channel"),
        Column::text("merchant"),
        Column::text("reference"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("state"),
        Column::text("transaction"),
        Column::date("paid_date"),
        Column::amount("captured"),
        Column::amount("excess"),
        Column::amount("refunded"),
        Column::amount("fee"),
        Column::text("exceptions"),
        Column::number("open_exceptions"),
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
        fields.put(&self.order);
        fields.put(&self.customer);
        fields.put(self.channel);
        fields.put(&self.merchant);
        fields.put(&self.reference);
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
        fields.put(self.state);
        fields.put_option(self.transaction.as_ref());
        fields.put_optional_date(self.paid_date);
        for amount in [self.captured, self.excess, self.refunded, self.fee] {
            fields.put_amount(amount.amount());
        }
        fields.put_json(&self.exceptions);
        fields.put_count(self.open_exceptions);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for PaymentRow {
    const KEY_COLUMNS: usize = 1;
    type Key = PaymentId;

    fn key(&self) -> PaymentId {
        self.id.clone()
    }

    fn encode_key(key: &PaymentId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let transaction = self.transaction.as_ref().map_or(0, |transaction| transaction.as_str().len());
        let exceptions = self.exceptions.len().saturating_mul(std::mem::size_of::<PaymentException>());
        let reasons = self.exceptions.iter().filter_map(|one| one.reason.as_ref());
        reasons.fold(exceptions.saturating_add(transaction), |sum, reason| {
            sum.saturating_add(reason.as_str().len())
        })
    }
}

impl FromRow<'_, PgRow> for PaymentRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency = spelled(row, "currency")?;
        Ok(Self {
            id: spelled(row, "id")?,
            order: spelled(row, "order_id")?,
            customer: spelled(row, "customer")?,
            channel: spelled(row, "channel")?,
            merchant: spelled(row, "merchant")?,
            reference: spelled(row, "reference")?,
            amount: money(row, "amount", currency)?,
            state: spelled(row, "state")?,
            transaction: optional(row, "transaction")?,
            paid_date: row.try_get("paid_date")?,
            captured: money(row, "captured", currency)?,
            excess: money(row, "excess", currency)?,
            refunded: money(row, "refunded", currency)?,
            fee: money(row, "fee", currency)?,
            exceptions: stored_json(row, "exceptions")?,
            open_exceptions: count(row, "open_exceptions")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
