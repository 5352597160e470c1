//! How the answers to commands on payments and refunds look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::{Channel, Money, OrderRefundState, OrderState, PaymentState};
use utoipa::ToSchema;

/// The payment as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::orders::PaymentOutcome")]
pub(super) struct PaymentOutcome {
    #[schema(example = "Z7YK1T4MZQ0XW8C3RB5VNG2JHPD")]
    id: String,
    state: PaymentState,
    #[schema(example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    order: String,
    order_state: OrderState,
    channel: Channel,
    /// The channel's number of the merchant it is to be paid to.
    merchant: String,
    /// What the channel is to be given as our number (`out_trade_no`).
    #[schema(example = "T01K7RA8ZAYFGXSMRSF9FMC3M01")]
    reference: String,
    amount: Money,
    /// What of it has paid the order.
    captured: Money,
    /// What came that is not the order's.
    excess: Money,
    /// What a person has still to look at.
    open_exceptions: u32,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The refund as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::orders::OrderRefundOutcome")]
pub(super) struct OrderRefundOutcome {
    #[schema(example = "F01K7RA8ZAYFGXSMRSF9FMC3M05")]
    id: String,
    state: OrderRefundState,
    #[schema(example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    order: String,
    order_state: OrderState,
    amount: Money,
    /// What the channel is to be given, or was, as our number (`out_refund_no`, `out_request_no`); none of money that goes
    /// back to the wallet.
    #[schema(nullable = false, example = "F01K7RA8ZAYFGXSMRSF9FMC3M05")]
    number: Option<String>,
    /// How many people have still to approve it, while it waits for them.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::orders::{OrderRefundOutcome, PaymentOutcome};
    use tallybook_domain::channels::Channel;
    use tallybook_domain::orders::{
        OrderId, OrderRefundState, OrderState, PaymentId, PaymentReference, PaymentState, RefundId,
        RefundNumber,
    };
    use tallybook_domain::{Currency, Money};
    use uuid::Uuid;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let none = Money::zero(Currency::CNY);
        let order = OrderId::of(&"SO-7".parse().unwrap());
        let reference = PaymentReference::from_uuid(Uuid::nil());
        let payment = PaymentOutcome {
            id: PaymentId::of(Channel::Alipay, &reference.number()),
            state: PaymentState::Pending,
            order: order.clone(),
            order_state: OrderState::PendingPayment,
            channel: Channel::Alipay,
            merchant: reference.number(),
            reference,
            amount: none,
            captured: none,
            excess: none,
            open_exceptions: 0,
        };
        assert_described("PaymentOutcome", &payment);
        let id = RefundId::from_uuid(Uuid::nil());
        let number = Some(RefundNumber::new(&id, 1));
        let (state, order_state) = (OrderRefundState::Requested, OrderState::Paid);
        let (amount, missing_approvals) = (none, Some(1));
        let refund = OrderRefundOutcome { id, state, order, order_state, amount, number, missing_approvals };
        assert_described("OrderRefundOutcome", &refund);
    }
}
