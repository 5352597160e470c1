//! Why something may not happen to an order.

use super::{OrderAction, OrderState};
use crate::billing::pricing::Quantity;
use crate::dates::EffectiveDateOutOfRange;
use crate::money::{Money, MoneyError};
use crate::orders::{OrderId, OrderNo, RefundId};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    #[error("there is no order {order}")]
    NotFound { order: OrderId },
    #[error("order {order} has the number {order_no:?} already, and is another")]
    NumberTaken { order: OrderId, order_no: OrderNo },
    #[error("order {order} is {state}: it is too late, or too early, to {action} it")]
    NotInState { order: OrderId, state: OrderState, action: OrderAction },
    #[error("an order has 1 to {most} lines")]
    LineCount { most: usize },
    #[error("the quantity of line {line} must be more than zero")]
    QuantityNotPositive { line: u32 },
    #[error("the discount {name:?} must be more than zero, it is {amount}")]
    DiscountNotPositive { name: String, amount: Money },
    #[error("the freight cannot be less than nothing, it is {amount}")]
    FreightNegative { amount: Money },
    /// Of an order that costs nothing there is nothing to keep in a ledger.
    #[error("lines less discounts, and freight, must come to more than zero; they come to {amount}")]
    AmountNotPositive { amount: Money },
    #[error("order {order} is over {amount}, not {paid}")]
    PaidOtherwise { order: OrderId, amount: Money, paid: Money },
    #[error("a shipment says what is in it, each line once")]
    NothingShipped { order: OrderId },
    #[error("order {order} has no line {line}")]
    NoSuchLine { order: OrderId, line: u32 },
    #[error("{unshipped} of line {line} is not shipped, {requested} is to be")]
    AboveUnshipped { order: OrderId, line: u32, unshipped: Quantity, requested: Quantity },
    #[error(
        "{requested} is asked back of order {order}: {captured} was paid, {refunded} is refunded, {pending} is asked for already"
    )]
    RefundAboveCaptured { order: OrderId, captured: Money, refunded: Money, pending: Money, requested: Money },
    #[error("refund {refund} of order {order} is open already, over {amount}")]
    RefundAlreadyOpen { order: OrderId, refund: RefundId, amount: Money },
    #[error("the refund must be more than zero, it is {amount}")]
    RefundNotPositive { amount: Money },
    #[error("refund {refund} of order {order} is not open")]
    RefundNotOpen { order: OrderId, refund: RefundId },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the order's, or a sum is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
