//! The embedded default: a private PostgreSQL cluster in the data directory.
//!
//! Owns finding the programs, making, starting, watching and stopping the cluster, and the lock that lets one
//! process at a time do so. It never touches what is inside a book, and never listens on the network.

mod cluster;
mod data_directory;
mod embedded;
mod error;
mod owner;
mod postmaster_pid;
mod programs;
mod provision;
mod server;
mod socket;
mod supervisor;
mod tuning;

#[cfg(test)]
mod tests;

pub use data_directory::{DataDirectory, Holder};
pub use embedded::{EmbeddedPostgres, attach};
pub use error::PostgresError;
pub use programs::check_installed;
pub use tuning::{Tuning, memory_bytes};
