//! Why a view was not made or dropped.

use crate::RebuildError;
use crate::generation::GenerationError;

#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Generation(#[from] GenerationError),
    #[error(transparent)]
    Lock(#[from] RebuildError),
    #[error("there is no event {position} yet: the journal ends at {head}")]
    NotYet { position: u64, head: u64 },
    #[error("there is a view {name} already: drop it first, or choose another name")]
    AlreadyThere { name: String },
    #[error("there is a schema {schema} already, which is no view of this book: choose another name")]
    SchemaTaken { schema: String },
    #[error("the name {name} is too long for this book: a schema's name has at most 63 characters")]
    NameTooLong { name: String },
    #[error("the view {name} is being made or dropped at this moment")]
    UnderWay { name: String },
    #[error("there is no view {name}")]
    Unknown { name: String },
}
