//! The projections of a book.

use std::future::Future;
use std::pin::Pin;

use tallybook_read_models::Projection;
use tallybook_read_models::customers::Customers;
use tallybook_read_models::deposits::{DailyTotals, Deposits, WalletStatements, Wallets, Withdrawals};
use tallybook_read_models::ledger::GeneralLedger;

use crate::engine::{self, Surroundings};

/// A projection that can be run, without its type.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    pub name: &'static str,
    pub version: i32,
    pub(crate) run: fn(Surroundings) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Registered {
    pub fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            version: P::VERSION,
            run: |surroundings| Box::pin(engine::run::<P>(surroundings)),
        }
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
        Registered::of::<GeneralLedger>(),
        Registered::of::<DailyTotals>(),
    ]
}
