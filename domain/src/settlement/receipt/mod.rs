//! The receipt (收款): money that came in, whose it is, and what of it is still free.

mod aggregate;
mod command;
mod event;
mod funds;
mod id;
mod payer;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::{Receipt, RefundRequest};
pub use command::{ReceiptCommand, ReceivedMoney};
pub use event::ReceiptEvent;
pub use id::{OwnAccount, ReceiptId};
pub use payer::{Payer, RemittanceText};
pub use refusal::ReceiptRefusal;
pub use state::ReceiptState;
