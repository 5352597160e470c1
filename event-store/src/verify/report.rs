//! What was found: by check, counted in full and told up to a limit.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::merkle::Hash;

/// Findings told of each check; all are counted.
const TOLD_OF_EACH: usize = 20;

/// One thing that is proved about the journal. `docs/auditing.md` says what each detects and what it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The triggers and keys that protect the journal stand.
    Guards,
    /// The head is there, and names the last event.
    Head,
    /// Positions are 1, 2, 3 … without gaps.
    Positions,
    /// Sequences are 1, 2, 3 … without gaps in each aggregate, in the order of positions.
    Sequences,
    /// Each leaf hash is that of the stored bytes.
    LeafHashes,
    /// Each payload reads as the event its row claims to be.
    Payloads,
    /// Debits equal credits in each event.
    Balance,
    /// The command of each event has its stored outcome, and no stored command names other events.
    Commands,
    /// Each snapshot is what the events of its stream come to.
    Snapshots,
    /// The Merkle tree over all leaf hashes is the head's.
    Root,
    /// The journal is still what each seal says it was.
    Seals,
}

impl Check {
    pub const ALL: [Self; 11] = [
        Self::Guards,
        Self::Head,
        Self::Positions,
        Self::Sequences,
        Self::LeafHashes,
        Self::Payloads,
        Self::Balance,
        Self::Commands,
        Self::Snapshots,
        Self::Root,
        Self::Seals,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guards => "guards",
            Self::Head => "head",
            Self::Positions => "positions",
            Self::Sequences => "sequences",
            Self::LeafHashes => "leaf_hashes",
            Self::Payloads => "payloads",
            Self::Balance => "balance",
            Self::Commands => "commands",
            Self::Snapshots => "snapshots",
            Self::Root => "root",
            Self::Seals => "seals",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The event concerned, where it is one.
    pub position: Option<u64>,
    pub detail: String,
}

/// The findings of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<Finding>,
}

/// Findings by check, as they are gathered; bounded, however much is wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    by_check: BTreeMap<Check, Findings>,
}

impl Found {
    pub(super) fn add(&mut self, check: Check, position: Option<u64>, detail: impl fmt::Display) {
        let findings = self.by_check.entry(check).or_default();
        findings.count += 1;
        if findings.first.len() < TOLD_OF_EACH {
            findings.first.push(Finding { position, detail: detail.to_string() });
        }
    }

    pub(super) fn join(&mut self, later: Self) {
        for (check, more) in later.by_check {
            let findings = self.by_check.entry(check).or_default();
            findings.count += more.count;
            let room = TOLD_OF_EACH.saturating_sub(findings.first.len());
            findings.first.extend(more.first.into_iter().take(room));
        }
    }

    pub(super) fn of(&mut self, check: Check) -> Findings {
        std::mem::take(self.by_check.entry(check).or_default())
    }
}

/// How one check ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub check: Check,
    #[serde(flatten)]
    pub findings: Findings,
}

/// Seals whose root was held against that of the journal, by where they were kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub in_book: usize,
    pub elsewhere: usize,
}

/// What a verification proved, and what it found wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Positions checked in full; of events outside only the leaf hash was taken, as it is stored.
    pub from: u64,
    pub to: u64,
    /// How many events that are.
    pub events: u64,
    /// The position the head named when the verification began.
    pub head: u64,
    /// The root over the stored leaf hashes up to the head; `None` if events are missing.
    #[serde(serialize_with = "in_hexadecimal")]
    pub root: Option<Hash>,
    /// How many seals there were, sound or not.
    pub seals: usize,
    /// How many the journal was compared with: if none, seals prove nothing.
    pub compared: Compared,
    pub checks: Vec<Outcome>,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.checks.iter().all(|outcome| outcome.findings.count == 0)
    }
}

fn in_hexadecimal<S: Serializer>(root: &Option<Hash>, serializer: S) -> Result<S::Ok, S::Error> {
    match root {
        Some(root) => serializer.serialize_str(&hex::encode(root)),
        None => serializer.serialize_none(),
    }
}
