//! What is known of a receipt besides its sums: what was asked back last, and why it was reversed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Money};
use utoipa::ToSchema;

use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptReversal {
    #[schema(value_type = String)]
    pub reason: Reason,
    pub effective_date: NaiveDate,
}

/// What somebody last asked to pay back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvanceRefund {
    pub state: RefundState,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = String)]
    pub reason: Reason,
    #[schema(value_type = String)]
    pub requested_by: Actor,
    /// Who approved or rejected it; `null` before that.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<Actor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    Requested,
    Refunded,
    /// The bank sent it back, or a part.
    Returned,
    Rejected,
}
