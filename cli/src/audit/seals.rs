//! `audit seals`: the seals the book keeps.

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_event_store::Book;
use tallybook_event_store::seal::{Seal, after, at_size, latest};

use crate::argument::seal_size;
use crate::failure::Failure;
use crate::output::{moment, say, say_json};

/// List the book's seals, or print one as it was signed
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit seals
  tallybook audit seals 283 > seal-283")]
pub(super) struct AuditSeals {
    /// How many events the seal covers
    #[arg(value_name = "SIZE", conflicts_with = "json", value_parser = seal_size)]
    size: Option<u64>,
    /// As one JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Told {
    size: u64,
    root: String,
    sealed_at: chrono::DateTime<chrono::Utc>,
    key: String,
    note: String,
}

impl AuditSeals {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        if let Some(size) = self.size {
            say(wanted(book, Some(size)).await?.note.trim_end());
            return Ok(());
        }
        let seals = after(book.pool(), 0, i64::MAX).await?;
        if self.json {
            let told: Vec<Told> = seals.into_iter().map(Told::from).collect();
            say_json(&told).context("the seals")?;
            return Ok(());
        }
        for seal in seals {
            say(format!("{:>12}  {:<27}  {}", seal.size, moment(seal.sealed_at), hex::encode(seal.root)));
        }
        Ok(())
    }
}

impl From<Seal> for Told {
    fn from(seal: Seal) -> Self {
        let Seal { size, root, sealed_at, note, key } = seal;
        Self { size, root: hex::encode(root), sealed_at, key, note }
    }
}

/// The seal of that size, or the last one.
pub(super) async fn wanted(book: &Book, size: Option<u64>) -> Result<Seal, Failure> {
    let seal = match size {
        Some(size) => at_size(book.pool(), size).await?,
        None => latest(book.pool()).await?,
    };
    seal.ok_or_else(|| match size {
        Some(size) => {
            Failure::refused(anyhow!("there is no seal of {size} events: see `tallybook audit seals`"))
        }
        None => Failure::refused(anyhow!("the book has not been sealed yet: see `tallybook audit seal`")),
    })
}
