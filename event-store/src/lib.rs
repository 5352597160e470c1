//! The book in PostgreSQL: one journal, and the one lane that appends to it.
//!
//! Owns appending, loading, idempotency, uniqueness, the Merkle tree, its verification and subscriptions.
//! It never decides what may happen (that is `domain`) and never writes a read table.

mod aggregate;
mod book;
mod cache;
mod canonical;
mod command;
mod copied;
mod decision;
pub mod journal;
mod lane;
mod load;
pub mod merkle;
pub mod proof;
pub mod replay;
pub mod schema;
pub mod seal;
pub mod search;
mod settings;
mod snapshots;
pub mod subscription;
pub mod verify;

pub use aggregate::StreamKey;
pub use book::Book;
pub use command::{CommandError, CommandMetadata, CommandRequest, DryRunEvent, Fault, Receipt};
pub use decision::Decision;
pub use lane::LaneFigures;
pub use settings::{BookSettings, StoreError};
