//! `tallybook audit`: proof that the journal is what was recorded, and what it says about anything.
//!
//! Owns asking for verifications and proofs and showing them. It never changes an event, and it trusts no read
//! table: everything is computed from the stored bytes.

mod bound;
mod events;
mod replay;
mod verify;
mod written;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Prove that the journal is complete and unchanged, and see who did what
#[derive(Debug, Args)]
pub struct AuditCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Verify(verify::AuditVerify),
    Events(events::AuditEvents),
    Replay(replay::AuditReplay),
}

impl AuditCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Verify(verify) => verify.run(settings, stop).await,
            What::Events(events) => events.run(settings, stop).await,
            What::Replay(replay) => replay.run(settings, stop).await,
        }
    }
}
