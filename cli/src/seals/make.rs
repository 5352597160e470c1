//! Making a seal and bringing it where it is kept.

use std::path::Path;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_event_store::seal::{Checkpoint, PrivateKey, PublicKey, Sealed, at_size, check, latest, seal};

use super::key_file::KeyFile;
use super::outside;
use crate::failure::Failure;
use crate::settings::Settings;

/// What seals a book: its key, all keys it ever had, and the file outside, if there is one.
#[derive(Debug)]
pub struct Sealing<'a> {
    pub key: PrivateKey,
    known: Vec<PublicKey>,
    file: Option<&'a Path>,
    /// The file outside is a new one: that it has no seal yet is no loss.
    new_file: bool,
}

impl<'a> Sealing<'a> {
    /// `None` if the book has no key.
    pub fn of(settings: &'a Settings) -> Result<Option<Self>, Failure> {
        let keys = KeyFile::of(settings);
        let Some(key) = keys.read()? else { return Ok(None) };
        let known = [vec![key.public().clone()], keys.known()?].concat();
        Ok(Some(Self { key, known, file: settings.seal_file.value.as_deref(), new_file: false }))
    }

    /// The same, into a file outside that may have none of the seals that the book has.
    pub fn into_new_file(self) -> Self {
        Self { new_file: true, ..self }
    }

    /// Seals the book as it is, and sees to it that the seal is in the file outside, too.
    pub async fn seal(&self, pool: &PgPool, now: DateTime<Utc>) -> Result<Sealed, Failure> {
        self.compare_outside(pool).await?;
        let sealed = seal(pool, &self.key, &self.known, now).await?;
        if let Some(file) = self.file {
            let (Sealed::New(seal) | Sealed::Already(seal)) = &sealed;
            outside::append(file, &seal.note)
                .with_context(|| {
                    format!("the seal of {} events is in the book, but not in {}", seal.size, file.display())
                })
                .map_err(Failure::Environment)?;
        }
        Ok(sealed)
    }

    /// Whether the book can be sealed; answers with how many events it would be.
    pub async fn check(&self, pool: &PgPool) -> Result<u64, Failure> {
        self.compare_outside(pool).await?;
        Ok(check(pool, &self.key, &self.known).await?)
    }

    /// What was handed out binds: a book that has lost the last seal of the file, be it that it was restored or that
    /// someone took the seal away, is not sealed as if there had been none. Nor is one whose file has lost its seals.
    async fn compare_outside(&self, pool: &PgPool) -> Result<(), Failure> {
        let Some(file) = self.file else { return Ok(()) };
        let kept = match outside::kept_in(file) {
            Ok(kept) => kept,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                let context = format!("the seals in {} cannot be read", file.display());
                return Err(Failure::Environment(anyhow::Error::new(error).context(context)));
            }
        };
        let ours = kept.iter().filter_map(|note| Checkpoint::open(note, &self.known).ok());
        let Some((last, _)) = ours.max_by_key(|(checkpoint, _)| checkpoint.size) else {
            return self.begin(file, pool).await;
        };
        let (size, file) = (last.size, file.display());
        match at_size(pool, size).await? {
            Some(seal) if seal.root == last.root => Ok(()),
            Some(_) => Err(Failure::refused(anyhow!(
                "the seal of {size} events in {file} has another root than the one in the book: the journal was \
                 rewritten, see `tallybook audit verify`"
            ))),
            None => Err(Failure::refused(anyhow!(
                "the book has no seal of {size} events, but {file} has: see `tallybook audit verify`. If the book \
                 was restored from a backup, move that file and the key away and make a new key"
            ))),
        }
    }

    /// A file without a seal of this book is right if the book has none either, or if it is said to be new.
    async fn begin(&self, file: &Path, pool: &PgPool) -> Result<(), Failure> {
        match latest(pool).await? {
            Some(last) if !self.new_file => Err(Failure::refused(anyhow!(
                "the book has a seal of {} events, but {} is missing or has no seal of this book: restore the file \
                 from where it is kept, or, if it is a new one, run `tallybook audit seal --new-seal-file` once",
                last.size,
                file.display()
            ))),
            Some(_) | None => Ok(()),
        }
    }
}
