//! How a book is opened, and what can go wrong with it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use cqrs_es::persist::EventUpcaster;
use thiserror::Error;

use crate::merkle::FrontierMismatch;

/// What the operator may set; the defaults suit one process with a PostgreSQL beside it.
#[derive(Debug, Clone)]
pub struct BookSettings {
    /// The PostgreSQL schema that is the book.
    pub schema: String,
    /// Connections for loading and reading; the lane has one of its own besides.
    pub pool_connections: u32,
    /// Commands accepted but not yet answered. One more is refused as busy.
    pub queue_capacity: usize,
    /// Commands in one append.
    pub max_batch: usize,
    /// Aggregates kept in memory.
    pub cached_aggregates: usize,
    /// Events of one stream between two snapshots.
    pub snapshot_every: u64,
    /// How long a command may wait for PostgreSQL before it is given up.
    pub deadline: Duration,
    /// The journal's clock.
    pub clock: fn() -> DateTime<Utc>,
    /// How events of older versions become today's.
    pub upcasters: fn() -> Vec<Box<dyn EventUpcaster>>,
}

impl BookSettings {
    pub fn new(schema: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            pool_connections: 16,
            queue_capacity: 8192,
            max_batch: 1024,
            cached_aggregates: 100_000,
            snapshot_every: 500,
            deadline: Duration::from_secs(10),
            clock: system_clock,
            upcasters: tallybook_domain::upcasters,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the journal's clock is read here and nowhere else")]
fn system_clock() -> DateTime<Utc> {
    Utc::now()
}

/// The book cannot be opened or read.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error(
        "{0:?} is no name for a book: use up to 48 lower-case letters, digits and _, beginning with a letter"
    )]
    BookName(String),
    #[error("the book's time zone {0:?} is not in the IANA time zone database")]
    TimeZone(String),
    #[error("there is no book in schema {schema:?}: run `tallybook migrate` first")]
    NotProvisioned { schema: String },
    #[error("the book's head is damaged: {0}")]
    Head(#[from] FrontierMismatch),
    #[error("the journal is damaged: {0}")]
    Corrupt(String),
}
