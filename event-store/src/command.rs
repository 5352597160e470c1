//! What goes into the lane and what comes out of it.

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tallybook_domain::{Actor, Refusal};
use thiserror::Error;

use crate::settings::StoreError;

/// Who asks, and through which request: recorded with every event the command causes.
#[derive(Debug, Clone)]
pub struct CommandMetadata {
    pub actor: Actor,
    pub request_id: Option<String>,
    pub reason: Option<String>,
    pub client_address: Option<String>,
}

/// A command on its way into the book, without its decision.
#[derive(Debug, Clone)]
pub struct CommandRequest {
    /// The caller's idempotency key; without one, one is made and the command cannot be repeated.
    pub command_id: Option<String>,
    pub operation: &'static str,
    /// The same key with another hash is another request, and refused.
    pub request_hash: [u8; 32],
    pub metadata: CommandMetadata,
    /// All checks, nothing written.
    pub dry_run: bool,
}

impl CommandRequest {
    /// The hash covers the operation, the actor and the request as it was understood, not its spelling.
    pub fn new(
        operation: &'static str,
        metadata: CommandMetadata,
        body: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        let mut hasher = Sha256::new();
        for part in [operation, metadata.actor.as_str()] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.update(serde_json::to_vec(body)?);
        let request_hash = hasher.finalize().into();
        Ok(Self { command_id: None, operation, request_hash, metadata, dry_run: false })
    }
}

/// The book's answer to a command that was not refused.
#[derive(Debug, Clone)]
pub struct Receipt<T> {
    pub outcome: T,
    /// The last position the command recorded; for one that changed nothing, the head it was decided on.
    pub position: u64,
    /// The command had been recorded before, and this is the answer it got then.
    pub replayed: bool,
    /// What a dry run would have recorded; `None` for a command in earnest.
    pub dry_run_events: Option<Vec<DryRunEvent>>,
}

/// An event that a dry run would have recorded.
#[derive(Debug, Clone, Serialize)]
pub struct DryRunEvent {
    pub aggregate_type: &'static str,
    pub aggregate_id: String,
    pub sequence: u64,
    pub event_type: &'static str,
    pub event_version: &'static str,
    pub payload: Box<RawValue>,
}

/// A command that got no receipt. Only `OutcomeUnknown` may have been recorded.
#[derive(Debug, Clone, Error)]
pub enum CommandError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("this idempotency key was used for another request")]
    KeyReused,
    #[error("too many commands are waiting: nothing was done, try again")]
    Busy,
    #[error("the database does not answer: nothing was done, try again")]
    Unavailable,
    #[error(
        "the connection was lost while command {command_id} was being recorded: repeat it with the same key to learn its outcome"
    )]
    OutcomeUnknown { command_id: String },
    #[error("internal fault: {0}")]
    Corrupt(Fault),
}

/// What went wrong inside, for the log and never for a client.
#[derive(Debug, Clone)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reading the book failed on the way to a decision: nothing was done.
impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) => {
                tracing::warn!(%error, "the book could not be read");
                Self::Unavailable
            }
            StoreError::Migration(_)
            | StoreError::BookName(_)
            | StoreError::TimeZone(_)
            | StoreError::NotProvisioned { .. }
            | StoreError::Head(_)
            | StoreError::Corrupt(_) => Self::Corrupt(Fault(error.to_string())),
        }
    }
}

impl From<sqlx::Error> for CommandError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<serde_json::Error> for CommandError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(Fault(error.to_string()))
    }
}
