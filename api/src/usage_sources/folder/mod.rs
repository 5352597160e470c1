//! A folder that files of usage are put into: CSV and Excel, read as an import reads them.
//!
//! A file that is recorded whole goes to `done`, another to `failed` with a copy beside it that says what is wrong in
//! which row. Each content is taken in once. Must never record from other bytes than those whose hash is claimed.

mod shelves;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::BoxFuture;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tallybook_event_store::Book;
use tallybook_import::usage::{UsageList, UsageMapping, readings};
use tallybook_import::{Limits, SourceFile};
use tokio::task::block_in_place;

use self::shelves::Shelves;
use super::{Ask, Asked, Brought, Ended, MarkedCopy, Unanswered};

const LONGEST_SETTLING: u16 = 3_600;

/// What the settings say of a folder.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FolderSettings {
    path: PathBuf,
    /// As of an import: names of columns, words, a meter or reference that no column says.
    #[serde(default)]
    mapping: UsageMapping,
    /// A file is taken when it has not changed for so long.
    #[serde(default = "thirty")]
    settle_seconds: u16,
}

fn thirty() -> u16 {
    30
}

#[derive(Debug)]
pub(super) struct Folder {
    shelves: Shelves,
    mapping: UsageMapping,
}

impl Folder {
    pub(super) fn open(settings: &FolderSettings) -> Result<Self, String> {
        let FolderSettings { path, mapping, settle_seconds } = settings.clone();
        if settle_seconds > LONGEST_SETTLING {
            return Err(format!("settle_seconds must be 0 to {LONGEST_SETTLING}"));
        }
        if !path.is_dir() {
            return Err(format!("there is no folder {}", path.display()));
        }
        Ok(Self { shelves: Shelves::new(path, Duration::from_secs(settle_seconds.into())), mapping })
    }

    async fn read(&self, book: &Book, path: &Path) -> Result<Brought, Unanswered> {
        let bytes = block_in_place(|| bytes(path))?;
        let hash = Some(hex::encode(Sha256::digest(&bytes)));
        let (file, list) = block_in_place(|| self.list(bytes))?;
        let readings = readings(book, &list).await.map_err(|error| Unanswered::for_now(error.to_string()))?;
        let copy = if readings.bad_rows.is_empty() {
            None
        } else {
            let marked = file.marked(list.columns.header, &readings.bad_rows);
            let bytes = marked.map_err(|error| Unanswered::for_good(error.to_string()))?;
            Some(MarkedCopy { bytes, extension: file.format().extension() })
        };
        let told = |(row, reason): (&usize, &String)| format!("row {row}: {reason}");
        Ok(Brought {
            records: readings.records,
            unreadable: readings.bad_rows.iter().map(told).collect(),
            hash,
            copy,
        })
    }

    fn list(&self, bytes: Vec<u8>) -> Result<(SourceFile, UsageList), Unanswered> {
        let file = SourceFile::read(bytes, &Limits::LONG)
            .map_err(|unreadable| Unanswered::for_good(unreadable.to_string()))?;
        let list = UsageList::read(&file, &self.mapping).map_err(Unanswered::for_good)?;
        Ok((file, list))
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Unanswered> {
    let limit = Limits::LONG.bytes;
    let size = std::fs::metadata(path).map(|about| about.len());
    match size.and_then(|size| if size > limit { Ok(None) } else { std::fs::read(path).map(Some) }) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Unanswered::for_good(format!("it has more than {limit} bytes"))),
        Err(error) => Err(Unanswered::for_good(format!("it cannot be read: {error}"))),
    }
}

fn unreadable(error: std::io::Error) -> Unanswered {
    Unanswered::for_good(format!("files of the folder cannot be listed or taken: {error}"))
}

impl Ask for Folder {
    fn kind(&self) -> &'static str {
        "folder"
    }

    fn place(&self) -> String {
        self.shelves.path.display().to_string()
    }

    fn asks_by_month(&self) -> bool {
        false
    }

    fn comes(&self) -> Result<bool, Unanswered> {
        self.shelves.comes().map_err(unreadable)
    }

    fn offers(&self) -> BoxFuture<'_, Result<Vec<Asked>, Unanswered>> {
        Box::pin(async move {
            let taken = self.shelves.take().await.map_err(unreadable)?;
            Ok(taken.into_iter().map(Asked::File).collect())
        })
    }

    fn ask<'a>(&'a self, book: &'a Book, asked: &'a Asked) -> BoxFuture<'a, Result<Brought, Unanswered>> {
        Box::pin(async move {
            match asked {
                Asked::File(file) => self.read(book, &file.path).await,
                Asked::Month { .. } => Err(Unanswered::for_good("a folder is not asked by month")),
            }
        })
    }

    fn settle<'a>(&'a self, asked: &'a Asked, ended: &'a Ended) -> BoxFuture<'a, Result<(), Unanswered>> {
        Box::pin(async move {
            match asked {
                Asked::File(file) => block_in_place(|| self.shelves.put_away(file, ended)),
                Asked::Month { .. } => Ok(()),
            }
            .map_err(Unanswered::for_good)
        })
    }
}
