//! Making seals, and the table they are kept in.

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::PgPool;
use thiserror::Error;

use super::checkpoint::Checkpoint;
use super::key::{PrivateKey, PublicKey};
use super::note::BadNote;
use crate::copied::{Malformed, copy};
use crate::journal::{signed, unsigned};
use crate::merkle::{CompactRange, FrontierMismatch, Hash};

/// A seal as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// How many events it covers.
    pub size: u64,
    pub root: Hash,
    pub sealed_at: DateTime<Utc>,
    /// The signed note, to the byte.
    pub note: String,
    /// The public key it was signed with, as a verifier key.
    pub key: String,
}

/// How much of the book is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many events the newest seal covers, and when it says it was made.
    pub newest: Option<(u64, DateTime<Utc>)>,
    /// When the first event was recorded that no seal covers.
    pub unsealed_since: Option<DateTime<Utc>>,
}

/// Reads how much is sealed, without asking whether a key has signed it.
pub async fn standing(pool: &PgPool) -> Result<Standing, sqlx::Error> {
    let row = sqlx::query!(
        r#"WITH newest AS (SELECT size, sealed_at FROM seals ORDER BY size DESC LIMIT 1)
           SELECT (SELECT size FROM newest), (SELECT sealed_at FROM newest),
                  (SELECT recorded_at FROM events
                    WHERE position = coalesce((SELECT size FROM newest), 0) + 1) AS unsealed_since"#
    )
    .fetch_one(pool)
    .await?;
    let size = row.size.map(unsigned).transpose()?;
    Ok(Standing { newest: size.zip(row.sealed_at), unsealed_since: row.unsealed_since })
}

/// What came of asking for a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    New(Seal),
    /// Nothing was recorded since.
    Already(Seal),
}

/// No seal is made.
#[derive(Debug, Error)]
pub enum SealError {
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the book has no events yet, so there is nothing to seal")]
    Empty,
    #[error(
        "the last seal is of {sealed} events, but the book has only {head}: the end of the journal is gone"
    )]
    Shorter { sealed: u64, head: u64 },
    #[error(
        "events {} to {head} do not lead from the last seal to the head: the journal was rewritten, see `tallybook audit verify`",
        sealed + 1
    )]
    Inconsistent { sealed: u64, head: u64 },
    #[error("the leaf hash of event {position} is missing or damaged")]
    MissingLeaf { position: u64 },
    #[error("the last seal is damaged: {0}")]
    LastSeal(BadNote),
    /// Whoever can write the book can put a seal of his own there, so the key kept with it is not asked.
    #[error("the last seal, of {sealed} events, is signed with a key that is not known here: {key}")]
    StrangeKey { sealed: u64, key: String },
    #[error("the last seal's frontier does not make its root")]
    LastFrontier,
    #[error("the head is damaged: {0}")]
    Head(#[from] FrontierMismatch),
    #[error("the seal cannot be written: {0}")]
    Unwritable(BadNote),
}

/// Signs the head, if the journal goes on from the last seal, and keeps the seal. `earlier` are the keys, besides
/// this one, that seals may have been signed with before.
pub async fn seal(
    pool: &PgPool,
    key: &PrivateKey,
    earlier: &[PublicKey],
    now: DateTime<Utc>,
) -> Result<Sealed, SealError> {
    let (tree, last) = going_on(pool, key, earlier).await?;
    let (size, root) = (tree.size(), tree.root());
    if let Some(last) = last.filter(|last| last.size == size) {
        return Ok(Sealed::Already(last));
    }
    let sealed_at = now.trunc_subsecs(0);
    let origin = key.public().name().clone();
    let note = Checkpoint { origin, size, root, sealed_at: Some(sealed_at) }.sign(key);
    let note = note.map_err(SealError::Unwritable)?;
    keep(pool, Seal { size, root, sealed_at, note, key: key.public().to_string() }, &tree).await
}

/// Whether the book can be sealed; answers with how many events it would be.
pub async fn check(pool: &PgPool, key: &PrivateKey, earlier: &[PublicKey]) -> Result<u64, SealError> {
    Ok(going_on(pool, key, earlier).await?.0.size())
}

/// The tree at the head, made of the last seal's tree and the leaves stored since.
async fn going_on(
    pool: &PgPool,
    key: &PrivateKey,
    earlier: &[PublicKey],
) -> Result<(CompactRange, Option<Seal>), SealError> {
    let head = sqlx::query!("SELECT position, frontier, root FROM book_head").fetch_one(pool).await?;
    let tree = CompactRange::from_frontier(unsigned(head.position)?, &head.frontier)?;
    let (last, before) = match last_with_tree(pool, [&[key.public().clone()], earlier].concat()).await? {
        Some((last, tree)) => (Some(last), tree),
        None => (None, CompactRange::default()),
    };
    let (sealed, head_position) = (before.size(), tree.size());
    if head_position == 0 && sealed == 0 {
        return Err(SealError::Empty);
    }
    if head_position < sealed {
        return Err(SealError::Shorter { sealed, head: head_position });
    }
    let grown = grow(pool, before, head_position).await?;
    if grown == tree && tree.root() == *head.root {
        Ok((tree, last))
    } else {
        Err(SealError::Inconsistent { sealed, head: head_position })
    }
}

