//! What may happen in a book: money, ids, aggregates, events, refusals and postings.
//!
//! Pure: this crate does no I/O, reads no clock and no randomness, and knows neither SQL nor HTTP. Whatever a
//! decision depends on comes in as an argument, so every decision can be replayed and tested on values alone.

pub mod actor;
pub mod aggregate;
pub mod approvals;
mod base32;
pub mod billing;
pub mod channels;
pub mod customers;
pub mod dates;
pub mod deposits;
pub mod event;
pub mod event_sourced;
pub mod ids;
pub mod ledger;
pub mod money;
pub mod month;
pub mod orders;
pub mod payouts;
pub mod refusal;
mod requester;
pub mod risk;
pub mod settlement;
pub mod text;

pub use actor::Actor;
pub use aggregate::{AggregateState, AggregateType, UnknownAggregateType};
pub use event::{BookEvent, DecodeError, EventKind, EventMetadata, RecordedEvent, upcasters};
pub use event_sourced::{CorruptStream, EventSourced};
pub use ids::{CustomerId, DepositId, WalletId, WithdrawalId};
pub use money::{Currency, Money, MoneyError};
pub use month::Month;
pub use refusal::Refusal;
pub use requester::Requester;
pub use text::InvalidText;
