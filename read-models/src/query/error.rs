//! Why a query has no answer.

use super::InvalidCursor;

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{0}")]
    Cursor(#[from] InvalidCursor),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    /// A read table holds what no fold can have written.
    #[error("the read tables are damaged: {0}")]
    Corrupt(String),
}
