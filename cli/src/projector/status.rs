//! `tallybook projector status`: how each projection is doing.

use anyhow::Context;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_projector::{Phase, ProjectionStatus, Status, statuses};

use super::watch::waiting;
use crate::failure::Failure;
use crate::output::{note, say, say_json};

/// Show how every projection is doing; exit code 1 if one has stopped or nobody runs it
///
/// running: a process leads it, told with its name and since when; it says within its lease that it is still there.
/// not led: nobody runs it, and what is recorded now does not come into its tables. stopped: it cannot fold an event.
/// BEHIND is how many events are still to be folded. A rebuild under way is told below its projection.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook projector status
  tallybook projector status --json")]
pub(super) struct ProjectorStatus {
    /// As one JSON array
    #[arg(long)]
    json: bool,
}

impl ProjectorStatus {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        let statuses = statuses(book.pool()).await?;
        if self.json {
            say_json(&statuses).context("the statuses")?;
        } else {
            table(&statuses);
        }
        if statuses.iter().any(|status| status.status != Status::Running) {
            Err(Failure::Reported)
        } else {
            Ok(())
        }
    }
}

fn table(statuses: &[ProjectionStatus]) {
    say(format!(
        "{:<20} {:>7} {:>12} {:>10}  {:<8} {:<20} {}",
        "NAME", "VERSION", "POSITION", "BEHIND", "STATUS", "SINCE", "LEADER"
    ));
    for status in statuses {
        let leader = if status.led { status.leader.as_deref().unwrap_or("-") } else { "-" };
        let since =
            status.led_since.map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
        let state = match status.status {
            Status::Running => "running",
            Status::NotLed => "not led",
            Status::Stopped => "stopped",
        };
        say(format!(
            "{:<20} {:>7} {:>12} {:>10}  {state:<8} {since:<20} {leader}",
            status.name, status.version, status.position, status.lag
        ));
        tell_more(status);
    }
    if statuses.iter().any(|status| !status.led) {
        note("Nobody runs what is not led: `tallybook up` and `tallybook projector run` do.");
    }
}

fn tell_more(status: &ProjectionStatus) {
    if let Some(error) = &status.error {
        say(format!("  stopped at position {}: {error}", status.error_position.unwrap_or(status.position)));
        say(format!("  when that is mended: tallybook projector resume {}", status.name));
    }
    if let Some(rebuild) = &status.rebuild {
        let doing = match rebuild.phase {
            Phase::WaitingToSwap => waiting(&rebuild.waits_for),
            phase @ (Phase::Waiting
            | Phase::Folding
            | Phase::Indexing
            | Phase::CatchingUp
            | Phase::Comparing
            | Phase::Swapping
            | Phase::Done) => format!("{}, {}% folded", phase.name(), rebuild.percent),
        };
        say(format!("  rebuild {}: {doing}", rebuild.id));
    }
}
