//! `tallybook customer`: what is done to a customer where no API runs.

use clap::{Args, Subcommand};
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{EraseCustomer, erase_customer};
use tallybook_domain::CustomerId;
use tallybook_domain::text::Reason;
use tallybook_event_store::Book;

use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::output::say;
use crate::settings::Settings;

/// Erase the personal data of a customer
#[derive(Debug, Args)]
pub struct CustomerCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Destroy the key of a customer's personal fields, for ever
    ///
    /// Nobody can read them any more, here or in past events; figures and proofs stay as they are. Backups made before
    /// keep the key until they expire. Repeating it changes nothing.
    #[command(after_help = "Examples:
  tallybook customer erase C00042 --reason 'request 2026-117' --dry-run
  tallybook customer erase C00042 --reason 'request 2026-117'")]
    Erase {
        /// The customer, such as C00042
        customer: CustomerId,
        /// Why; it stays in the journal, so name nobody in it
        #[arg(long)]
        reason: Reason,
        /// Check, change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

impl CustomerCommand {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let database = Database::open(settings).await?;
        let done = match database.open_book(settings).await {
            Ok(book) => {
                let done = self.what.run(&book).await;
                book.shutdown().await;
                done
            }
            Err(failure) => Err(failure),
        };
        database.close().await;
        done
    }
}

impl What {
    async fn run(self, book: &Book) -> Result<(), Failure> {
        let Self::Erase { customer, reason, dry_run } = self;
        let context = CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run,
        };
        let keys = PersonalKeys::without_master(book);
        let erase = EraseCustomer { customer: customer.clone(), reason };
        let receipt = erase_customer(book, &keys, context, erase).await?;
        if dry_run {
            say(format!("Would erase the personal data of {customer}."));
        } else {
            let position = receipt.position;
            say(format!("The personal data of {customer} is erased (position {position})."));
        }
        Ok(())
    }
}
