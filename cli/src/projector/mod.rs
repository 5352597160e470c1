//! `tallybook projector`: the read side apart from the API, how it is doing, and making it anew.
//!
//! Owns asking for the projector's work and showing what comes of it. What is done is the projector's.

mod chosen;
mod rebuild;
mod resume;
mod run;
mod status;
mod verify;
mod views;
mod watch;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::database::in_book;
use crate::failure::Failure;
use crate::settings::{Flags, Settings};

/// Keep the read tables up to date, see how they are doing, let them go on
#[derive(Debug, Args)]
pub struct ProjectorCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Run(run::ProjectorRun),
    Status(status::ProjectorStatus),
    Resume(resume::ProjectorResume),
    Rebuild(rebuild::ProjectorRebuild),
    Verify(verify::ProjectorVerify),
    AsOf(views::ProjectorAsOf),
    Views(views::ProjectorViews),
}

impl ProjectorCommand {
    /// Those of `run`.
    pub fn flags(&self, flags: Flags) -> Flags {
        match &self.what {
            What::Run(run) => Flags {
                seals: run.seals.clone(),
                project: run.project.clone(),
                personal_data: run.personal_data.clone(),
                reminders: run.reminders.clone(),
                ..flags
            },
            What::Status(_)
            | What::Resume(_)
            | What::Rebuild(_)
            | What::Verify(_)
            | What::AsOf(_)
            | What::Views(_) => flags,
        }
    }

    /// Work that folds stops by itself when asked to, and leaves nothing behind.
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Run(run) => run.run(settings, &stop).await,
            What::Status(status) => in_book(settings, async |book| status.run(book).await).await,
            What::Resume(resume) => in_book(settings, async |book| resume.run(book).await).await,
            What::Rebuild(rebuild) => in_book(settings, async |book| rebuild.run(book, &stop).await).await,
            What::Verify(verify) => in_book(settings, async |book| verify.run(book, &stop).await).await,
            What::AsOf(as_of) => in_book(settings, async |book| as_of.run(book, &stop).await).await,
            What::Views(views) => in_book(settings, async |book| views.run(book).await).await,
        }
    }
}
