//! `tallybook projector rebuild`: read tables made anew from the journal, while people work.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use anyhow::Context;
use clap::Args;
use tallybook_event_store::Book;
use tallybook_projector::{
    EndState, Ending, RebuildOutcome, RebuildRequest, Rebuilder, Registered, TableDifference, Unfinished,
};
use tokio_util::sync::CancellationToken;

use super::chosen::{chosen, projection};
use super::watch::watched;
use crate::argument::tasks;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::postgres::memory_bytes;

/// Make read tables anew from the journal and swap them in, while people read and write
///
/// New tables are folded beside the live ones, compared with them, and swapped in at once. If anything fails, or
/// is cancelled, the live tables are as they were. The replaced ones are kept until the next rebuild. While others use
/// the tables, as pg_dump does, the swap waits, names them, and is done when they are through.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook projector rebuild wallets
  tallybook projector rebuild --all --dry-run
  tallybook projector rebuild --all --expect-equal --memory 512MB
  tallybook projector rebuild wallets --back")]
pub(super) struct ProjectorRebuild {
    /// As `projector status` shows them
    #[arg(value_name = "NAME", required_unless_present = "all", value_parser = projection)]
    projections: Vec<Registered>,
    /// Every projection
    #[arg(long, conflicts_with = "projections")]
    all: bool,
    /// Make and compare the new tables, then drop them
    #[arg(long)]
    dry_run: bool,
    /// Any difference between old and new is a failure, and nothing is swapped
    #[arg(long)]
    expect_equal: bool,
    /// Swap back to the tables the last rebuild replaced, at once
    #[arg(long, conflicts_with_all = ["dry_run", "expect_equal"])]
    back: bool,
    /// What became of each as one JSON array, also if it failed
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    resources: ResourceArguments,
}

/// What folding may take of the machine.
#[derive(Debug, Args)]
pub(super) struct ResourceArguments {
    /// Tables copied in or indexed, and projections compared or swapped, at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = tasks)]
    jobs: Option<NonZeroUsize>,
    /// Memory for rows, such as 512MB; what does not fit is folded in further passes [default: a quarter of the
    /// machine's]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<usize>,
}

impl ResourceArguments {
    pub(super) fn rebuilder(&self, book: &Book, stop: &CancellationToken) -> Rebuilder {
        let jobs = self.jobs.or_else(|| available_parallelism().ok()).map_or(1, usize::from);
        Rebuilder::new(book.pool().clone(), book.schema(), stop.child_token())
            .with_resources(jobs, self.memory.unwrap_or_else(quarter_of_memory))
    }
}

fn quarter_of_memory() -> usize {
    usize::try_from(memory_bytes() / 4).unwrap_or(usize::MAX)
}

/// With less, there would be a pass over the journal for every few rows.
const LEAST_MEMORY: usize = 1 << 20;

/// A number with KB, MB or GB, each 1,024 times the one before.
fn bytes(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, usize); 4] = [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("", 1)];
    let upper = text.trim().to_ascii_uppercase();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| upper.strip_suffix(name).map(|number| (number.trim(), unit)))
        .ok_or("a size is a number with KB, MB or GB, such as 512MB")?;
    let number: usize =
        number.parse().map_err(|_| "a size is a whole number with KB, MB or GB, such as 512MB".to_owned())?;
    number
        .checked_mul(*unit)
        .filter(|bytes| *bytes >= LEAST_MEMORY)
        .ok_or_else(|| "less than 1MB, or more than there is, is no size to work with".to_owned())
}

impl ProjectorRebuild {
    pub(super) async fn run(self, book: &Book, stop: &CancellationToken) -> Result<(), Failure> {
        let projections = chosen(&self.projections);
        let by = environment::actor().map_err(Failure::environment)?;
        let rebuilder = self.resources.rebuilder(book, stop).wanted_by(&by);
        if self.back {
            let done = watched(&rebuilder.progress, rebuilder.back_all(&projections)).await;
            return tell_all(done, self.json, tell_return);
        }
        let request = RebuildRequest { dry_run: self.dry_run, expect_equal: self.expect_equal };
        let done = watched(&rebuilder.progress, rebuilder.rebuild(&projections, request)).await;
        tell_all(done, self.json, tell)
    }
}

