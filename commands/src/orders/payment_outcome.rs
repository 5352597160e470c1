//! What a command on a payment or a refund answers: the thing itself, and how it stands with its order.

use serde::{Deserialize, Serialize};
use tallybook_domain::channels::{Channel, ChannelNumber};
use tallybook_domain::orders::{
    Order, OrderId, OrderRefund, OrderRefundRefusal, OrderRefundState, OrderRefusal, OrderState, PaidWith,
    Payment, PaymentId, PaymentReference, PaymentRefusal, PaymentState, RefundId, RefundNumber,
};
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::Decision;

/// The payment as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOutcome {
    pub id: PaymentId,
    pub state: PaymentState,
    pub order: OrderId,
    pub order_state: OrderState,
    pub channel: Channel,
    pub merchant: ChannelNumber,
    /// What the channel is to be given as our number.
    pub reference: PaymentReference,
    pub amount: Money,
    /// What of it has paid the order.
    pub captured: Money,
    /// What came that is not the order's.
    pub excess: Money,
    /// What a person has still to look at.
    pub open_exceptions: u32,
}

impl PaymentOutcome {
    /// Of a payment whose order is at hand.
    pub(super) fn of(decision: &Decision<'_>, id: &PaymentId) -> Result<Self, Refusal> {
        let not_found = || PaymentRefusal::NotFound { payment: id.clone() };
        let payment = decision.state::<Payment>(id.as_str());
        let order = payment.order().cloned().ok_or_else(not_found)?;
        let (Some(state), Some(channel), Some(merchant), Some(reference)) =
            (payment.state(), payment.channel(), payment.merchant(), payment.reference())
        else {
            return Err(not_found().into());
        };
        let (Some(amount), Some(captured), Some(excess)) =
            (payment.amount(), payment.captured(), payment.excess())
        else {
            return Err(not_found().into());
        };
        Ok(Self {
            id: id.clone(),
            state,
            order_state: state_of(decision, &order)?,
            order,
            channel,
            merchant: merchant.clone(),
            reference: reference.clone(),
            amount,
            captured,
            excess,
            open_exceptions: payment.open_exceptions(),
        })
    }
}

/// The refund as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefundOutcome {
    pub id: RefundId,
    pub state: OrderRefundState,
    pub order: OrderId,
    pub order_state: OrderState,
    pub amount: Money,
    /// What the channel is to be given, or was, as our number. None of money that goes back to the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RefundNumber>,
    /// How many people have still to approve it, while it waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

impl OrderRefundOutcome {
    /// Of a refund whose order is at hand.
    pub(super) fn of(decision: &Decision<'_>, id: &RefundId) -> Result<Self, Refusal> {
        let refund = decision.state::<OrderRefund>(id.as_str());
        let (Some(state), Some(order), Some(amount), Some(back_to)) =
            (refund.state(), refund.order().cloned(), refund.amount(), refund.back_to())
        else {
            return Err(OrderRefundRefusal::NotFound { refund: id.clone() }.into());
        };
        let number = match back_to {
            PaidWith::Wallet { .. } => None,
            PaidWith::Channel { .. } => refund.number(),
        };
        let order_state = state_of(decision, &order)?;
        Ok(Self { id: id.clone(), state, order_state, order, amount, number, missing_approvals: None })
    }
}

fn state_of(decision: &Decision<'_>, order: &OrderId) -> Result<OrderState, Refusal> {
    let state = decision.state::<Order>(order.as_str()).state();
    state.ok_or_else(|| OrderRefusal::NotFound { order: order.clone() }.into())
}
