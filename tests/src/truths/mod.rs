//! What holds after every scenario, whatever happened in it.
//!
//! Owns the checks that need no knowledge of the scenario. Must never repair, and never look away.

mod approved;
mod as_of;
mod billed;
pub mod journal;
mod money;
mod ordered;
mod paid_beside;
mod rebuilt;
mod settled;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::Client;

/// Who looks at a book: an auditor at its door, and the database for what no door shows.
#[derive(Debug, Clone)]
pub struct Witness {
    /// May read everything.
    pub reader: Client,
    connect: PgConnectOptions,
    pool: PgPool,
}

impl Witness {
    /// `connect` names the database with the rights of the book's owner.
    pub fn new(reader: Client, connect: &PgConnectOptions, schema: &str) -> Self {
        let connect = connect.clone().options([("search_path", schema)]);
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(connect.clone());
        Self { reader, connect, pool }
    }
}

/// The journal is whole, the read tables are what the journal folds to, the money adds up, what was
/// billed is what is reported, what is left of receipts and what orders hold is what the ledger has, what waits for
/// approval has one to give, and the past is what it was.
pub async fn hold(witness: &Witness) {
    let head = journal::is_whole(witness).await;
    rebuilt::equals_live(witness, head).await;
    money::adds_up(witness, head).await;
    billed::agrees(witness, head).await;
    settled::agrees(witness, head).await;
    ordered::agrees(witness, head).await;
    paid_beside::agrees(witness, head).await;
    approved::agrees(witness).await;
    as_of::is_what_was(witness, head).await;
}
