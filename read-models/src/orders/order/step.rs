//! The way an order took, step by step: rows of `order_steps`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use tallybook_domain::ledger::effective_date;
use tallybook_domain::orders::order::StepBy;
use tallybook_domain::orders::{Carrier, OrderEvent, OrderId, RefundId, ShippedPart, TrackingNo};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, RecordedEvent};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, Row, Stamp};
use crate::schema;

/// Something that became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderStep {
    pub step: StepName,
    pub position: u64,
    pub at: DateTime<Utc>,
    #[schema(value_type = String, example = "user:wang")]
    pub by: SmolStr,
    /// The business date, where money moved.
    pub effective_date: Option<NaiveDate>,
    #[serde(flatten)]
    pub facts: StepFacts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderStepName)]
pub enum StepName {
    Placed,
    Paid,
    Shipped,
    Received,
    Completed,
    Cancelled,
    RefundRequested,
    Refunded,
    RefundReleased,
    Closed,
}

/// What is known of a step; a member that says nothing of it is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderStepFacts)]
pub struct StepFacts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Money>, nullable = false)]
    pub amount: Option<Money>,
    /// What paid, or was paid back to: `wallet`, or the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub method: Option<SmolStr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub refund: Option<RefundId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<schema::ShippedPart>)]
    pub parts: Vec<ShippedPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub carrier: Option<Carrier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub tracking_no: Option<TrackingNo>,
    /// `person`, or `timer` where time took the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "timer")]
    pub taken_by: Option<StepBy>,
    /// When the step after this one takes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub reason: Option<Reason>,
}

/// A row of `order_steps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    pub order: OrderId,
    pub step: OrderStep,
}

impl StepRow {
    pub(super) fn of(event: &RecordedEvent, change: &OrderEvent) -> Self {
        let (step, facts) = told(change);
        let Stamp { position, at, by } = Stamp::of(event);
        let effective_date = effective_date(&event.event);
        let step = OrderStep { step, position, at, by, effective_date, facts };
        Self { order: change.order().clone(), step }
    }
}

fn told(change: &OrderEvent) -> (StepName, StepFacts) {
    let facts = StepFacts::default;
    let of_amount = |amount: &Money| StepFacts { amount: Some(*amount), ..facts() };
    match change {
        OrderEvent::OrderPlaced { terms, pay_by, .. } => {
            (StepName::Placed, StepFacts { due_at: Some(*pay_by), ..of_amount(&terms.amount) })
        }
        OrderEvent::OrderPaid { paid_with, amount, .. } => {
            let method = Some(paid_with.as_str().into());
            (StepName::Paid, StepFacts { method, ..of_amount(amount) })
        }
        OrderEvent::OrderShipped { parts, carrier, tracking_no, receive_by, .. } => {
            let (parts, carrier, tracking_no) = (parts.clone(), carrier.clone(), tracking_no.clone());
            (StepName::Shipped, StepFacts { parts, carrier, tracking_no, due_at: *receive_by, ..facts() })
        }
        OrderEvent::OrderReceived { by, complete_by, .. } => {
            let (taken_by, due_at) = (Some(*by), Some(*complete_by));
            (StepName::Received, StepFacts { taken_by, due_at, ..facts() })
        }
        OrderEvent::OrderCompleted { amounts, .. } => (StepName::Completed, of_amount(&amounts.total)),
        OrderEvent::OrderCancelled { by, reason, .. } => {
            let (taken_by, reason) = (Some(*by), reason.clone());
            (StepName::Cancelled, StepFacts { taken_by, reason, ..facts() })
        }
        OrderEvent::OrderRefundRequested { refund, amount, .. } => {
            let refund = Some(refund.clone());
            (StepName::RefundRequested, StepFacts { refund, ..of_amount(amount) })
        }
        OrderEvent::OrderRefunded { refund, paid_with, amount, .. } => {
            let (refund, method) = (Some(refund.clone()), Some(paid_with.as_str().into()));
            (StepName::Refunded, StepFacts { refund, method, ..of_amount(amount) })
        }
        OrderEvent::OrderRefundReleased { refund, amount, .. } => {
            let refund = Some(refund.clone());
            (StepName::RefundReleased, StepFacts { refund, ..of_amount(amount) })
        }
        OrderEvent::OrderClosed { .. } => (StepName::Closed, facts()),
    }
}

impl StepName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Received => "received",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::RefundRequested => "refund_requested",
            Self::Refunded => "refunded",
            Self::RefundReleased => "refund_released",
            Self::Closed => "closed",
        }
    }
}

impl Row for StepRow {
    const TABLE: &'static str = "order_steps";
    const COLUMNS: &'static [Column] = &[
        Column::text("order_id"),
        Column::number("position"),
        Column::text("step"),
        Column::moment("at"),
        Column::text("by"),
        Column::date("effective_date"),
        Column::text("facts"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.order);
        fields.put_count(self.step.position);
        fields.put(self.step.step.as_str());
        fields.put_moment(self.step.at);
        fields.put(&self.step.by);
        fields.put_optional_date(self.step.effective_date);
        fields.put_json(&self.step.facts);
    }
}
