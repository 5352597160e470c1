//! Orders (订单): what a customer bought and paid for beforehand, until it is delivered or the money went back.
//!
//! Money taken for an order is owed to the customer (2205) until the order is completed. The order says how much of it
//! there is; how a channel paid it, and how it goes back, are records of their own, decided together with the order.

mod event;
mod id;
pub mod order;
pub mod payment;
pub mod refund;
mod texts;
mod times;

pub use crate::ids::{PaymentId, RefundId};
pub use event::OrdersEvent;
pub use id::OrderId;
pub use order::{
    Order, OrderAction, OrderCommand, OrderDraft, OrderEvent, OrderLine, OrderRefusal, OrderState,
    OrderTerms, PaidWith, ShippedPart,
};
pub use payment::{Payment, PaymentCommand, PaymentEvent, PaymentReference, PaymentRefusal, PaymentState};
pub use refund::{
    OrderRefund, OrderRefundAction, OrderRefundCommand, OrderRefundEvent, OrderRefundRefusal,
    OrderRefundState, RefundGround, RefundNumber,
};
pub use texts::{Carrier, DiscountName, OrderNo, ProductName, Sku, TrackingNo};
pub use times::OrderTimes;
