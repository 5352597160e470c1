//! Whether the journal is still what seals say it was.

use std::collections::BTreeMap;
use std::fmt;

use sqlx::PgPool;

use super::Scope;
use super::report::{Check, Compared, Found};
use crate::merkle::Hash;
use crate::seal::{self, BadNote, Checkpoint, InvalidKey, PublicKey, Seal};

/// The seals to compare with, in the order of their sizes.
#[derive(Debug)]
pub(super) struct Seals {
    sound: Vec<Sound>,
    count: usize,
}

/// A seal that somebody trusted has signed, of a tree that is not larger than the journal.
#[derive(Debug)]
struct Sound {
    checkpoint: Checkpoint,
    place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Book,
    /// Among those that were kept elsewhere.
    Elsewhere,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Book => "kept in the book",
            Self::Elsewhere => "kept elsewhere",
        })
    }
}

impl Seals {
    pub(super) async fn read(
        pool: &PgPool,
        scope: &Scope,
        end: u64,
        found: &mut Found,
    ) -> Result<Self, sqlx::Error> {
        let kept = seal::after(pool, 0, i64::MAX).await?;
        let count = kept.len() + scope.seals.len();
        let mut sound = Vec::with_capacity(count);
        for seal in &kept {
            match open_kept(seal, &scope.keys) {
                Ok(checkpoint) => sound.push(Sound { checkpoint, place: Place::Book }),
                Err(why) => bad(seal.size, Place::Book, &why, found),
            }
        }
        for note in &scope.seals {
            match open_foreign(note, &scope.keys, &kept) {
                Ok(checkpoint) => sound.push(Sound { checkpoint, place: Place::Elsewhere }),
                Err((size, why)) => bad(size, Place::Elsewhere, &why, found),
            }
        }
        for what in scope.missing.iter().filter(|_| !kept.is_empty()) {
            found.add(Check::Seals, None, format_args!("{what}, though the book has seals"));
        }
        sound.sort_by_key(|seal| seal.checkpoint.size);
        let beyond = sound.split_off(sound.partition_point(|seal| seal.checkpoint.size <= end));
        for seal in &beyond {
            let detail = format_args!(
                "the journal ends at {end}, so events {} to {} are gone",
                end + 1,
                seal.checkpoint.size
            );
            found.add(Check::Seals, Some(end + 1), format_args!("{seal}: {detail}"));
        }
        Ok(Self { sound, count })
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The sizes at which the root is wanted.
    pub(super) fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<u64> = self.sound.iter().map(|seal| seal.checkpoint.size).collect();
        sizes.dedup();
        sizes
    }

    /// Compares with the roots of the journal, and says between which seals a change lies.
    pub(super) fn compare(&self, roots: &BTreeMap<u64, Hash>, found: &mut Found) -> Compared {
        let (mut fits_up_to, mut compared) = (0, Compared::default());
        for seal in &self.sound {
            let Checkpoint { size, root, .. } = &seal.checkpoint;
            let root_there = roots.get(size);
            if root_there.is_some() {
                match seal.place {
                    Place::Book => compared.in_book += 1,
                    Place::Elsewhere => compared.elsewhere += 1,
                }
            }
            match root_there {
                Some(is) if is == root => fits_up_to = *size,
                Some(_) => {
                    let place = fits_up_to + 1;
                    let detail =
                        format_args!("what was sealed is not what is there now, between {place} and {size}");
                    found.add(Check::Seals, Some(place), format_args!("{seal}: {detail}"));
                }
                None => {
                    found.add(
                        Check::Seals,
                        None,
                        format_args!("{seal}: leaves are missing, so it cannot be compared"),
                    );
                }
            }
        }
        compared
    }
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the seal of {} events", self.checkpoint.size)?;
        if let Some(at) = self.checkpoint.sealed_at {
            write!(f, " of {}", at.format("%Y-%m-%d %H:%M:%S UTC"))?;
        }
        write!(f, ", {}", self.place)
    }
}

fn bad(size: u64, place: Place, why: &Unsound, found: &mut Found) {
    found.add(Check::Seals, None, format_args!("the seal of {size} events, {place}: {why}"));
}

/// Why a seal says nothing.
#[derive(Debug, thiserror::Error)]
enum Unsound {
    #[error(transparent)]
    Note(#[from] BadNote),
    #[error("the key kept with it is none: {0}")]
    Key(#[from] InvalidKey),
    #[error("its note says something else than its row")]
    Row,
}

fn open_kept(seal: &Seal, trusted: &[PublicKey]) -> Result<Checkpoint, Unsound> {
    let checkpoint = if trusted.is_empty() {
        let key: PublicKey = seal.key.parse()?;
        Checkpoint::open(&seal.note, [&key])?.0
    } else {
        Checkpoint::open(&seal.note, trusted)?.0
    };
    let same = checkpoint.size == seal.size
        && checkpoint.root == seal.root
        && checkpoint.sealed_at == Some(seal.sealed_at);
    if same { Ok(checkpoint) } else { Err(Unsound::Row) }
}

fn open_foreign(note: &str, trusted: &[PublicKey], kept: &[Seal]) -> Result<Checkpoint, (u64, Unsound)> {
    let size = Checkpoint::read_unverified(note).map_or(0, |checkpoint| checkpoint.size);
    let opened = if trusted.is_empty() {
        let keys: Vec<PublicKey> = kept.iter().filter_map(|seal| seal.key.parse().ok()).collect();
        Checkpoint::open(note, &keys).map(|(checkpoint, _)| checkpoint)
    } else {
        Checkpoint::open(note, trusted).map(|(checkpoint, _)| checkpoint)
    };
    opened.map_err(|why| (size, why.into()))
}
