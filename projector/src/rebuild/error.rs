//! Why a rebuild or a check did not come to its end.

use super::RebuildOutcome;
use crate::generation::{GenerationError, TableDifference};

#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Generation(#[from] GenerationError),
    #[error("there is no projection {name:?}; there are {known}")]
    Unknown { name: String, known: String },
    #[error("{name} is being rebuilt already: wait for it, or cancel it")]
    UnderWay { name: String },
    #[error("{name} has no previous generation to go back to")]
    NoPrevious { name: String },
    #[error(
        "the tables kept of {name} are of another version, or have other columns, indexes or checks than the ones in use: rebuild it instead"
    )]
    PreviousIsDifferent { name: String },
    #[error("{name} would change, and no difference was expected: nothing was swapped")]
    Different { name: String, position: u64, differences: Vec<TableDifference> },
    #[error(
        "{name} is {lag} events behind the journal, so there is nothing to compare with: let the projector catch up"
    )]
    NotComparable { name: String, lag: u64 },
    #[error(
        "of {name} tables are missing: {}; a rebuild that changes them makes them again",
        tables.join(", ")
    )]
    Missing { name: String, tables: Vec<&'static str> },
    #[error(
        "the tables kept of {name} cannot be dropped, because others have made something over them: {}; drop that, or \
         make it anew over the tables in use",
        dependents.join(", ")
    )]
    KeptByOthers { name: String, dependents: Vec<String> },
    #[error(
        "the lock on {name} was lost with its connection, so another may be at work: {name} was not swapped"
    )]
    LockLost { name: String },
    #[error("another process took the lead of {name} during the swap; {name} was not swapped")]
    Overtaken { name: String },
    #[error(
        "the tables of {name} were made by a newer version of the program ({made}): rebuild them with that one"
    )]
    NewerVersion { name: String, made: i32 },
}

impl RebuildError {
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Generation(GenerationError::Cancelled))
    }

    /// The projection it is about, if it is about one.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Database(_) | Self::Generation(_) => None,
            Self::Unknown { name, .. }
            | Self::UnderWay { name }
            | Self::NoPrevious { name }
            | Self::PreviousIsDifferent { name }
            | Self::Different { name, .. }
            | Self::NotComparable { name, .. }
            | Self::Missing { name, .. }
            | Self::KeptByOthers { name, .. }
            | Self::LockLost { name }
            | Self::NewerVersion { name, .. }
            | Self::Overtaken { name } => Some(name),
        }
    }

    /// What was found out about a projection before this stopped its rebuild.
    pub(super) fn outcome_of(&self, projection: &str) -> Option<RebuildOutcome> {
        match self {
            Self::Different { name, position, differences } if name == projection => Some(RebuildOutcome {
                projection: name.clone(),
                position: *position,
                differences: Some(differences.clone()),
                swapped: false,
                replaced_position: None,
                dependents: Vec::new(),
            }),
            Self::Different { .. }
            | Self::Database(_)
            | Self::Generation(_)
            | Self::Unknown { .. }
            | Self::UnderWay { .. }
            | Self::NoPrevious { .. }
            | Self::PreviousIsDifferent { .. }
            | Self::NotComparable { .. }
            | Self::Missing { .. }
            | Self::KeptByOthers { .. }
            | Self::LockLost { .. }
            | Self::NewerVersion { .. }
            | Self::Overtaken { .. } => None,
        }
    }
}
