//! Making the tables of projections anew, in a schema of their own: for a rebuild, a check, or a look at the past.
//!
//! A generation is folded from position 1 in memory, with as many cores as it is given and no more memory, copied in,
//! indexed, and can then follow the journal. It must never touch the tables that are read while it is made.

mod build;
mod compare;
mod explain;
mod follow;
mod index;
mod load;
mod place;
mod progress;
mod remainder;
mod sessions;
mod source;
mod stream;

pub(crate) use build::{Builder, Resources};
pub use compare::{RowDifference, RowText, TableDifference};
pub(crate) use compare::{as_text, compare, row_differences};
pub(crate) use explain::{Explaining, explain};
pub(crate) use follow::{Follower, follow};
pub(crate) use load::{Allowance, Load, load};
pub(crate) use place::{Place, is_there, waited_too_long};
pub use progress::{Phase, Progress, ProgressReport};
pub(crate) use remainder::Remainder;
pub(crate) use sessions::Sessions;

use tallybook_read_models::fold::FoldError;

use crate::journal::JournalError;

/// Why a generation could not be made. Whatever was made of it is dropped; nothing that is read has changed.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Gap(String),
    #[error("{0}")]
    Fold(#[from] FoldError),
    #[error("{projection} cannot read event {position}: {reason}")]
    Unreadable { projection: &'static str, position: u64, reason: String },
    #[error("the database refuses what {projection} makes of event {position}: {reason}")]
    Refused { projection: &'static str, position: u64, reason: String },
    #[error("{table} has no primary key by which to compare its rows")]
    NoKey { table: &'static str },
    #[error("it was cancelled")]
    Cancelled,
    #[error("a part of it broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl From<JournalError> for GenerationError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Database(error) => Self::Database(error),
            gap @ JournalError::Gap { .. } => Self::Gap(gap.to_string()),
        }
    }
}
