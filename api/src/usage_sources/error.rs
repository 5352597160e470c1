//! Why a run of a source cannot go on.

use tallybook_event_store::{CommandError, StoreError};
use tallybook_read_models::ReadError;

use crate::bill_runs::BillRunError;
use crate::problem::Problem;

#[derive(Debug, thiserror::Error)]
pub enum UsageSourceError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the source: {0}")]
    Outside(String),
    /// Whom a source is asked about.
    #[error(transparent)]
    Customers(#[from] BillRunError),
}

impl From<UsageSourceError> for Problem {
    fn from(error: UsageSourceError) -> Self {
        match error {
            UsageSourceError::Command(error) => error.into(),
            UsageSourceError::Read(error) => error.into(),
            UsageSourceError::Store(error) => error.into(),
            UsageSourceError::Database(error) => error.into(),
            UsageSourceError::Outside(_) => Self::internal(error),
            UsageSourceError::Customers(error) => error.into(),
        }
    }
}
