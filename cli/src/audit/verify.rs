//! `audit verify`: every stored byte read once, and every check said by name.

use std::cell::{Cell, OnceCell};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_event_store::seal::{Checkpoint, PublicKey};
use tallybook_event_store::verify::{Check, Compared, Outcome, Report, Scope, verify};
use tokio_util::sync::CancellationToken;

use super::public_keys;
use crate::argument::{in_order, no_event_yet, position};
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
/// every seal (and says how many there were: without any, this check proves nothing), and the triggers and keys that
/// guard the tables. It may run while the book is in use, and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit verify
  tallybook audit verify --seals /mnt/auditor/seals --key main.pub
  tallybook audit verify --from 1000000 --json

docs/auditing.md says what each check detects and what it does not.")]
pub(super) struct AuditVerify {
    /// The first position to check; of events before it only the stored leaf hash is taken, for the root
    #[arg(long, value_name = "POSITION", value_parser = position)]
    from: Option<u64>,
    /// The last position to check
    #[arg(long, value_name = "POSITION", value_parser = position)]
    to: Option<u64>,
    /// A file of seals that were kept outside the book; may be given many times. That of --seal-file is always used. A
    /// file that is missing or has no seal in it is a finding if the book has seals
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
        in_order(self.from, self.to)?;
        let database = Database::open(settings).await?;
        let done = tokio::select! {
            done = self.verify(&database, settings) => done,
            () = stop.cancelled() => Err(Failure::Reported),
        };
        database.close().await;
        done
    }

    async fn verify(&self, database: &Database, settings: &Settings) -> Result<(), Failure> {
        let (scope, keys_from) = self.scope(settings)?;
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
            return Err(no_event_yet(from, report.head));
        }
        if self.json {
            let told = Told { clean: report.is_clean(), keys_from, report: &report };
            say_json(&told).context("the report")?;
        } else {
            tell(&report, keys_from, (&settings.book.value, begun.elapsed()));
        }
        if report.is_clean() { Ok(()) } else { Err(Failure::Reported) }
    }
}

impl AuditVerify {
    fn scope(&self, settings: &Settings) -> Result<(Scope, KeysFrom), Failure> {
        let (keys, keys_from) = self.trusted(settings)?;
        let (mut seals, mut missing) = (Vec::new(), Vec::new());
        for file in self.seals.iter().chain(&settings.seal_file.value) {
            let place = file.display();
            match kept_in(file) {
                Ok(kept) if kept.is_empty() => missing.push(format!("there is no seal in {place}")),
                Ok(kept) => seals.extend(of_this_book(kept, &keys, file)?),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    missing.push(format!("there is no file {place}"));
                }
                Err(error) => {
                    let context = format!("the seals in {place} cannot be read");
                    return Err(Failure::Usage(anyhow::Error::new(error).context(context)));
                }
            }
        }
        Ok((Scope { from: self.from, to: self.to, seals, keys, missing, room: None }, keys_from))
    }

    fn trusted(&self, settings: &Settings) -> Result<(Vec<PublicKey>, KeysFrom), Failure> {
        if !self.keys.is_empty() {
            return Ok((public_keys::given(&self.keys)?, KeysFrom::Given));
        }
        let keys = KeyFile::of(settings).known()?;
        let from = if keys.is_empty() { KeysFrom::Book } else { KeysFrom::BesideKey };
        Ok((keys, from))
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

/// Where the keys came from that seals have to be signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum KeysFrom {
    Given,
    BesideKey,
    Book,
}

impl KeysFrom {
    fn told(self) -> &'static str {
        match self {
            Self::Given => "the keys given",
            Self::BesideKey => "the keys beside the book's own",
            Self::Book => "the keys kept in the book, which prove little",
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    clean: bool,
    keys_from: KeysFrom,
    #[serde(flatten)]
    report: &'a Report,
}

fn tell(report: &Report, keys_from: KeysFrom, (book, took): (&str, Duration)) {
    let nothing_compared = report.compared == Compared::default();
    for outcome in &report.checks {
        let (verdict, meaning) = match (outcome.findings.count, outcome.check) {
            (0, Check::Seals) if nothing_compared => ("none", "there was no seal to compare with"),
            (0, check) => ("ok", meaning(check)),
            (_, check) => ("FAILED", meaning(check)),
        };
        say(format!("{verdict:<7} {:<12} {meaning}", outcome.check.as_str()));
        tell_findings(outcome);
    }
    say(format!("\n{}", told_of_seals(report.compared, keys_from)));
    if let Some(root) = report.root {
        say(format!("Root at {}: {}", report.head, hex::encode(root)));
    }
    let (events, seconds) = (report.events, took.as_secs_f64());
    let verdict =
        if report.is_clean() { "nothing is wrong" } else { "the journal is not as it was recorded" };
    say(format!("{events} events of the book {book} in {seconds:.1} s: {verdict}."));
}

/// What the check of seals rests on.
fn told_of_seals(Compared { in_book, elsewhere }: Compared, keys_from: KeysFrom) -> String {
    let keys = keys_from.told();
    let all = in_book + elsewhere;
    match (all, elsewhere) {
        (0, _) => {
            "Seals: none was compared, so nothing shows that the whole journal was not rewritten.".into()
        }
        (_, 0) => format!(
            "Seals: {all} compared, none of them kept outside the book: that none was taken out of it is not shown. \
             Signed with {keys}."
        ),
        (..) => {
            format!("Seals: {all} compared, {elsewhere} of them kept outside the book. Signed with {keys}.")
        }
    }
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
        Check::Snapshots => "every snapshot is what the events of its stream come to",
        Check::Commands => "the command of each event has its stored outcome",
        Check::Root => "the leaf hashes make the root the head says",
        Check::Seals => "the journal is still what every seal says it was",
    }
}
