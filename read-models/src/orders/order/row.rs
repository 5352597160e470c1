//! A row of `orders`, and the order put together with its steps.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::billing::pricing::{Quantity, Rate, UnitPrice};
use tallybook_domain::orders::order::Discount;
use tallybook_domain::orders::{DiscountName, OrderId, OrderLine, OrderNo, OrderState, ProductName, Sku};
use tallybook_domain::text::Remark;
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use super::OrderStep;
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp, stored_json};
use crate::schema;

/// An order with the way it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Order {
    #[serde(flatten)]
    pub row: OrderRow,
    /// What became of it, first to last.
    pub timeline: Vec<OrderStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderRow {
    #[schema(value_type = String, example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    pub id: OrderId,
    /// The shop's number of it.
    #[schema(value_type = String, example = "SO-20261101-7")]
    pub order_no: OrderNo,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// Lines less discounts, and freight: what is to be paid, tax included.
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = schema::Money)]
    pub freight: Money,
    /// All discounts together.
    #[schema(value_type = schema::Money)]
    pub discount: Money,
    /// Of the tax that is in the amount: 13 % of the price without tax is `0.13`.
    #[schema(value_type = Option<String>, example = "0.13")]
    pub tax_rate: Option<Rate>,
    pub lines: Vec<RowLine>,
    pub discounts: Vec<RowDiscount>,
    #[schema(value_type = Option<String>)]
    pub remark: Option<Remark>,
    #[schema(value_type = schema::OrderState)]
    pub state: OrderState,
    pub placed_date: NaiveDate,
    /// `null` before it is paid, as the next two.
    pub paid_date: Option<NaiveDate>,
    /// `wallet`, or the channel.
    #[schema(value_type = Option<String>, example = "wallet")]
    pub method: Option<SmolStr>,
    /// The wallet or the payment that paid it.
    pub payment: Option<String>,
    /// What was paid.
    #[schema(value_type = schema::Money)]
    pub captured: Money,
    /// What of it went back.
    #[schema(value_type = schema::Money)]
    pub refunded: Money,
    /// What is asked back, and not decided.
    #[schema(value_type = schema::Money)]
    pub refund_pending: Money,
    /// Without tax; nothing before it is completed.
    #[schema(value_type = schema::Money)]
    pub revenue: Money,
    #[schema(value_type = schema::Money)]
    pub tax: Money,
    /// When it is cancelled, received or completed by itself. Completion waits while a refund is open.
    pub due_at: Option<DateTime<Utc>>,
    pub created: Stamp,
    pub updated: Stamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct RowLine {
    /// From 1 on.
    pub line: u32,
    #[schema(value_type = String, example = "TEA-250")]
    pub sku: Sku,
    #[schema(value_type = String)]
    pub name: ProductName,
    #[schema(value_type = String, example = "3")]
    pub quantity: Quantity,
    #[schema(value_type = String, example = "33.335")]
    pub unit_price: UnitPrice,
    /// Quantity times price, rounded half up once.
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// How much of it is shipped.
    #[schema(value_type = String, example = "2")]
    pub shipped: Quantity,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderDiscount)]
pub struct RowDiscount {
    #[schema(value_type = String, example = "coupon")]
    pub name: DiscountName,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
}

impl RowLine {
    pub(super) fn of(line: &OrderLine) -> Self {
        let OrderLine { line, sku, name, quantity, unit_price, amount } = line.clone();
        Self { line, sku, name, quantity, unit_price, amount, shipped: Quantity::ZERO }
    }
}

impl RowDiscount {
    pub(super) fn of(Discount { name, amount }: &Discount) -> Self {
        Self { name: name.clone(), amount: *amount }
    }
}

impl Row for OrderRow {
    const TABLE: &'static str = "orders";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("order_no"),
        Column::text("customer"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::amount("freight"),
        Column::amount("discount"),
        Column::text("tax_rate"),
        Column::text("lines"),
        Column::text("discounts"),
        Column::text("remark"),
        Column::text("state"),
        Column::date("placed_date"),
        Column::date("paid_date"),
        Column::text("method"),
        Column::text("payment"),
        Column::amount("captured"),
        Column::amount("refunded"),
        Column::amount("refund_pending"),
        Column::amount("revenue"),
        Column::amount("tax"),
        Column::moment("due_at"),
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
        fields.put(&self.order_no);
        fields.put(&self.customer);
        fields.put(self.amount.currency());
        for amount in [self.amount, self.freight, self.discount] {
            fields.put_amount(amount.amount());
        }
        fields.put_option(self.tax_rate);
        fields.put_json(&self.lines);
        fields.put_json(&self.discounts);
        fields.put_option(self.remark.as_ref());
        fields.put(self.state);
        fields.put_date(self.placed_date);
        fields.put_optional_date(self.paid_date);
        fields.put_option(self.method.as_ref());
        fields.put_option(self.payment.as_ref());
        for amount in [self.captured, self.refunded, self.refund_pending, self.revenue, self.tax] {
            fields.put_amount(amount.amount());
        }
        match self.due_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for OrderRow {
    const KEY_COLUMNS: usize = 1;
    type Key = OrderId;

    fn key(&self) -> OrderId {
        self.id.clone()
    }

    fn encode_key(key: &OrderId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let line = |line: &RowLine| {
            size_of::<RowLine>()
                .saturating_add(line.sku.as_str().len())
                .saturating_add(line.name.as_str().len())
        };
        let discount =
            |discount: &RowDiscount| size_of::<RowDiscount>().saturating_add(discount.name.as_str().len());
        let remark = self.remark.as_ref().map_or(0, |remark| remark.as_str().len());
        let own = self.order_no.as_str().len().saturating_add(remark);
        let parts = self.lines.iter().map(line).chain(self.discounts.iter().map(discount));
        parts.fold(own, usize::saturating_add)
    }
}

impl FromRow<'_, PgRow> for OrderRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        let amount = |column: &str| money(row, column, currency);
        Ok(Self {
            id: spelled(row, "id")?,
            order_no: spelled(row, "order_no")?,
            customer: spelled(row, "customer")?,
            amount: amount("amount")?,
            freight: amount("freight")?,
            discount: amount("discount")?,
            tax_rate: optional(row, "tax_rate")?,
            lines: stored_json(row, "lines")?,
            discounts: stored_json(row, "discounts")?,
            remark: optional(row, "remark")?,
            state: spelled(row, "state")?,
            placed_date: row.try_get("placed_date")?,
            paid_date: row.try_get("paid_date")?,
            method: optional(row, "method")?,
            payment: row.try_get("payment")?,
            captured: amount("captured")?,
            refunded: amount("refunded")?,
            refund_pending: amount("refund_pending")?,
            revenue: amount("revenue")?,
            tax: amount("tax")?,
            due_at: row.try_get("due_at")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
