//! `tallybook api`: the HTTP side alone, beside a `tallybook projector run` somewhere.

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{listen, parts, ready};
use crate::database::{self, Database};
use crate::failure::Failure;
use crate::output::say;
use crate::settings::{BillingFlags, PersonalDataFlags, ServeFlags, Settings, WriteOffFlags};

/// Serve the API of a book that `tallybook migrate` has made
///
/// Several may serve one book; a projector has to run beside them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  DATABASE_URL=postgres://tallybook@db/tallybook tallybook api --host 0.0.0.0
  tallybook api --port 8081 --book tenant_7")]
pub struct ApiCommand {
    #[command(flatten)]
    pub serve: ServeFlags,
    #[command(flatten)]
    pub billing: BillingFlags,
    #[command(flatten)]
    pub write_off: WriteOffFlags,
    #[command(flatten)]
    pub personal_data: PersonalDataFlags,
}

impl ApiCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        tallybook_api::metrics::install();
        let listener = listen::bind(settings).await?;
        let database = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            opened = Database::open(settings) => opened?,
        };
        let served = parts::until_stopped(&stop, serve(&database, listener, settings, &stop)).await;
        database.close().await;
        served
    }
}

async fn serve(
    database: &Database,
    listener: tokio::net::TcpListener,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    let book = database.open_book(settings).await?;
    let serving = parts::serve_api(listener, book.clone(), settings, stop.clone());
    let announced = async {
        ready::ready(address).await;
        say(format!("Serving {} at {}", database::place(database, settings), listen::url(address)));
        std::future::pending::<()>().await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = announced => Ok(()),
    };
    book.shutdown().await;
    served
}
