//! The projections of a book.

use std::future::Future;
use std::pin::Pin;

use tallybook_read_models::Projection;
use tallybook_read_models::customers::Customers;
use tallybook_read_models::deposits::{
    DailyTotals, Deposits, WalletHolds, WalletStatements, Wallets, Withdrawals,
};
use tallybook_read_models::fold::{TableShape, Tables};
use tallybook_read_models::ledger::GeneralLedger;

use crate::engine::{self, Surroundings};
use crate::generation::{self, Explaining, Follower, GenerationError, Load, Loaded};

type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A projection that can be run, without its type.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    pub name: &'static str,
    pub version: i32,
    pub(crate) tables: fn() -> Vec<TableShape>,
    pub(crate) run: fn(Surroundings) -> Doing<'static, ()>,
    pub(crate) load: fn(Load) -> Doing<'static, Result<Loaded, GenerationError>>,
    pub(crate) follow: fn(Follower<'_>) -> Doing<'_, Result<(), GenerationError>>,
    pub(crate) explain: fn(Explaining<'_>) -> Doing<'_, Result<(), GenerationError>>,
}

impl Registered {
    pub fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            version: P::VERSION,
            tables: || P::Tables::cached().all().iter().map(|table| table.shape()).collect(),
            run: |surroundings| Box::pin(engine::run::<P>(surroundings)),
            load: |load| Box::pin(generation::load::<P>(load)),
            follow: |follower| Box::pin(generation::follow::<P>(follower)),
            explain: |explaining| Box::pin(generation::explain::<P>(explaining)),
        }
    }

    /// The tables it alone writes to.
    pub fn table_names(&self) -> Vec<&'static str> {
        (self.tables)().iter().map(|table| table.name).collect()
    }
}

/// Every projection there is.
pub fn every() -> Vec<Registered> {
    vec![
        Registered::of::<Customers>(),
        Registered::of::<Wallets>(),
        Registered::of::<Deposits>(),
        Registered::of::<Withdrawals>(),
        Registered::of::<WalletStatements>(),
        Registered::of::<WalletHolds>(),
        Registered::of::<GeneralLedger>(),
        Registered::of::<DailyTotals>(),
    ]
}
