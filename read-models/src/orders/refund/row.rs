//! Rows of `order_refunds`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::channels::Channel;
use tallybook_domain::orders::payment::ExcessReason;
use tallybook_domain::orders::{OrderId, OrderRefundState, PaymentId, RefundGround, RefundId, RefundNumber};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Money, WalletId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderRefundRow {
    #[schema(value_type = String, example = "F01K7RA8ZAYFGXSMRSF9FMC3M05")]
    pub id: RefundId,
    #[schema(value_type = String, example = "O01K7RA8ZAYFGXSMRSF9FMC3M07")]
    pub order: OrderId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// `order`: what paid it, or a part of it; `excess`: money that came for it and is not its.
    #[schema(value_type = schema::RefundGround)]
    pub ground: RefundGround,
    /// Where it goes back to, if the order was paid from a wallet.
    #[schema(value_type = Option<String>, example = "C00042.CNY")]
    pub wallet: Option<WalletId>,
    /// Where it goes back to, if the money came through a channel.
    #[schema(value_type = Option<schema::Channel>)]
    pub channel: Option<Channel>,
    #[schema(value_type = Option<String>)]
    pub payment: Option<PaymentId>,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The numbers of the order's lines it is about.
    pub lines: Vec<u32>,
    /// Why somebody asked for it.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// Why the money is not the order's.
    #[schema(value_type = Option<schema::ExcessReason>)]
    pub why: Option<ExcessReason>,
    #[schema(value_type = schema::OrderRefundState)]
    pub state: OrderRefundState,
    /// The one who may not approve it: who asked for it, or confirmed by hand what makes the money excess. `null` where the
    /// channel has signed all of that.
    #[schema(value_type = Option<String>, example = "user:li")]
    pub requested_by: Option<Actor>,
    /// Who approved or rejected it.
    #[schema(value_type = Option<String>, example = "user:wang")]
    pub decided_by: Option<Actor>,
    /// Our number of it, as the channel is to be given it (`out_refund_no`, `out_request_no`).
    #[schema(value_type = Option<String>)]
    pub number: Option<RefundNumber>,
    /// The business date on which the money went back.
    pub refunded_date: Option<NaiveDate>,
    /// Why it was rejected, or failed.
    #[schema(value_type = Option<String>)]
    pub ending: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for OrderRefundRow {
    const TABLE: &'static str = "order_refunds";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("order_id"),
        Column::text("customer"),
        Column::text("ground"),
        Column::text("wallet"),
        Column::text("channel"),
        Column::text("payment"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("lines"),
        Column::text("reason"),
        Column::text("why"),
        Column::text("state"),
        Column::text("requested_by"),
        Column::text("decided_by"),
        Column::text("number"),
        Column::date("refunded_date"),
        Column::text("ending"),
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
        fields.put(self.ground);
        fields.put_option(self.wallet.as_ref());
        fields.put_option(self.channel);
        fields.put_option(self.payment.as_ref());
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
        fields.put_json(&self.lines);
        fields.put_option(self.reason.as_ref());
        fields.put_option(self.why);
        fields.put(self.state);
        fields.put_option(self.requested_by.as_ref());
        fields.put_option(self.decided_by.as_ref());
        fields.put_option(self.number.as_ref());
        fields.put_optional_date(self.refunded_date);
        fields.put_option(self.ending.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for OrderRefundRow {
    const KEY_COLUMNS: usize = 1;
    type Key = RefundId;

    fn key(&self) -> RefundId {
        self.id.clone()
    }

    fn encode_key(key: &RefundId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let lines = self.lines.len().saturating_mul(std::mem::size_of::<u32>());
        [&self.reason, &self.ending]
            .into_iter()
            .flatten()
            .fold(lines, |sum, reason| sum.saturating_add(reason.as_str().len()))
    }
}

impl FromRow<'_, PgRow> for OrderRefundRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            order: spelled(row, "order_id")?,
            customer: spelled(row, "customer")?,
            ground: spelled(row, "ground")?,
            wallet: optional(row, "wallet")?,
            channel: optional(row, "channel")?,
            payment: optional(row, "payment")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            lines: stored_json(row, "lines")?,
            reason: optional(row, "reason")?,
            why: optional(row, "why")?,
            state: spelled(row, "state")?,
            requested_by: optional(row, "requested_by")?,
            decided_by: optional(row, "decided_by")?,
            number: optional(row, "number")?,
            refunded_date: row.try_get("refunded_date")?,
            ending: optional(row, "ending")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
