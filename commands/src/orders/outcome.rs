//! What a command on an order answers: the order, and what of its money is where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::PassedLimit;
use tallybook_domain::orders::{Order, OrderId, OrderNo, OrderRefusal, OrderState};
use tallybook_domain::{CustomerId, Money, Refusal, WalletId};
use tallybook_event_store::Decision;

/// The order as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderOutcome {
    pub id: OrderId,
    pub order_no: OrderNo,
    pub state: OrderState,
    pub customer: CustomerId,
    /// What is to be paid, or was.
    pub amount: Money,
    pub captured: Money,
    pub refunded: Money,
    /// When the next step takes itself.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
}

/// An order that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedOrder {
    #[serde(flatten)]
    pub order: OrderOutcome,
    /// The same order had been placed before: this is that one.
    pub known: bool,
    /// The credit limit that is passed with it: it is placed all the same, and somebody is told.
    #[serde(default)]
    pub passed_limit: Option<PassedLimit>,
}

/// An order that was paid from the wallet, and what is left there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidOrder {
    #[serde(flatten)]
    pub order: OrderOutcome,
    pub wallet: WalletId,
    pub available: Money,
}

impl OrderOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &OrderId) -> Result<Self, Refusal> {
        let order = decision.state::<Order>(id.as_str());
        let (Some(state), Some(terms), Some(captured), Some(refunded)) =
            (order.state(), order.terms(), order.captured(), order.refunded())
        else {
            return Err(OrderRefusal::NotFound { order: id.clone() }.into());
        };
        Ok(Self {
            id: id.clone(),
            order_no: terms.order_no.clone(),
            state,
            customer: terms.customer.clone(),
            amount: terms.amount,
            captured,
            refunded,
            due_at: order.due_at(),
        })
    }
}
