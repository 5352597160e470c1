//! `audit prove` and `audit consistency`: proofs as files.

use anyhow::Context;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_event_store::proof::{Proof, Tree, prove_consistency, prove_event};

use super::seals::wanted;
use crate::argument::{position, seal_size};
use crate::failure::Failure;
use crate::output::say;

/// Prove that an event was in the journal when it was sealed; print the proof
///
/// The proof holds the event, its path in the Merkle tree (RFC 9162) and the seal. `tallybook audit check-proof`
/// checks it anywhere, without a database.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tallybook audit prove 276 > event-276.json")]
pub(super) struct AuditProve {
    /// The event
    #[arg(value_name = "POSITION", value_parser = position)]
    position: u64,
    /// The seal, by how many events it covers [default: the last one]
    #[arg(long, value_name = "SIZE", value_parser = seal_size)]
    seal: Option<u64>,
}

/// Prove that what one seal covers is the beginning of what a later one covers; print the proof
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tallybook audit consistency 276 283 > from-276-to-283.json")]
pub(super) struct AuditConsistency {
    /// The older seal, by how many events it covers
    #[arg(value_name = "OLDER", value_parser = seal_size)]
    older: u64,
    /// The newer one
    #[arg(value_name = "NEWER", value_parser = seal_size)]
    newer: u64,
}

impl AuditProve {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        let seal = wanted(book, self.seal).await?;
        tell(&prove_event(&Tree::new(book.pool().clone()), &seal, self.position).await?)
    }
}

impl AuditConsistency {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        let (older, newer) = (wanted(book, Some(self.older)).await?, wanted(book, Some(self.newer)).await?);
        tell(&prove_consistency(&Tree::new(book.pool().clone()), &older, &newer).await?)
    }
}

/// A file for people, too: indented.
pub(super) fn tell(proof: &Proof) -> Result<(), Failure> {
    say(serde_json::to_string_pretty(proof).context("the proof")?);
    Ok(())
}
