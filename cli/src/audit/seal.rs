//! `audit seal`: a signed statement of what the journal is now.

use anyhow::anyhow;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_event_store::seal::Sealed;

use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say};
use crate::seals::{KeyFile, Sealing};
use crate::settings::{SealFlags, Settings};

/// Sign how many events there are and what their Merkle root is, now; print the seal
///
/// It is kept in the book and, if --seal-file says so, appended to a file; `up` and `projector run` do the same
/// every night. Nothing is signed if the journal does not go on from the last seal, or if that file has lost the
/// seals it should have. A seal proves something to
/// whoever keeps it where the book's operators cannot reach.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit seal
  tallybook audit seal --seal-file /mnt/auditor/seals")]
pub(super) struct AuditSeal {
    /// Check that the book can be sealed, sign and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// The file of --seal-file is a new one: begin it, though the book has seals that it has not
    #[arg(long)]
    new_seal_file: bool,
    #[command(flatten)]
    pub(super) seal_flags: SealFlags,
}

impl AuditSeal {
    pub(super) async fn run(self, book: &Book, settings: &Settings) -> Result<(), Failure> {
        let Some(sealing) = Sealing::of(settings)? else {
            let file = KeyFile::of(settings);
            let place = file.path().display();
            return Err(Failure::environment(anyhow!(
                "there is no key in {place}: make one with `tallybook audit key`"
            )));
        };
        let sealing = if self.new_seal_file { sealing.into_new_file() } else { sealing };
        if self.dry_run {
            let size = sealing.check(book.pool()).await?;
            say(format!("Would seal {size} events as {}.", sealing.key.public().name()));
            return Ok(());
        }
        let seal = match sealing.seal(book.pool(), environment::now()).await? {
            Sealed::New(seal) => {
                note(format!("Sealed {} events.", seal.size));
                seal
            }
            Sealed::Already(seal) => {
                note(format!("The {} events there are have been sealed already.", seal.size));
                seal
            }
        };
        say(seal.note.trim_end());
        Ok(())
    }
}
