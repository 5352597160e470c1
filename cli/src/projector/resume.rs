//! `tallybook projector resume`: what has stopped tries again.

use clap::Args;
use tallybook_event_store::Book;
use tallybook_projector::{Registered, Status, resume, statuses};

use super::chosen::{chosen, projection};
use crate::failure::Failure;
use crate::output::{note, say};

/// Let projections that have stopped try again
///
/// A projection stops at an event it cannot fold. It tries that event again, and skips nothing: while the cause
/// is not mended, it stops there once more. Whoever leads it notices within a few seconds.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook projector resume customers
  tallybook projector resume wallets deposits --dry-run")]
pub(super) struct ProjectorResume {
    /// As `projector status` shows them
    #[arg(required = true, value_name = "NAME", value_parser = projection)]
    projections: Vec<Registered>,
    /// Say what would be done, change nothing
    #[arg(long)]
    dry_run: bool,
}

impl ProjectorResume {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        let statuses = statuses(book.pool()).await?;
        for Registered { name, .. } in chosen(&self.projections) {
            let Some(status) = statuses.iter().find(|status| status.name == name) else {
                say(format!("{name} was never run: nothing to do."));
                continue;
            };
            let position = status.position;
            match status.status {
                Status::Running | Status::NotLed => say(format!("{name} has not stopped: nothing to do.")),
                Status::Stopped if self.dry_run => {
                    say(format!("Would let {name} go on from position {position}."));
                }
                Status::Stopped => {
                    resume(book.pool(), name).await?;
                    say(format!("{name} goes on from position {position}."));
                }
            }
            if !status.led {
                note(format!(
                    "No projector runs {name} now: `tallybook up` and `tallybook projector run` do."
                ));
            }
        }
        Ok(())
    }
}
