//! `audit verify`: every stored byte read once, and every check said by name.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_event_store::seal::{Checkpoint, PublicKey};
use tallybook_event_store::verify::{Check, Outcome, Report, Scope, verify};
use tokio_util::sync::CancellationToken;

use super::keys;
use crate::database::Database;
use crate::failure::Failure;
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::seals::{KeyFile, kept_in};
use crate::settings::{SealFlags, Settings};

/// Read the whole journal and check that it is complete and unchanged; exit code 1 if anything is found
///
/// Checks: positions and sequences without gaps, leaf hashes over the stored bytes, payloads that read as what they
/// claim to be, debits = credits, a stored outcome for the command of each event, the Merkle root against the head,
/// every seal, and the triggers and keys that guard the tables. It may run while the book is in use, and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit verify
  tallybook audit verify --seals /mnt/auditor/seals --key main.pub
  tallybook audit verify --from 1000000 --json

docs/auditing.md says what each check detects and what it does not.")]
pub(super) struct AuditVerify {
    /// The first position to check; of events before it only the stored leaf hash is taken, for the root
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    from: Option<u64>,
    /// The last position to check
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    to: Option<u64>,
    /// A file of seals that were kept outside the book; may be given many times. That of --seal-file is always used
    #[arg(long, value_name = "FILE")]
    seals: Vec<PathBuf>,
    /// The public key seals must be signed with, or a file of several [default: those beside the book's own key; where
    /// there are none, those kept in the book, which prove little]
    #[arg(long = "key", value_name = "KEY|FILE")]
    keys: Vec<String>,
    /// As one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) seal_flags: SealFlags,
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
        let scope = self.scope(settings)?;
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

impl AuditVerify {
    fn scope(&self, settings: &Settings) -> Result<Scope, Failure> {
        let keys =
            if self.keys.is_empty() { KeyFile::of(settings).known()? } else { keys::given(&self.keys)? };
        let configured = settings.seal_file.value.as_ref().filter(|file| file.exists());
        let mut seals = Vec::new();
        for file in self.seals.iter().chain(configured) {
            let kept =
                kept_in(file).with_context(|| format!("the seals in {} cannot be read", file.display()));
            seals.extend(of_this_book(kept.map_err(Failure::Usage)?, &keys, file)?);
        }
        Ok(Scope { from: self.from, to: self.to, seals, keys })
    }
}

/// A file may hold seals of several books; but it must not silently hold none of this one.
fn of_this_book(notes: Vec<String>, keys: &[PublicKey], file: &Path) -> Result<Vec<String>, Failure> {
    let of_another = |note: &String| match Checkpoint::read_unverified(note) {
        Ok(checkpoint) => !keys.is_empty() && keys.iter().all(|key| *key.name() != checkpoint.origin),
        Err(_) => false,
    };
    let all = notes.len();
    let seals: Vec<String> = notes.into_iter().filter(|note| !of_another(note)).collect();
    if seals.is_empty() && all > 0 {
        let file = file.display();
        return Err(Failure::usage(anyhow!(
            "none of the {all} seals in {file} has the name of a key that is trusted"
        )));
    }
    Ok(seals)
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
        Check::Seals => "the journal is still what every seal says it was",
    }
}
