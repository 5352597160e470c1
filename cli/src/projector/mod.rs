//! `tallybook projector`: the read side apart from the API, and how it is doing.

mod chosen;
mod rebuild;
mod verify;
mod views;
mod watch;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use tallybook_event_store::Book;
use tallybook_projector::{ProjectionStatus, Status, statuses};
use tokio_util::sync::CancellationToken;

use crate::database::{self, Database};
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::serve::{run_projector, until_stopped};
use crate::settings::{ProjectFlags, SealFlags, Settings};
use rebuild::RebuildArguments;
use verify::VerifyArguments;
use views::{AsOfArguments, ViewsArguments};

/// Keep the read tables up to date, see how they are doing, let them go on
#[derive(Debug, Args)]
pub struct ProjectorCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Fold new events into the read tables until stopped, and seal the book every night
    ///
    /// Several may run: each projection is led by one of them, and another takes over when it dies.
    #[command(after_help = "Example:
  DATABASE_URL=postgres://tallybook@db/tallybook tallybook projector run")]
    Run {
        #[command(flatten)]
        seals: SealFlags,
        #[command(flatten)]
        project: ProjectFlags,
    },
    /// Show position, lag and errors of every projection; exit code 1 if one has stopped
    #[command(after_help = "Examples:
  tallybook projector status
  tallybook projector status --json")]
    Status {
        /// As one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Let projections that have stopped try again
    ///
    /// A projection stops at an event it cannot fold. It tries that event again, and skips nothing: while the cause
    /// is not mended, it stops there once more. Whoever leads it notices within a few seconds.
    #[command(after_help = "Examples:
  tallybook projector resume customers
  tallybook projector resume wallets deposits --dry-run")]
    Resume {
        /// As `projector status` shows them
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// Say what would be done, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make read tables anew from the journal and swap them in, while people read and write
    ///
    /// New tables are folded beside the live ones, compared with them, and swapped in at once. If anything fails, or
    /// is cancelled, the live tables are as they were. The replaced ones are kept until the next rebuild.
    #[command(after_help = "Examples:
  tallybook projector rebuild wallets
  tallybook projector rebuild --all --dry-run
  tallybook projector rebuild --all --expect-equal --memory 512MB
  tallybook projector rebuild wallets --back")]
    Rebuild(RebuildArguments),
    /// Fold afresh and compare with the read tables, row by row; exit code 1 if any differs
    ///
    /// Each row that differs is told with the first event whose effect it does not show, or shows wrongly.
    #[command(after_help = "Examples:
  tallybook projector verify
  tallybook projector verify wallets deposits --json")]
    Verify(VerifyArguments),
    /// Make a view: the whole read side as it stood at a position or a moment
    ///
    /// It is folded into tables of its own, beside the live ones, and does not change any more. Every read of the API
    /// shows it with view=NAME.
    #[command(after_help = "Examples:
  tallybook projector as-of --position 1200 --into before_import
  tallybook projector as-of --time 2026-04-05T18:00:00+08:00 --into march")]
    AsOf(AsOfArguments),
    /// List the views, or drop one
    #[command(after_help = "Examples:
  tallybook projector views
  tallybook projector views --json
  tallybook projector views drop march")]
    Views(ViewsArguments),
}

impl ProjectorCommand {
    /// Those of `run`.
    pub fn flags(&self) -> (SealFlags, ProjectFlags) {
        match &self.what {
            What::Run { seals, project } => (seals.clone(), project.clone()),
            What::Status { .. }
            | What::Resume { .. }
            | What::Rebuild(_)
            | What::Verify(_)
            | What::AsOf(_)
            | What::Views(_) => (SealFlags::default(), ProjectFlags::default()),
        }
    }

    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let database = Database::open(settings).await?;
        let done = match self.what {
            What::Run { .. } => until_stopped(&stop, run(&database, settings, &stop)).await,
            What::Status { json } => status(&database, settings, json).await,
            What::Resume { names, dry_run } => resume(&database, settings, &names, dry_run).await,
            What::Rebuild(arguments) => {
                let book = database.open_book(settings).await?;
                let done = rebuild::rebuild(&book, &arguments, &stop).await;
                book.shutdown().await;
                done
            }
            What::Verify(arguments) => {
                let book = database.open_book(settings).await?;
                let done = verify::verify(&book, &arguments, &stop).await;
                book.shutdown().await;
                done
            }
            What::AsOf(arguments) => {
                let book = database.open_book(settings).await?;
                let done = views::as_of(&book, &arguments, &stop).await;
                book.shutdown().await;
                done
            }
            What::Views(arguments) => {
                let book = database.open_book(settings).await?;
                let done = views::views(&book, &arguments).await;
                book.shutdown().await;
                done
            }
        };
        database.close().await;
        done
    }
}

async fn run(database: &Database, settings: &Settings, stop: &CancellationToken) -> Result<(), Failure> {
    let book = database.open_book(settings).await?;
    note(format!("Projecting {}", database::place(database, settings)));
    run_projector(&book, settings, stop.clone()).await;
    book.shutdown().await;
    Ok(())
}

async fn status(database: &Database, settings: &Settings, json: bool) -> Result<(), Failure> {
    let book = database.open_book(settings).await?;
    let statuses = statuses(book.pool()).await;
    book.shutdown().await;
    let statuses = statuses?;
    if json {
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

async fn resume(
    database: &Database,
    settings: &Settings,
    names: &[String],
    dry_run: bool,
) -> Result<(), Failure> {
    let book = database.open_book(settings).await?;
    let resumed = resume_in(&book, names, dry_run).await;
    book.shutdown().await;
    resumed
}

/// All names are known before the first is resumed.
async fn resume_in(book: &Book, names: &[String], dry_run: bool) -> Result<(), Failure> {
    let statuses = statuses(book.pool()).await?;
    for status in chosen(&statuses, names)? {
        let (name, position) = (&status.name, status.position);
        match status.status {
            Status::Running => say(format!("{name} has not stopped: nothing to do.")),
            Status::Stopped if dry_run => say(format!("Would let {name} go on from position {position}.")),
            Status::Stopped => {
                tallybook_projector::resume(book.pool(), name).await?;
                say(format!("{name} goes on from position {position}."));
            }
        }
        if !status.led {
            note(format!("No projector runs {name} now: `tallybook up` and `tallybook projector run` do."));
        }
    }
    Ok(())
}

fn chosen<'s>(
    statuses: &'s [ProjectionStatus],
    names: &[String],
) -> Result<Vec<&'s ProjectionStatus>, Failure> {
    let find = |name: &String| {
        statuses.iter().find(|status| status.name == *name).ok_or_else(|| {
            let known: Vec<&str> = statuses.iter().map(|status| status.name.as_str()).collect();
            Failure::refused(anyhow!("there is no projection {name:?}; there are {}", known.join(", ")))
        })
    };
    names.iter().map(find).collect()
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