/// What became of each, also if it did not come to its end for all of them.
fn tell_all(
    done: Result<Vec<RebuildOutcome>, Unfinished>,
    json: bool,
    tell: impl Fn(&RebuildOutcome),
) -> Result<(), Failure> {
    if json {
        let (endings, ended) = match done {
            Ok(outcomes) => (outcomes.iter().map(Ending::from).collect(), Ok(())),
            Err(Unfinished { cause, endings }) => (endings, Err(Failure::refused(*cause))),
        };
        say_json(&endings).context("the outcome")?;
        return ended;
    }
    match done {
        Ok(outcomes) => {
            outcomes.iter().for_each(tell);
            Ok(())
        }
        Err(Unfinished { cause, endings }) => {
            endings.iter().for_each(tell_ending);
            Err(Failure::refused(*cause))
        }
    }
}

fn tell_ending(ending: &Ending) {
    let name = &ending.projection;
    let reason = ending.error.as_deref().unwrap_or("no reason is known");
    match (ending.state, ending.position) {
        (EndState::Swapped, Some(position)) => say(format!("{name}: swapped, from position {position}.")),
        (EndState::Swapped, None) => say(format!("{name}: swapped.")),
        (EndState::Compared, _) => say(format!("{name}: compared, not swapped.")),
        (EndState::Failed, _) => say(format!("{name}: failed, its tables are as they were: {reason}")),
        (EndState::Cancelled, _) => say(format!("{name}: cancelled, its tables are as they were.")),
        (EndState::NotBegun, _) => say(format!("{name}: not begun, its tables are as they were.")),
    }
    ending.differences.iter().for_each(|tables| tell_differences(tables));
    warn_of(name, &ending.dependents);
}

fn tell_return(outcome: &RebuildOutcome) {
    let (name, position) = (&outcome.projection, outcome.position);
    let left = outcome.replaced_position.map_or_else(String::new, |left| format!(" (it was at {left})"));
    say(format!("{name} is back on its previous tables, from position {position}{left}."));
    warn_of(name, &outcome.dependents);
}

/// What of others does not come along.
fn warn_of(name: &str, dependents: &[String]) {
    if !dependents.is_empty() {
        note(format!(
            "Warning: others have made something over the tables of {name}. It follows the replaced tables until it is \
             made anew, and the next rebuild is refused until then: {}",
            dependents.join(", ")
        ));
    }
}

fn tell(outcome: &RebuildOutcome) {
    let (name, position) = (&outcome.projection, outcome.position);
    let done = if outcome.swapped { "rebuilt and swapped in" } else { "would be rebuilt" };
    match &outcome.differences {
        None => say(format!("{name} {done} as of position {position}; it was too far behind to compare.")),
        Some(tables) if tables.iter().all(TableDifference::is_none) => {
            let rows: u64 = tables.iter().map(|table| table.rows).sum();
            say(format!("{name} {done} as of position {position}: {rows} rows, nothing changes."));
        }
        Some(tables) => {
            say(format!("{name} {done} as of position {position}:"));
            tell_differences(tables);
        }
    }
    warn_of(name, &outcome.dependents);
}

pub(super) fn tell_differences(tables: &[TableDifference]) {
    for table in tables.iter().filter(|table| !table.is_none()) {
        say(format!(
            "  {}: {} rows added, {} removed, {} changed",
            table.table, table.added, table.removed, table.changed
        ));
        for (currency, columns) in &table.money {
            for (column, change) in columns {
                say(format!("    {column} in {currency}: {change:+}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_numbers_with_units() {
        assert_eq!(bytes("512MB"), Ok(512 << 20));
        assert_eq!(bytes("1 gb"), Ok(1 << 30));
        assert_eq!(bytes("1048576"), Ok(1 << 20));
        for wrong in ["", "MB", "0", "1023KB", "1.5GB", "-1MB", "99999999999GB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
