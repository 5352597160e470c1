//! How the answers to commands on orders look in OpenAPI. Described here only; never made or read.

use chrono::{DateTime, Utc};
use tallybook_read_models::schema::{Money, OrderState};
use utoipa::ToSchema;

/// The order as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::orders::OrderOutcome")]
pub(super) struct OrderOutcome {
    #[schema(example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    id: String,
    #[schema(example = "SO-20261101-7")]
    order_no: String,
    state: OrderState,
    #[schema(example = "C00042")]
    customer: String,
    /// What is to be paid, or was.
    amount: Money,
    captured: Money,
    refunded: Money,
    /// When the next step takes itself.
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A limit, and what would be more.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_domain::billing::PassedLimit")]
pub(super) struct PassedLimit {
    limit: Money,
    /// What is open of the customer's bills and waits for the payment of its orders, this one among them.
    exposure: Money,
}

/// An order that was placed.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::orders::PlacedOrder")]
pub(super) struct PlacedOrder {
    #[schema(example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    id: String,
    #[schema(example = "SO-20261101-7")]
    order_no: String,
    state: OrderState,
    #[schema(example = "C00042")]
    customer: String,
    amount: Money,
    captured: Money,
    refunded: Money,
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    /// The same order had been placed before: this is that one.
    known: bool,
    /// The credit limit that is passed with it. It is placed all the same, and there is a credit alert of it.
    #[schema(required)]
    passed_limit: Option<PassedLimit>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// An order that was paid from the wallet, and what is left there.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::orders::PaidOrder")]
pub(super) struct PaidOrder {
    #[schema(example = "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD")]
    id: String,
    #[schema(example = "SO-20261101-7")]
    order_no: String,
    state: OrderState,
    #[schema(example = "C00042")]
    customer: String,
    amount: Money,
    captured: Money,
    refunded: Money,
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    #[schema(example = "C00042.CNY")]
    wallet: String,
    /// What is left in the wallet and not held.
    available: Money,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::orders::{OrderOutcome, PaidOrder, PlacedOrder};
    use tallybook_domain::billing::PassedLimit;
    use tallybook_domain::orders::{OrderId, OrderNo, OrderState};
    use tallybook_domain::{Currency, CustomerId, Money, WalletId};

    use crate::openapi::tests::assert_described;

    #[test]
    fn answers_look_as_described() {
        let (order_no, customer): (OrderNo, _) = ("SO-1".parse().unwrap(), CustomerId::from_number(1));
        let order = OrderOutcome {
            id: OrderId::of(&order_no),
            order_no,
            state: OrderState::Paid,
            customer: customer.clone(),
            amount: Money::zero(Currency::CNY),
            captured: Money::zero(Currency::CNY),
            refunded: Money::zero(Currency::CNY),
            due_at: None,
        };
        assert_described("OrderOutcome", &order);
        let nothing = Money::zero(Currency::CNY);
        let passed = PassedLimit { limit: nothing, exposure: nothing };
        let placed = PlacedOrder { order: order.clone(), known: false, passed_limit: Some(passed) };
        assert_described("PlacedOrder", &placed);
        let wallet = WalletId::new(&customer, Currency::CNY);
        let available = Money::zero(Currency::CNY);
        assert_described("PaidOrder", &PaidOrder { order, wallet, available });
    }
}
