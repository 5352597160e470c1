//! Why a query has no answer.

use super::InvalidCursor;

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{0}")]
    Cursor(#[from] InvalidCursor),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    /// The projection was asked for what it has not folded yet.
    #[error("{projection} is at position {position}, not yet at {wanted}")]
    NotYet { projection: &'static str, position: u64, wanted: u64 },
    /// A read table holds what no fold can have written.
    #[error("the read tables are damaged: {0}")]
    Corrupt(String),
}
