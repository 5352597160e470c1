//! `tallybook projector verify`: are the read tables what the journal folds to?

use anyhow::Context;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_projector::{Registered, RowDifference, RowText, Verification};
use tokio_util::sync::CancellationToken;

use super::chosen::{chosen, projection};
use super::rebuild::{ResourceArguments, tell_differences};
use super::watch::watched;
use crate::failure::Failure;
use crate::output::{say, say_json};

/// Fold afresh and compare with the read tables, row by row; exit code 1 if any differs
///
/// Each row that differs is told with the first event whose effect it does not show, or shows wrongly.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook projector verify
  tallybook projector verify wallets deposits --json")]
pub(super) struct ProjectorVerify {
    /// As `projector status` shows them; every projection if none is named
    #[arg(value_name = "NAME", value_parser = projection)]
    projections: Vec<Registered>,
    /// The outcome as one JSON array
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    resources: ResourceArguments,
}

impl ProjectorVerify {
    pub(super) async fn run(self, book: &Book, stop: &CancellationToken) -> Result<(), Failure> {
        let projections = chosen(&self.projections);
        let rebuilder = self.resources.rebuilder(book, stop);
        let verified =
            watched(&rebuilder.progress, rebuilder.verify(&projections)).await.map_err(Failure::refused)?;
        if self.json {
            say_json(&verified).context("the outcome")?;
        } else {
            verified.iter().for_each(tell);
        }
        if verified.iter().all(Verification::is_equal) { Ok(()) } else { Err(Failure::Reported) }
    }
}

fn tell(verification: &Verification) {
    let (name, position) = (&verification.projection, verification.position);
    let rows: u64 = verification.tables.iter().map(|table| table.rows).sum();
    if verification.is_equal() {
        say(format!("{name}: {rows} rows are as the journal folds to, as of position {position}."));
        return;
    }
    say(format!("{name}: NOT as the journal folds to, as of position {position}:"));
    tell_differences(&verification.tables);
    verification.rows.iter().for_each(tell_row);
}

fn tell_row(row: &RowDifference) {
    let why = match row.first_event {
        Some(position) => format!("first explained by event {position}"),
        None => "no event makes this row".into(),
    };
    match (&row.live, &row.folded) {
        (Some(live), Some(folded)) => {
            say(format!("  {} {}: {why}", row.table, key(live)));
            for (column, value) in live.iter().filter(|(column, value)| folded.get(*column) != Some(value)) {
                let right = folded.get(column).and_then(Option::as_deref);
                say(format!("    {column} is {}, folds to {}", shown(value.as_deref()), shown(right)));
            }
        }
        (None, Some(folded)) => say(format!("  {} {}: is missing; {why}", row.table, key(folded))),
        (Some(live), None) => say(format!("  {} {}: should not be there; {why}", row.table, key(live))),
        (None, None) => {}
    }
}

/// What tells the row from others, as people would name it.
fn key(row: &RowText) -> String {
    let naming = ["id", "account", "wallet", "withdrawal", "currency", "effective_date", "position"];
    let named: Vec<&str> = naming.iter().filter_map(|column| row.get(column)?.as_deref()).collect();
    named.first().filter(|_| row.contains_key("id")).map_or_else(|| named.join(" "), |id| (*id).to_owned())
}

fn shown(value: Option<&str>) -> &str {
    value.unwrap_or("nothing")
}
