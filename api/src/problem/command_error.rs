//! What a client is told about a command that got no receipt.

use tallybook_event_store::{CommandError, StoreError};

use super::{Problem, ProblemKind};
use crate::request::key_of;

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::KeyReused => Self::new(
                ProblemKind::IdempotencyKeyReused,
                "You used this Idempotency-Key for another request. Use a new key for a new request.",
            ),
            CommandError::Busy => Self::new(
                ProblemKind::Busy,
                "Too many commands are waiting. Nothing was done; try again in a moment.",
            )
            .retry_after(1),
            CommandError::Unavailable => {
                Self::new(ProblemKind::Unavailable, "The database does not answer. Nothing was done; try again.")
                    .retry_after(1)
                    .because("the book is unavailable")
            }
            CommandError::OutcomeUnknown { command_id } => Self::new(
                ProblemKind::OutcomeUnknown,
                "The connection to the database was lost while the command was being recorded. \
                 Repeat it with the Idempotency-Key given here to learn its outcome; it will not be done twice.",
            )
            .with("idempotency_key", key_of(&command_id))
            .retry_after(1)
            .because(format_args!("the outcome of command {command_id} is unknown")),
            CommandError::Corrupt(fault) => Self::internal(fault),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) => error.into(),
            StoreError::Migration(_)
            | StoreError::BookName(_)
            | StoreError::TimeZone(_)
            | StoreError::NotProvisioned { .. }
            | StoreError::Head(_)
            | StoreError::Corrupt(_) => Self::internal(error),
        }
    }
}
