//! `tallybook bench`: what the book can take, measured beside what PostgreSQL itself allows.
//!
//! Owns measuring and nothing else: everything it drives is what the API drives.

mod append;
mod deposits;
mod http;
mod limits;
mod measure;
mod report;

pub use append::BenchAppend;

/// Measure this machine
#[derive(Debug, clap::Args)]
pub struct BenchCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Append(BenchAppend),
}

impl BenchCommand {
    /// Runs against `database_url` if given, otherwise against a private cluster that is deleted afterwards.
    pub async fn run(self, database_url: Option<&str>, search_path: &std::ffi::OsStr) -> anyhow::Result<()> {
        match self.what {
            What::Append(append) => append.run(database_url, search_path).await,
        }
    }
}
