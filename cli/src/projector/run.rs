//! `tallybook projector run`: the projector as a process of its own.

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::database::{self, Database};
use crate::failure::Failure;
use crate::output::note;
use crate::serve::{run_projector, until_stopped};
use crate::settings::{PersonalDataFlags, ProjectFlags, ReminderFlags, SealFlags, Settings};

/// Fold new events into the read tables until stopped, seal the book every night, remind customers of their bills
///
/// Several may run: each projection is led by one of them, and another takes over when it dies.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  DATABASE_URL=postgres://tallybook@db/tallybook tallybook projector run")]
pub(super) struct ProjectorRun {
    #[command(flatten)]
    pub(super) seals: SealFlags,
    #[command(flatten)]
    pub(super) project: ProjectFlags,
    #[command(flatten)]
    pub(super) personal_data: PersonalDataFlags,
    #[command(flatten)]
    pub(super) reminders: ReminderFlags,
}

impl ProjectorRun {
    pub(super) async fn run(self, settings: &Settings, stop: &CancellationToken) -> Result<(), Failure> {
        let database = Database::open(settings).await?;
        let done = until_stopped(stop, project(&database, settings, stop)).await;
        database.close().await;
        done
    }
}

async fn project(database: &Database, settings: &Settings, stop: &CancellationToken) -> Result<(), Failure> {
    let book = database.open_book(settings).await?;
    note(format!("Projecting {}", database::place(database, settings)));
    run_projector(&book, settings, stop.clone()).await;
    book.shutdown().await;
    Ok(())
}
