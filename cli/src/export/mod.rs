//! `tallybook export`: the book in formats that other people's programs read, so that they can check it.
//!
//! Owns the files' formats and nothing else: what an event posts is said by the domain alone, what is in a report by the
//! read models, and a book is only read.

mod accounts;
mod arguments;
mod balances;
mod beancount;
mod csv;
mod entry;
mod format;
mod hledger;
mod journal;
mod parquet;
mod reports;
mod row;
mod target;
#[cfg(test)]
mod tests;

use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Write the book down for other programs
#[derive(Debug, clap::Args)]
pub struct ExportCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Journal(arguments::ExportJournal),
    Revenue(reports::ExportRevenue),
    Receivables(reports::ExportOpenItems),
    ReceivablesAgeing(reports::ExportAgeing),
    ReceivablesSummary(reports::ExportReceivables),
    Bills(reports::ExportBills),
    SegregationOfDuties(reports::ExportDuties),
}

impl ExportCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Journal(journal) => journal.run(settings, stop).await,
            What::Revenue(revenue) => revenue.run(settings, stop).await,
            What::Receivables(items) => items.run(settings, stop).await,
            What::ReceivablesAgeing(ageing) => ageing.run(settings, stop).await,
            What::ReceivablesSummary(receivables) => receivables.run(settings, stop).await,
            What::Bills(bills) => bills.run(settings, stop).await,
            What::SegregationOfDuties(duties) => duties.run(settings, stop).await,
        }
    }
}
