//! Why a bill run cannot go on.

use tallybook_domain::DecodeError;
use tallybook_event_store::{CommandError, StoreError};
use tallybook_read_models::ReadError;

use crate::problem::Problem;

#[derive(Debug, thiserror::Error)]
pub enum BillRunError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the journal: {0}")]
    Journal(#[from] DecodeError),
    #[error("the workbook: {0}")]
    Workbook(String),
}

impl From<BillRunError> for Problem {
    fn from(error: BillRunError) -> Self {
        match error {
            BillRunError::Command(error) => error.into(),
            BillRunError::Read(error) => error.into(),
            BillRunError::Store(error) => error.into(),
            BillRunError::Database(error) => error.into(),
            BillRunError::Journal(_) | BillRunError::Workbook(_) => Self::internal(error),
        }
    }
}
