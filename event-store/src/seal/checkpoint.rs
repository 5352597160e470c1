//! Checkpoints (c2sp.org/tlog-checkpoint): what a seal says, line by line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};

use super::key::{KeyName, PrivateKey, PublicKey};
use super::note::{self, BadNote};
use crate::merkle::Hash;

/// How many events a book had, and what their Merkle root was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The book, by the name of its key.
    pub origin: KeyName,
    pub size: u64,
    pub root: Hash,
    /// An extension line of ours, `sealed_at 2026-11-21T16:00:00Z`; a checkpoint of someone else may have none.
    /// Nobody but the one who signs vouches for it.
    pub sealed_at: Option<DateTime<Utc>>,
}

const SEALED_AT: &str = "sealed_at ";

impl Checkpoint {
    /// The checkpoint that one of the keys has signed, and which key did.
    pub fn open<'k>(
        note: &str,
        keys: impl IntoIterator<Item = &'k PublicKey> + Clone,
    ) -> Result<(Self, &'k PublicKey), BadNote> {
        let (text, key) = note::open(note, keys)?;
        let checkpoint = Self::read(text).ok_or(BadNote::Malformed)?;
        // A key speaks for the book it is named after, and for no other.
        if checkpoint.origin == *key.name() { Ok((checkpoint, key)) } else { Err(BadNote::UnknownKey) }
    }

    /// What a note says, whoever signed it: to look something up, never to rely on.
    pub fn read_unverified(note: &str) -> Result<Self, BadNote> {
        Self::read(note::parts(note)?.text).ok_or(BadNote::Malformed)
    }

    pub(super) fn sign(&self, key: &PrivateKey) -> Result<String, BadNote> {
        let (origin, size, root) = (&self.origin, self.size, BASE64.encode(self.root));
        let mut text = format!("{origin}\n{size}\n{root}\n");
        if let Some(at) = self.sealed_at {
            text = format!("{text}{SEALED_AT}{}\n", at.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
        note::sign(&text, key)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, digits, root) = (lines.next()?, lines.next()?, lines.next()?);
        let size: u64 = digits.parse().ok()?;
        if size.to_string() != digits {
            return None;
        }
        let mut sealed_at = None;
        for line in lines {
            if line.is_empty() {
                return None;
            }
            if let Some(time) = line.strip_prefix(SEALED_AT) {
                sealed_at = Some(DateTime::parse_from_rfc3339(time).ok()?.to_utc());
            }
        }
        let root = BASE64.decode(root).ok()?.try_into().ok()?;
        Some(Self { origin: origin.parse().ok()?, size, root, sealed_at })
    }
}
