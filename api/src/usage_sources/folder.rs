//! A folder that files of usage are put into: CSV and Excel, read as an import reads them.
//!
//! A file that is recorded whole goes to `done`, another to `failed` with a copy beside it that says what is wrong in
//! which row. Each content is taken in once. Must never touch a file that is still being written, nor delete one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tallybook_domain::billing::quarantine::CollectedRecord;
use tallybook_domain::billing::usage_source::SourceFile as FileName;
use tallybook_event_store::Book;
use tallybook_import::usage::{UsageList, UsageMapping, readings};
use tallybook_import::{Limits, SourceFile, errors_file};
use tokio::task::block_in_place;

use super::{Ask, Asked, Brought, Ended, Unanswered};

/// A file that does not change for so long is there whole.
const STILL: Duration = Duration::from_secs(1);
const DONE: &str = "done";
const FAILED: &str = "failed";

/// What the settings say of a folder.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FolderSettings {
    path: PathBuf,
    /// As of an import: names of columns, words, a meter or reference that no column says.
    #[serde(default)]
    mapping: UsageMapping,
}

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    mapping: UsageMapping,
    /// Files that could not be put away, with their hashes: not taken in over and over.
    stuck: Mutex<BTreeSet<(FileName, String)>>,
}

impl Folder {
    pub(super) fn open(settings: &FolderSettings) -> Result<Self, String> {
        let FolderSettings { path, mapping } = settings.clone();
        if !path.is_dir() {
            return Err(format!("there is no folder {}", path.display()));
        }
        Ok(Self { path, mapping, stuck: Mutex::default() })
    }

    /// Files of usage as they are now, by name. One whose name cannot be shown is left alone.
    fn look(&self) -> std::io::Result<BTreeMap<FileName, (u64, SystemTime)>> {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let known = matches!(Path::new(&name).extension().and_then(OsStr::to_str), Some("csv" | "xlsx"));
            let about = entry.metadata()?;
            if known && !name.starts_with(['.', '~']) && about.is_file() {
                let shown = name.parse().ok().filter(|shown: &FileName| shown.as_str() == name);
                files.extend(shown.zip(Some((about.len(), about.modified()?))));
            }
        }
        Ok(files)
    }

    async fn still(&self) -> Result<Vec<Asked>, Unanswered> {
        let unreadable = |error| Unanswered::for_good(format!("the folder cannot be read: {error}"));
        let before = self.look().map_err(unreadable)?;
        if before.is_empty() {
            return Ok(Vec::new());
        }
        tokio::time::sleep(STILL).await;
        let now = self.look().map_err(unreadable)?;
        let still = now.into_iter().filter(|(name, about)| before.get(name) == Some(about));
        let known = still.map(|(name, _)| (name.clone(), self.hash(&name)));
        let known: Vec<(FileName, String)> = known.collect();
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        let free = known.into_iter().filter(|file| !stuck.contains(file));
        Ok(free.map(|(name, hash)| Asked::File { name, hash }).collect())
    }

    /// What cannot be read has none; it fails when it is asked for.
    fn hash(&self, name: &FileName) -> String {
        match block_in_place(|| self.bytes(name.as_str())) {
            Ok(bytes) => hex::encode(Sha256::digest(&bytes)),
            Err(_) => String::new(),
        }
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, Unanswered> {
        let path = self.path.join(name);
        let limit = Limits::LONG.bytes;
        let size = std::fs::metadata(&path).map(|about| about.len());
        match size.and_then(|size| if size > limit { Ok(None) } else { std::fs::read(&path).map(Some) }) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(Unanswered::for_good(format!("{name} has more than {limit} bytes"))),
            Err(error) => Err(Unanswered::for_good(format!("{name} cannot be read: {error}"))),
        }
    }

    fn list(&self, name: &str) -> Result<(SourceFile, UsageList), Unanswered> {
        let bytes = self.bytes(name)?;
        let file = SourceFile::read(bytes, &Limits::LONG)
            .map_err(|unreadable| Unanswered::for_good(unreadable.to_string()))?;
        let list = UsageList::read(&file, &self.mapping).map_err(Unanswered::for_good)?;
        Ok((file, list))
    }

    async fn read(&self, book: &Book, name: &FileName) -> Result<Brought, Unanswered> {
        let (_, list) = block_in_place(|| self.list(name.as_str()))?;
        let readings = readings(book, &list).await.map_err(|error| Unanswered::for_now(error.to_string()))?;
        let records = readings.records.into_iter().map(|(customer, record)| {
            let quantity = record.quantity.to_string();
            let (meter, date, reference) = (record.meter, record.date, record.reference);
            (customer, CollectedRecord { meter, date, reference, quantity })
        });
        let told = |(row, reason): (&usize, &String)| format!("row {row}: {reason}");
        Ok(Brought {
            records: records.collect(),
            unreadable: readings.bad_rows.iter().map(told).collect(),
            bad_rows: readings.bad_rows,
        })
    }

    /// Moves the file to where it belongs; a copy that says what is wrong is there before it.
    fn put_away(&self, name: &FileName, hash: &str, ended: &Ended) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("{name} cannot be put away: {error}");
        let folder = self.path.join(if ended.whole { DONE } else { FAILED });
        std::fs::create_dir_all(&folder).map_err(wrong)?;
        let from = self.path.join(name.as_str());
        let mut to = folder.join(name.as_str());
        if to.exists() {
            to = folder.join(format!("{}-{name}", &hash[..8.min(hash.len())]));
        }
        if !ended.bad_rows.is_empty() {
            let (file, list) = self.list(name.as_str()).map_err(|unanswered| unanswered.reason)?;
            let marked =
                file.marked(list.columns.header, &ended.bad_rows).map_err(|error| error.to_string())?;
            let copy = errors_file::place(&to, None, file.format().extension())?;
            errors_file::write(&copy, &marked).map_err(wrong)?;
        }
        std::fs::rename(from, to).map_err(wrong)
    }
}

impl Ask for Folder {
    fn kind(&self) -> &'static str {
        "folder"
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn asks_by_month(&self) -> bool {
        false
    }

    fn offers(&self) -> BoxFuture<'_, Result<Vec<Asked>, Unanswered>> {
        Box::pin(self.still())
    }

    fn ask<'a>(&'a self, book: &'a Book, asked: &'a Asked) -> BoxFuture<'a, Result<Brought, Unanswered>> {
        Box::pin(async move {
            match asked {
                Asked::File { name, .. } => self.read(book, name).await,
                Asked::Month { .. } => Err(Unanswered::for_good("a folder is not asked by month")),
            }
        })
    }

    fn settle<'a>(&'a self, asked: &'a Asked, ended: &'a Ended) -> BoxFuture<'a, Result<(), Unanswered>> {
        Box::pin(async move {
            match asked {
                Asked::File { name, hash } => {
                    let put_away = block_in_place(|| self.put_away(name, hash, ended));
                    if put_away.is_err() {
                        let file = (name.clone(), hash.clone());
                        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
                    }
                    put_away.map_err(Unanswered::for_good)
                }
                Asked::Month { .. } => Ok(()),
            }
        })
    }
}
