//! `audit verify`: every stored byte read once, and every check said by name.

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_event_store::verify::{Check, Outcome, Report, Scope, verify};
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::failure::Failure;
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// Read the whole journal and check that it is complete and unchanged; exit code 1 if anything is found
///
/// Checks: positions and sequences without gaps, leaf hashes over the stored bytes, payloads that read as what they
/// claim to be, debits = credits, a stored outcome for the command of each event, the Merkle root against the head,
/// and the triggers and keys that guard the tables. It may run while the book is in use, and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit verify
  tallybook audit verify --from 1000000 --json

docs/auditing.md says what each check detects and what it does not.")]
pub(super) struct AuditVerify {
    /// The first position to check; of events before it only the stored leaf hash is taken, for the root
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    from: Option<u64>,
    /// The last position to check
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    to: Option<u64>,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl AuditVerify {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(Failure::usage(anyhow!("--from {from} is after --to {to}")));
        }
        let database = Database::open(settings).await?;
        let done = tokio::select! {
            done = self.verify(&database, settings) => done,
            () = stop.cancelled() => Err(Failure::Reported),
        };
        database.close().await;
        done
    }

    async fn verify(&self, database: &Database, settings: &Settings) -> Result<(), Failure> {
        let scope = Scope { from: self.from, to: self.to };
        let (begun, bar, shown) = (Instant::now(), OnceCell::new(), Cell::new(0));
        let report = verify(database.connect_options(), &settings.schema(), &scope, |progress| {
            let bar = bar.get_or_init(|| Progress::over(progress.total, "events", self.json));
            bar.advance(progress.done - shown.replace(progress.done));
        })
        .await?;
        if let Some(bar) = bar.get() {
            bar.finish();
        }
        if let Some(from) = self.from.filter(|from| *from > report.head) {
            let head = report.head;
            return Err(Failure::usage(anyhow!("there is no event {from} yet: the last one is {head}")));
        }
        if self.json {
            say_json(&Told { clean: report.is_clean(), report: &report }).context("the report")?;
        } else {
            tell(&report, &settings.book.value, begun.elapsed());
        }
        if report.is_clean() { Ok(()) } else { Err(Failure::Reported) }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    clean: bool,
    #[serde(flatten)]
    report: &'a Report,
}

fn tell(report: &Report, book: &str, took: Duration) {
    for outcome in &report.checks {
        let verdict = if outcome.findings.count == 0 { "ok" } else { "FAILED" };
        say(format!("{verdict:<7} {:<12} {}", outcome.check.as_str(), meaning(outcome.check)));
        tell_findings(outcome);
    }
    if let Some(root) = report.root {
        say(format!("\nRoot at {}: {}", report.head, hex::encode(root)));
    }
    let (events, seconds) = (report.events, took.as_secs_f64());
    let verdict =
        if report.is_clean() { "nothing is wrong" } else { "the journal is not as it was recorded" };
    say(format!("{events} events of the book {book} in {seconds:.1} s: {verdict}."));
}

fn tell_findings(outcome: &Outcome) {
    for finding in &outcome.findings.first {
        let place = finding.position.map_or_else(String::new, |position| format!("position {position}: "));
        say(format!("          {place}{}", finding.detail));
    }
    let told = u64::try_from(outcome.findings.first.len()).unwrap_or(u64::MAX);
    let more = outcome.findings.count.saturating_sub(told);
    if more > 0 {
        say(format!("          and {more} more"));
    }
}

/// What holds when the check is passed.
fn meaning(check: Check) -> &'static str {
    match check {
        Check::Guards => "the triggers and keys that protect the journal stand",
        Check::Head => "the head is whole and names the last event",
        Check::Positions => "positions are 1, 2, 3 … without gaps",
        Check::Sequences => "sequences are 1, 2, 3 … in each aggregate",
        Check::LeafHashes => "the stored bytes are those their leaf hashes were made of",
        Check::Payloads => "every payload reads as the event it claims to be",
        Check::Balance => "debits equal credits in each event",
        Check::Commands => "the command of each event has its stored outcome",
        Check::Root => "the leaf hashes make the root the head says",
    }
}
