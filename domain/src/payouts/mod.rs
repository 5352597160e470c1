//! Payouts: how the money of an approved withdrawal gets to its account, and what the bank says became of it.
//!
//! Each withdrawal has at most one. What is sent, is sent once: from then on it is only asked about. Must never move
//! money: the withdrawal and its wallet do, in the same decision.

mod adapter;
pub mod batch;
mod debtor;
mod event;
mod id;
pub mod payout;

pub use adapter::PayoutAdapterKind;
pub use batch::{PayoutBatch, PayoutBatchCommand, PayoutBatchEvent, PayoutBatchRefusal};
pub use debtor::{BankCode, Debtor};
pub use event::PayoutsEvent;
pub use id::{PayoutBatchId, PayoutId};
pub use payout::{
    AnsweredStatus, Heard, Payout, PayoutAnswer, PayoutCommand, PayoutDoubt, PayoutEvent, PayoutRefusal,
    PayoutState, Prepared, UnknownCause,
};
