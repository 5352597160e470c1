//! What people, channels and time do with orders: place, pay, ship, receive, cancel, complete and refund.

mod approve_order_refund;
mod begin_payment;
mod cancel_order;
mod charge_payment_fee;
mod close_payment;
mod confirm_payment;
mod credit;
mod fail_order_refund;
mod outcome;
mod parties;
mod pay_from_wallet;
mod payment_order;
mod payment_outcome;
mod payment_received;
mod payment_told;
mod place_order;
mod placed_orders;
mod receive_order;
mod refund_step;
mod reject_order_refund;
mod request_order_refund;
mod resolve_payment;
mod ship_order;
mod submit_order_refund;
mod succeed_order_refund;
mod take_due_step;

pub use approve_order_refund::{ApproveOrderRefund, approve_order_refund};
pub(crate) use approve_order_refund::{
    approve_refund_of_order, check_may_approve_refund, waiting_order_refund,
};
pub use begin_payment::{BeginPayment, PaymentTerms, begin_payment};
pub use cancel_order::{CancelOrder, cancel_order};
pub use charge_payment_fee::{ChargePaymentFee, charge_payment_fee};
pub use close_payment::{ClosePayment, close_payment};
pub use confirm_payment::{ConfirmPayment, confirm_payment};
pub use fail_order_refund::{FailOrderRefund, fail_order_refund};
pub use outcome::{OrderOutcome, PaidOrder, PlacedOrder};
pub use pay_from_wallet::{PayFromWallet, pay_from_wallet};
pub use payment_outcome::{OrderRefundOutcome, PaymentOutcome};
pub use place_order::{PlaceOrder, place_order};
pub(crate) use placed_orders::placed_orders;
pub use receive_order::{ReceiveOrder, receive_order};
pub(crate) use reject_order_refund::reject_refund_of_order;
pub use reject_order_refund::{RejectOrderRefund, reject_order_refund};
pub use request_order_refund::{RequestOrderRefund, request_order_refund};
pub use resolve_payment::{ResolvePayment, resolve_payment};
pub use ship_order::{ShipOrder, ship_order};
pub use submit_order_refund::{SubmitOrderRefund, submit_order_refund};
pub use succeed_order_refund::{SucceedOrderRefund, succeed_order_refund};
pub use take_due_step::{TakeDueStep, take_due_step};

pub(crate) use payment_told::take_up;
