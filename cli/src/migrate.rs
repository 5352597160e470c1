//! `tallybook migrate`: makes a book, or brings it up to date.

use clap::Args;
use tallybook_event_store::StoreError;
use tallybook_event_store::schema::pending_migrations;

use crate::database::{self, Database};
use crate::failure::Failure;
use crate::output::say;
use crate::serve::make_book;
use crate::settings::{NewBookFlags, Settings};

/// Make the book, or bring its tables up to date
///
/// Needs a database user that owns the book and may make roles; the other subcommands give those rights up.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook migrate
  tallybook migrate --book tenant_7 --time-zone Europe/Berlin
  DATABASE_URL=postgres://owner:secret@db/tallybook tallybook migrate --dry-run")]
pub struct MigrateCommand {
    /// Say what is pending, change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub new_book: NewBookFlags,
}

impl MigrateCommand {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let database = Database::open(settings).await?;
        let done = if self.dry_run {
            pending(&database, settings).await
        } else {
            migrate(&database, settings).await
        };
        database.close().await;
        done
    }
}

async fn migrate(database: &Database, settings: &Settings) -> Result<(), Failure> {
    let (book, password) = make_book(database, settings).await?;
    book.shutdown().await;
    say(format!(
        "The book {} is up to date in {}.",
        settings.book.value,
        database::place(database, settings)
    ));
    if let Some(password) = password {
        say(format!("Its administrator: admin / {password}   (shown this once: keep it)"));
    }
    Ok(())
}

async fn pending(database: &Database, settings: &Settings) -> Result<(), Failure> {
    let book = match database.open_book(settings).await {
        Ok(book) => book,
        Err(Failure::Environment(error)) if is_not_made(&error) => {
            say(format!("There is no book {} yet: it would be made.", settings.book.value));
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let pending = pending_migrations(book.pool()).await;
    book.shutdown().await;
    match pending? {
        0 => say(format!("The book {} is up to date.", settings.book.value)),
        1 => say(format!("1 migration is pending for the book {}.", settings.book.value)),
        number => say(format!("{number} migrations are pending for the book {}.", settings.book.value)),
    }
    Ok(())
}

fn is_not_made(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::NotProvisioned { .. }))
}
