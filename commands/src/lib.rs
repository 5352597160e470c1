//! What people do with a book: one file per use case.
//!
//! A use case says which aggregates it needs, what each of them has to decide and what may exist once; the lane
//! makes that one append or none. Rules live in `domain`. Must never write to the database itself (but for a
//! customer's number and the keys of personal fields), and a decision must never wait for anything: it may run more than once.

pub mod approvals;
mod bank_reference;
pub mod billing;
pub mod channels;
mod context;
pub mod customers;
pub mod deposits;
pub mod ledger;
pub mod orders;
pub mod payouts;
mod requester;
pub mod risk;
pub mod settlement;

pub use context::CommandContext;
