//! `tallybook import`: statements of banks and payment channels, and lists of customers and of usage, become commands.
//!
//! Owns reading files and asking the use cases row by row. It never decides about money and never writes to the
//! book itself; importing the same rows again changes nothing.

mod arguments;
mod as_deposit;
mod as_receipt;
mod builtin;
mod chain;
mod columns;
mod customers;
mod flag;
mod incoming;
mod list;
mod mapping;
mod record;
mod reference;
mod row;
mod saved;
mod statement;
mod summary;
mod taken;
mod usage;

#[cfg(test)]
mod tests;

use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Record what a file says
#[derive(Debug, clap::Args)]
pub struct ImportCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Customers(customers::ImportCustomers),
    Deposits(arguments::ImportDeposits),
    Receipts(arguments::ImportReceipts),
    Usage(usage::ImportUsage),
}

impl ImportCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Customers(customers) => customers.run(settings, stop).await,
            What::Deposits(deposits) => deposits.run(settings, stop).await,
            What::Receipts(receipts) => receipts.run(settings, stop).await,
            What::Usage(usage) => usage.run(settings, stop).await,
        }
    }
}
