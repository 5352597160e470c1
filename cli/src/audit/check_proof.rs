//! `audit check-proof`: whether a file proves what it says, with a public key and without a database.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};
use tallybook_event_store::proof::{Proof, Proved, ProvedEvent, ProvedStatement};
use tallybook_event_store::seal::{Checkpoint, PublicKey};

use super::public_keys;
use crate::failure::Failure;
use crate::output::{moment, say, say_json};

/// Check a proof, a proved statement or a seal offline; exit code 1 if it does not prove what it says
///
/// Needs the file and the public key of whoever sealed the book, and nothing else: no database, no network. Says
/// what is proved, and what is not.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit check-proof event-276.json --key tallybook/main+1f5a…
  tallybook audit check-proof march.json --key main.pub")]
pub(super) struct AuditCheckProof {
    /// What `audit prove`, `consistency`, `statement` or `seal` printed, or GET /v1/seals/SIZE answered
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The public key, or a file of several
    #[arg(long = "key", value_name = "KEY|FILE", required = true)]
    keys: Vec<String>,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl AuditCheckProof {
    pub(super) fn run(self) -> Result<(), Failure> {
        let keys = public_keys::given(&self.keys)?;
        let bytes = std::fs::read(&self.file)
            .with_context(|| format!("{} cannot be read", self.file.display()))
            .map_err(Failure::Usage)?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("{} is no proof", self.file.display()))
            .map_err(Failure::Refused)?;
        let told = if text.trim_start().starts_with('{') {
            let proof = Proof::read(&text);
            let proof = proof.with_context(|| format!("{} is no proof", self.file.display()));
            Told::of(&proof.map_err(Failure::Refused)?.check(&keys).map_err(Failure::refused)?)
        } else {
            Told::of_seal(&sealed(&text, &keys)?)
        };
        if self.json {
            say_json(&told.json()).context("the result")?;
        } else {
            told.say();
        }
        Ok(())
    }
}

fn sealed(text: &str, keys: &[PublicKey]) -> Result<Checkpoint, Failure> {
    match Checkpoint::open(text, keys) {
        Ok((checkpoint, _)) => Ok(checkpoint),
        Err(bad) => Err(Failure::refused(anyhow::Error::new(bad).context(anyhow!("the seal")))),
    }
}

/// What is said to be proved, and what is said not to be.
struct Told {
    proved: Vec<String>,
    facts: Value,
    not_proved: Vec<String>,
}

const UNTRUE: &str = "that what was recorded is true: only that it was recorded, and not changed since";
const BEYOND: &str = "anything about events after those the seal covers";
const TIME: &str = "the time of the seal: whoever signs it writes it";

impl Told {
    fn of(proved: &Proved) -> Self {
        match proved {
            Proved::Inclusion { event, seal } => Self::of_event(event, seal),
            Proved::Consistency { older, newer } => Self {
                proved: vec![
                    format!(
                        "The {} events of {} are the beginning of the {} of {}:",
                        older.size,
                        sealing(older),
                        newer.size,
                        sealing(newer)
                    ),
                    "nothing was changed, removed or put in between.".into(),
                ],
                facts: json!({ "kind": "consistency", "older": older.size, "newer": newer.size }),
                not_proved: vec![BEYOND.into(), TIME.into()],
            },
            Proved::Statement { statement, seal } => Self::of_statement(statement, seal),
        }
    }

    fn of_event(event: &ProvedEvent, seal: &Checkpoint) -> Self {
        let ProvedEvent { position, sequence, event_type, aggregate_type, aggregate_id, .. } = event;
        let at = moment(event.recorded_at);
        Self {
            proved: vec![
                format!(
                    "Event {position} was in the journal of {}, exactly as it is in the file:",
                    sealing(seal)
                ),
                format!(
                    "{event_type}, number {sequence} of {aggregate_type} {aggregate_id}, recorded at {at}"
                ),
                event.payload.clone(),
                event.metadata.clone(),
            ],
            facts: json!({ "kind": "inclusion", "position": position, "size": seal.size }),
            not_proved: [UNTRUE, BEYOND, TIME].map(str::to_owned).into(),
        }
    }

    fn of_statement(proved: &ProvedStatement, seal: &Checkpoint) -> Self {
        let statement = &proved.statement;
        let (lines, events, wallet) = (statement.lines.len(), proved.events, &statement.wallet);
        let (last, size) = (proved.last_position, seal.size);
        let tail = (last < size).then(|| {
            format!(
                "that the wallet had no event after its number {events}: one left out at the end, among the \
                 positions {} to {size} of the book, does not show in one file. `audit events`, `audit verify` and \
                 a later statement show it",
                last + 1
            )
        });
        let mut told = vec![
            format!(
                "The statement of wallet {wallet}, {}, is what its events say:",
                period(statement.from, statement.to)
            ),
            format!(
                "opening balance {}, {lines} lines, closing balance {}.",
                statement.opening, statement.closing
            ),
            format!("Its events 1 to {events}, without a gap, were in the journal of {}.", sealing(seal)),
        ];
        told.extend(statement.lines.iter().map(|line| {
            format!(
                "  {}  {:>20}  {:>20}  {} ({})",
                line.effective_date,
                line.amount.to_string(),
                line.balance.to_string(),
                line.event_type,
                line.position
            )
        }));
        Self {
            proved: told,
            facts: json!({
                "kind": "statement", "wallet": wallet, "from": statement.from, "to": statement.to,
                "opening": statement.opening, "closing": statement.closing, "lines": lines,
                "events": events, "last_position": proved.last_position, "size": seal.size,
            }),
            not_proved: tail.into_iter().chain([UNTRUE, BEYOND, TIME].map(str::to_owned)).collect(),
        }
    }

    fn of_seal(seal: &Checkpoint) -> Self {
        let (size, root) = (seal.size, hex::encode(seal.root));
        Self {
            proved: vec![format!(
                "The key has signed that the journal of {} had the root {root}.",
                sealing(seal)
            )],
            facts: json!({ "kind": "seal", "size": size, "root": root }),
            not_proved: vec![
                "that the book is still what was sealed: that is for `audit verify --seals`".into(),
                TIME.into(),
            ],
        }
    }

    fn say(&self) {
        say(format!("Proved. {}", self.proved.join("\n  ")));
        say("Not proved:");
        for not in &self.not_proved {
            say(format!("  - {not}."));
        }
    }

    fn json(&self) -> Value {
        json!({ "proved": self.facts, "not_proved": self.not_proved })
    }
}

fn sealing(seal: &Checkpoint) -> String {
    let at = seal.sealed_at.map_or_else(String::new, |at| format!(" at {}", moment(at)));
    format!("the book {} when its first {} events were sealed{at}", seal.origin, seal.size)
}

fn period(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "from its beginning".into(),
    }
}
