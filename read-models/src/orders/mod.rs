//! What became of orders.

mod order;

pub use order::{
    Order, OrderFilter, OrderRow, OrderSort, OrderStep, Orders, RowDiscount, RowLine, StepFacts, StepName,
    find_order, list_orders, orders_due,
};
