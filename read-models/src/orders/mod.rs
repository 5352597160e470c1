//! What became of orders, their payments and their refunds.

mod order;
mod payment;
mod refund;

pub use order::{
    Order, OrderFilter, OrderRow, OrderSort, OrderStep, Orders, RowDiscount, RowLine, StepFacts, StepName,
    find_order, list_orders, orders_due,
};
pub use payment::{
    ExceptionFilter, PaymentException, PaymentFilter, PaymentOrder, PaymentRow, Payments, find_payment,
    list_payments,
};
pub use refund::{
    OrderRefundFilter, OrderRefundOrder, OrderRefundRow, OrderRefunds, find_order_refund, list_order_refunds,
};
