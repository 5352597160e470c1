//! Proofs as files: complete in themselves, checked with a public key and nothing else.

use chrono::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use super::check::{BadProof, check_consistency, check_inclusion};
use super::event::ProvedEvent;
use super::statement::{BadStatement, ProvedStatement, StatementProof};
use crate::merkle::Hash;
use crate::seal::{BadNote, Checkpoint, PublicKey};

/// Any of the proofs there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    Inclusion(InclusionProof),
    Consistency(ConsistencyProof),
    Statement(StatementProof),
}

/// That an event was in the journal when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The signed note.
    pub seal: String,
    pub event: ProvedEvent,
    /// RFC 9162, section 2.1.3: the siblings from the leaf to the root.
    pub path: Vec<HexHash>,
}

/// That what was sealed first is the beginning of what was sealed later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    pub older: String,
    pub newer: String,
    /// RFC 9162, section 2.1.4.
    pub path: Vec<HexHash>,
}

/// A hash, in hexadecimal where it is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HexHash(pub Hash);

impl Serialize for HexHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for HexHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash)
            .map_err(|_| serde::de::Error::custom("a hash is 64 hexadecimal digits"))?;
        Ok(Self(hash))
    }
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proved {
    Inclusion { event: ProvedEvent, seal: Checkpoint },
    Consistency { older: Checkpoint, newer: Checkpoint },
    Statement { statement: ProvedStatement, seal: Checkpoint },
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotProved {
    #[error("the seal: {0}")]
    Seal(BadNote),
    #[error("event {position} and its path do not lead to the sealed root: {bad}")]
    Inclusion { position: u64, bad: BadProof },
    #[error("an event has no position 0")]
    Position,
    #[error("the time of event {position} is written finer than an event's time is")]
    Time { position: u64 },
    #[error("the seals are of different books: {older} and {newer}")]
    DifferentBooks { older: String, newer: String },
    #[error("the seal of {older} events is not the beginning of that of {newer}: {bad}")]
    Consistency { older: u64, newer: u64, bad: BadProof },
    #[error("the statement: {0}")]
    Statement(#[from] BadStatement),
}

/// A file that is none of ours.
#[derive(Debug, Error)]
pub enum BadFile {
    #[error("it does not read as a proof: {}", .0.to_string().escape_debug())]
    Unreadable(#[from] serde_json::Error),
    #[error("something in it is no part of a proof, or is written in another way than proofs are")]
    NotAsWritten,
}

impl Proof {
    /// Reads a file. How it is laid out does not matter; but it may hold nothing that is not checked, so that nobody
    /// takes for proved what somebody added.
    pub fn read(text: &str) -> Result<Self, BadFile> {
        let proof: Self = serde_json::from_str(text)?;
        let given: Value = serde_json::from_str(text)?;
        if serde_json::to_value(&proof)? == given { Ok(proof) } else { Err(BadFile::NotAsWritten) }
    }

    /// Checks everything the file claims against the seals in it, which one of the keys must have signed.
    pub fn check(&self, keys: &[PublicKey]) -> Result<Proved, NotProved> {
        match self {
            Self::Inclusion(proof) => proof.check(keys),
            Self::Consistency(proof) => proof.check(keys),
            Self::Statement(proof) => {
                let seal = opened(&proof.seal, keys)?;
                let statement = proof.check(&seal)?;
                Ok(Proved::Statement { statement, seal })
            }
        }
    }
}

impl InclusionProof {
    fn check(&self, keys: &[PublicKey]) -> Result<Proved, NotProved> {
        let seal = opened(&self.seal, keys)?;
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.0).collect();
        included(&self.event, &path, &seal)?;
        Ok(Proved::Inclusion { event: self.event.clone(), seal })
    }
}

impl ConsistencyProof {
    fn check(&self, keys: &[PublicKey]) -> Result<Proved, NotProved> {
        let (older, newer) = (opened(&self.older, keys)?, opened(&self.newer, keys)?);
        if older.origin != newer.origin {
            let (older, newer) = (older.origin.to_string(), newer.origin.to_string());
            return Err(NotProved::DifferentBooks { older, newer });
        }
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.0).collect();
        check_consistency((older.size, &older.root), (newer.size, &newer.root), &path)
            .map_err(|bad| NotProved::Consistency { older: older.size, newer: newer.size, bad })?;
        Ok(Proved::Consistency { older, newer })
    }
}

fn opened(note: &str, keys: &[PublicKey]) -> Result<Checkpoint, NotProved> {
    Checkpoint::open(note, keys).map(|(checkpoint, _)| checkpoint).map_err(NotProved::Seal)
}

/// The event's own bytes make the leaf, so nothing in the file is taken on trust.
pub(super) fn included(event: &ProvedEvent, path: &[Hash], seal: &Checkpoint) -> Result<(), NotProved> {
    let index = event.position.checked_sub(1).ok_or(NotProved::Position)?;
    if DateTime::from_timestamp_micros(event.recorded_at.timestamp_micros()) != Some(event.recorded_at) {
        return Err(NotProved::Time { position: event.position });
    }
    check_inclusion(&event.leaf(), (index, seal.size), path, &seal.root)
        .map_err(|bad| NotProved::Inclusion { position: event.position, bad })
}
