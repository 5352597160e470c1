//! `tallybook audit`: proof that the journal is what was recorded, and what it says about anything.
//!
//! Owns asking for verifications, seals and proofs and showing them. It never changes an event, and it trusts no
//! read table: everything is computed from the stored bytes, or, in `explain`, held against them.

mod check_proof;
mod event_file;
mod events;
mod explain;
mod facts;
mod journal_bound;
mod key;
mod prove;
mod public_keys;
mod replay;
mod seal;
mod seals;
mod statement;
mod verify;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::database::in_book_until;
use crate::failure::Failure;
use crate::settings::{SealFlags, Settings};

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
    Explain(explain::AuditExplain),
    Key(key::AuditKey),
    Seal(seal::AuditSeal),
    Seals(seals::AuditSeals),
    Prove(prove::AuditProve),
    Consistency(prove::AuditConsistency),
    Statement(statement::AuditStatement),
    CheckProof(check_proof::AuditCheckProof),
}

impl AuditCommand {
    pub fn seal_flags(&self) -> SealFlags {
        match &self.what {
            What::Verify(verify) => verify.seal_flags.clone(),
            What::Key(key) => key.seal_flags.clone(),
            What::Seal(seal) => seal.seal_flags.clone(),
            What::Events(_)
            | What::Replay(_)
            | What::Explain(_)
            | What::Seals(_)
            | What::Prove(_)
            | What::Consistency(_)
            | What::Statement(_)
            | What::CheckProof(_) => SealFlags::default(),
        }
    }

    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Verify(verify) => verify.run(settings, stop).await,
            What::Events(events) => events.run(settings, stop).await,
            What::Replay(replay) => replay.run(settings, stop).await,
            What::Explain(explain) => explain.run(settings, stop).await,
            What::Key(key) => key.run(settings),
            What::Seal(seal) => {
                in_book_until(settings, &stop, async |book| seal.run(book, settings).await).await
            }
            What::Seals(seals) => in_book_until(settings, &stop, async |book| seals.run(book).await).await,
            What::Prove(prove) => in_book_until(settings, &stop, async |book| prove.run(book).await).await,
            What::Consistency(prove) => {
                in_book_until(settings, &stop, async |book| prove.run(book).await).await
            }
            What::Statement(statement) => {
                in_book_until(settings, &stop, async |book| statement.run(book).await).await
            }
            What::CheckProof(check) => check.run(),
        }
    }
}
