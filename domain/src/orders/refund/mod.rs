//! A refund of an order (退款): asked for, approved by somebody else, handed to the channel, and confirmed.
//!
//! Only the channel's or a person's confirmation makes it succeeded. Money that came and is not an order's is refunded
//! without being asked for. Must never move money: the order, the payment and the wallet are decided with it.

mod aggregate;
mod command;
mod event;
mod number;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::OrderRefund;
pub use command::OrderRefundCommand;
pub use event::{OrderRefundEvent, RefundGround};
pub use number::RefundNumber;
pub use refusal::OrderRefundRefusal;
pub use state::{OrderRefundAction, OrderRefundState};
