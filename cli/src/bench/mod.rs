//! `tallybook bench`: what the book can take, measured beside what PostgreSQL itself allows.
//!
//! Owns measuring and nothing else: everything it drives is what the API drives.

mod append;
mod bare_fold;
mod bill_run;
mod deposits;
mod fill;
mod http;
mod import_customers;
mod import_usage;
mod limits;
mod matching;
mod measure;
mod notifications;
mod rebuild;
mod report;
mod sizes;

pub use append::BenchAppend;
pub use bill_run::BenchBillRun;
pub use fill::BenchFill;
pub use import_customers::BenchImportCustomers;
pub use import_usage::BenchImportUsage;
pub use matching::BenchMatch;
pub use notifications::BenchNotifications;
pub use rebuild::BenchRebuild;

use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::serve::make_book;
use crate::settings::Settings;

/// Measure this machine
#[derive(Debug, clap::Args)]
pub struct BenchCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Append(BenchAppend),
    BillRun(BenchBillRun),
    Fill(BenchFill),
    ImportCustomers(BenchImportCustomers),
    ImportUsage(BenchImportUsage),
    Match(BenchMatch),
    Notifications(BenchNotifications),
    Rebuild(BenchRebuild),
}

impl BenchCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Append(append) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = append.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::Rebuild(rebuild) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = rebuild.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::BillRun(bill_run) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = bill_run.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::ImportCustomers(import) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = import.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::ImportUsage(import) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = import.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::Notifications(notifications) => {
                let search_path = environment::search_path();
                tokio::select! {
                    measured = notifications.run(settings.server(), &search_path) => Ok(measured?),
                    () = stop.cancelled() => Err(Failure::Reported),
                }
            }
            What::Match(matching) => matching.run(),
            What::Fill(fill) => {
                let database = Database::open_alone(settings).await?;
                let (book, _) = make_book(&database, settings).await?;
                let filled = fill.run(&book, &stop).await;
                book.shutdown().await;
                database.close().await;
                filled.map_err(Failure::refused)
            }
        }
    }
}
