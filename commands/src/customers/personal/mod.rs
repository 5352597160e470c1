//! Personal fields: sealed before a command enters the lane, opened only for who may read them, gone when their key is.
//!
//! The plain text lives in `PersonalText` and in what `open` answers, and nowhere else: never in an event, an outcome,
//! a hash, a log or a read table. The format is told in `docs/customers.md`.

mod data_key;
mod edits;
mod erasure;
mod key_table;
mod keys;
mod master_key;
mod reading;
mod reservation;
mod text;

pub use edits::PersonalEdits;
pub use erasure::finish_erasures;
pub use keys::PersonalKeys;
pub(super) use keys::Unsealed;
pub use master_key::{InvalidMasterKey, MasterKey};
pub use reading::{OpenedField, OpenedFields, open_personal};
pub use text::PersonalText;
