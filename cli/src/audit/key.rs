//! `audit key`: the key of seals.

use anyhow::anyhow;
use clap::Args;
use tallybook_event_store::seal::KeyName;

use crate::failure::Failure;
use crate::output::{note, say};
use crate::seals::{KeyFile, default_name};
use crate::settings::{SealFlags, Settings};

/// Print the public key of the book's seals; make the key if there is none
///
/// The private key stays in its file, which only its owner may read. Give the public key to whoever is to check
/// seals, by a way that does not lead through this machine. To change the key, move its file away and run this again:
/// the new key goes on from the seals of the old one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit key
  tallybook audit key --name ledger.example.com/main")]
pub(super) struct AuditKey {
    /// What a new key is called: the first line of every seal [default: tallybook/BOOK]
    #[arg(long, value_name = "NAME")]
    name: Option<KeyName>,
    /// Say what key would be made, and make none
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) seal_flags: SealFlags,
}

impl AuditKey {
    pub(super) fn run(self, settings: &Settings) -> Result<(), Failure> {
        let file = KeyFile::of(settings);
        let key = match (file.read()?, self.name) {
            (Some(key), Some(name)) if *key.public().name() != name => {
                let (called, place) = (key.public().name(), file.path().display());
                return Err(Failure::refused(anyhow!(
                    "there is a key called {called} in {place} already: move it away to make another"
                )));
            }
            (Some(key), _) => key,
            (None, name) => {
                let name = name.map_or_else(|| default_name(settings), Ok)?;
                if self.dry_run {
                    say(format!("Would make a key called {name} in {}.", file.path().display()));
                    return Ok(());
                }
                let key = file.make(name)?;
                note(format!(
                    "Made a key in {}. Keep it secret, and a copy of it safe.",
                    file.path().display()
                ));
                key
            }
        };
        say(key.public());
        Ok(())
    }
}
