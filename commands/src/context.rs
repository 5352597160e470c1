//! Who asks for a command, and how.

use serde::Serialize;
use tallybook_domain::Actor;
use tallybook_domain::text::Reason;
use tallybook_event_store::{CommandError, CommandMetadata, CommandRequest};

/// What the edge knows about a command besides the command.
#[derive(Debug, Clone)]
pub struct CommandContext {
    pub actor: Actor,
    /// The same key and request get the same answer; without one, each call is a new command.
    pub idempotency_key: Option<String>,
    pub request_id: Option<String>,
    pub client_address: Option<String>,
    /// All checks, nothing written.
    pub dry_run: bool,
}

impl CommandContext {
    /// The request for a command that needs no reason.
    pub(crate) fn request(
        self,
        operation: &'static str,
        body: &impl Serialize,
    ) -> Result<CommandRequest, CommandError> {
        self.request_because(operation, None, body)
    }

    /// `body` is everything the caller chose, and nothing else: a repeat of the request has to look the same.
    pub(crate) fn request_because(
        self,
        operation: &'static str,
        reason: Option<&Reason>,
        body: &impl Serialize,
    ) -> Result<CommandRequest, CommandError> {
        let metadata = CommandMetadata {
            actor: self.actor,
            request_id: self.request_id,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            client_address: self.client_address,
        };
        let request = CommandRequest::new(operation, metadata, body)?;
        Ok(CommandRequest { command_id: self.idempotency_key, dry_run: self.dry_run, ..request })
    }
}