async fn keep(pool: &PgPool, seal: Seal, tree: &CompactRange) -> Result<Sealed, SealError> {
    let kept = sqlx::query!(
        "INSERT INTO seals (size, root, sealed_at, note, key, frontier) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT seals_pkey DO NOTHING",
        signed(seal.size)?,
        seal.root.as_slice(),
        seal.sealed_at,
        seal.note,
        seal.key,
        tree.frontier()
    )
    .execute(pool)
    .await?;
    if kept.rows_affected() == 1 {
        return Ok(Sealed::New(seal));
    }
    // Another process sealed at the same moment.
    Ok(Sealed::Already(at_size(pool, seal.size).await?.ok_or(sqlx::Error::RowNotFound)?))
}

/// The last seal, and the tree it is of: its frontier has to make the root that was signed.
async fn last_with_tree(
    pool: &PgPool,
    known: Vec<PublicKey>,
) -> Result<Option<(Seal, CompactRange)>, SealError> {
    let Some(last) = latest(pool).await? else { return Ok(None) };
    let frontier = sqlx::query_scalar!("SELECT frontier FROM seals WHERE size = $1", signed(last.size)?)
        .fetch_one(pool)
        .await?;
    let (says, _) = Checkpoint::open(&last.note, &known).map_err(|bad| match bad {
        BadNote::UnknownKey => SealError::StrangeKey { sealed: last.size, key: last.key.clone() },
        BadNote::Malformed | BadNote::BadSignature => SealError::LastSeal(bad),
    })?;
    match CompactRange::from_frontier(last.size, &frontier) {
        Ok(tree) if tree.root() == says.root && says.size == last.size => Ok(Some((last, tree))),
        Ok(_) | Err(_) => Err(SealError::LastFrontier),
    }
}

/// The tree with the stored leaves that come after it.
async fn grow(pool: &PgPool, mut tree: CompactRange, to: u64) -> Result<CompactRange, SealError> {
    let from = tree.size();
    let query = format!(
        "SELECT position, leaf_hash FROM events WHERE position > {from} AND position <= {to} ORDER BY position"
    );
    let mut missing = None;
    copy(pool, &query, |mut row| {
        let expected = tree.size() + 1;
        let mut read = || Ok((row.count("position")?, row.hash("leaf_hash")?));
        match read() {
            Ok((position, leaf)) if position == expected => tree.append(leaf),
            Ok(_) | Err(Malformed(_)) => {
                missing.get_or_insert(expected);
            }
        }
    })
    .await?;
    match missing.or((tree.size() < to).then_some(tree.size() + 1)) {
        Some(position) => Err(SealError::MissingLeaf { position }),
        None => Ok(tree),
    }
}

struct SealRow {
    size: i64,
    root: Vec<u8>,
    sealed_at: DateTime<Utc>,
    note: String,
    key: String,
}

impl TryFrom<SealRow> for Seal {
    type Error = sqlx::Error;

    fn try_from(row: SealRow) -> Result<Self, sqlx::Error> {
        let root = row.root.try_into().map_err(|_| sqlx::Error::Decode("root is not 32 bytes".into()))?;
        Ok(Self { size: unsigned(row.size)?, root, sealed_at: row.sealed_at, note: row.note, key: row.key })
    }
}

pub async fn latest(pool: &PgPool) -> Result<Option<Seal>, sqlx::Error> {
    sqlx::query_as!(SealRow, "SELECT size, root, sealed_at, note, key FROM seals ORDER BY size DESC LIMIT 1")
        .fetch_optional(pool)
        .await?
        .map(Seal::try_from)
        .transpose()
}

pub async fn at_size(pool: &PgPool, size: u64) -> Result<Option<Seal>, sqlx::Error> {
    sqlx::query_as!(
        SealRow,
        "SELECT size, root, sealed_at, note, key FROM seals WHERE size = $1",
        signed(size)?
    )
    .fetch_optional(pool)
    .await?
    .map(Seal::try_from)
    .transpose()
}

/// Seals in the order of their sizes, those of more events.
pub async fn after(pool: &PgPool, size: u64, limit: i64) -> Result<Vec<Seal>, sqlx::Error> {
    sqlx::query_as!(
        SealRow,
        "SELECT size, root, sealed_at, note, key FROM seals WHERE size > $1 ORDER BY size LIMIT $2",
        signed(size)?,
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Seal::try_from)
    .collect()
}
