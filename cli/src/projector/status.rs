//! `tallybook projector status`: how each projection is doing.

use anyhow::Context;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_projector::{ProjectionStatus, Status, statuses};

use crate::failure::Failure;
use crate::output::{say, say_json};

/// Show position, lag and errors of every projection; exit code 1 if one has stopped
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
        if statuses.iter().any(|status| status.status == Status::Stopped) {
            Err(Failure::Reported)
        } else {
            Ok(())
        }
    }
}

fn table(statuses: &[ProjectionStatus]) {
    say(format!(
        "{:<20} {:>7} {:>12} {:>10}  {:<8} {}",
        "NAME", "VERSION", "POSITION", "LAG", "STATUS", "LEADER"
    ));
    for status in statuses {
        let leader = if status.led { status.leader.as_deref().unwrap_or("-") } else { "-" };
        let state = match status.status {
            Status::Running => "running",
            Status::Stopped => "stopped",
        };
        say(format!(
            "{:<20} {:>7} {:>12} {:>10}  {state:<8} {leader}",
            status.name, status.version, status.position, status.lag
        ));
        if let Some(error) = &status.error {
            say(format!(
                "  stopped at position {}: {error}",
                status.error_position.unwrap_or(status.position)
            ));
            say(format!("  when that is mended: tallybook projector resume {}", status.name));
        }
    }
}
