//! `tallybook audit`: proof that the journal is what was recorded.
//!
//! Owns asking for verifications and proofs and showing them. It never changes an event, and it trusts no read
//! table: everything is computed from the stored bytes.

mod verify;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Prove that the journal is complete and unchanged
#[derive(Debug, Args)]
pub struct AuditCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Verify(verify::AuditVerify),
}

impl AuditCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Verify(verify) => verify.run(settings, stop).await,
        }
    }
}
