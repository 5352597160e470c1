//! `audit statement`: a wallet's statement with its proof.

use chrono::NaiveDate;
use clap::Args;
use tallybook_domain::{Currency, CustomerId, WalletId};
use tallybook_event_store::Book;
use tallybook_event_store::proof::{Tree, prove_statement};

use super::prove::tell;
use super::seals::wanted;
use crate::argument::{date, in_order, seal_size};
use crate::failure::Failure;

/// Write a wallet's statement with every event it is made of, their proofs and the seal into one file
///
/// The statement is what was known when it was sealed. Its opening and closing balances and its lines can be
/// computed from the events in the file alone, and `tallybook audit check-proof` does.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tallybook audit statement C00014 --currency CNY --from 2026-03-01 --to 2026-03-31 > march.json")]
pub(super) struct AuditStatement {
    /// Whose
    #[arg(value_name = "CUSTOMER")]
    customer: CustomerId,
    /// Which of his wallets
    #[arg(long, value_name = "CODE")]
    currency: Currency,
    /// The first business date [default: from the beginning]
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<NaiveDate>,
    /// The last one [default: to the end]
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<NaiveDate>,
    /// The seal, by how many events it covers [default: the last one]
    #[arg(long, value_name = "SIZE", value_parser = seal_size)]
    seal: Option<u64>,
}

impl AuditStatement {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        in_order(self.from, self.to)?;
        let seal = wanted(book, self.seal).await?;
        let wallet = WalletId::new(&self.customer, self.currency);
        let tree = Tree::new(book.pool().clone());
        tell(&prove_statement(&tree, &seal, &wallet, (self.from, self.to)).await?)
    }
}
