//! Where the files of a folder lie: as they came, in `taking` while they are taken in, then in `done` or `failed`.
//!
//! Must never touch a file that is still being written, nor delete or replace one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tallybook_domain::billing::usage_source::SourceFile;
use tallybook_import::errors_file;
use tokio::time::Instant;

use crate::usage_sources::{Ended, FoundFile};

/// Each file in a folder of its own there, so that its name clashes with none.
const TAKING: &str = "taking";
const DONE: &str = "done";
const FAILED: &str = "failed";

#[derive(Debug)]
pub(super) struct Shelves {
    pub(super) path: PathBuf,
    /// A file that does not change for so long is there whole.
    settle: Duration,
    /// Since when files are as they are.
    seen: Mutex<BTreeMap<FoundFile, Instant>>,
    /// Files that could not be moved: not taken in over and over.
    stuck: Mutex<BTreeSet<FoundFile>>,
}

impl Shelves {
    pub(super) fn new(path: PathBuf, settle: Duration) -> Self {
        Self { path, settle, seen: Mutex::default(), stuck: Mutex::default() }
    }

    /// Whether a file can be taken in now.
    pub(super) fn comes(&self) -> io::Result<bool> {
        Ok(self.look()?.iter().any(|(_, since)| since.elapsed() >= self.settle))
    }

    /// Takes what is there, waiting until it is there whole: first what lies in `taking`, each in the order of its last
    /// change.
    pub(super) async fn take(&self) -> io::Result<Vec<FoundFile>> {
        let rest = self.look()?.into_iter().map(|(_, since)| self.settle.saturating_sub(since.elapsed()));
        tokio::time::sleep(rest.max().unwrap_or(Duration::ZERO)).await;
        let whole = self.look()?.into_iter().filter(|(_, since)| since.elapsed() >= self.settle);
        let mut taken = Vec::new();
        let mut wrong = None;
        for (file, since) in whole {
            if file.path.parent() != Some(self.path.as_path()) {
                taken.push(file);
                continue;
            }
            match self.claim(&file, since) {
                Ok(claimed) => taken.extend(claimed),
                Err(error) => {
                    self.leave(file);
                    wrong = Some(error);
                }
            }
        }
        // What has been taken is not held up by what cannot be.
        wrong.filter(|_| taken.is_empty()).map_or(Ok(taken), Err)
    }

    fn look(&self) -> io::Result<Vec<(FoundFile, Instant)>> {
        let mut files = Vec::new();
        for entry in entries(&self.path.join(TAKING))? {
            if entry.file_type()?.is_dir() {
                files.extend(files_in(&entry.path())?);
            }
        }
        files.sort();
        let mut fresh = files_in(&self.path)?;
        fresh.sort();
        files.append(&mut fresh);
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|file| !stuck.contains(file));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let files: Vec<_> = files
            .into_iter()
            .map(|file| {
                let since = seen.get(&file).copied().unwrap_or(now);
                (file, since)
            })
            .collect();
        *seen = files.iter().cloned().collect();
        Ok(files)
    }

    /// From here on nobody finds it by its name. `None`: it is gone, or another has come in its place, which has to
    /// settle first.
    fn claim(&self, file: &FoundFile, since: Instant) -> io::Result<Option<FoundFile>> {
        let own = own_folder(&self.path.join(TAKING))?;
        let path = own.join(file.name.as_str());
        if let Err(error) = fs::rename(&file.path, &path) {
            fs::remove_dir(&own)?;
            return if error.kind() == ErrorKind::NotFound { Ok(None) } else { Err(error) };
        }
        let about = fs::metadata(&path)?;
        let claimed =
            FoundFile { modified: about.modified()?, size: about.len(), path, name: file.name.clone() };
        if (claimed.modified, claimed.size) != (file.modified, file.size) {
            return Ok(None);
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(claimed.clone(), since);
        Ok(Some(claimed))
    }

    fn leave(&self, file: FoundFile) {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
    }

    /// Moves a file that was taken to where it belongs; a copy that says what is wrong is there before it.
    pub(super) fn put_away(&self, file: &FoundFile, ended: &Ended) -> Result<(), String> {
        let about = fs::metadata(&file.path).and_then(|about| Ok((about.modified()?, about.len())));
        let moved = about.and_then(|about| {
            let same = about == (file.modified, file.size);
            self.move_to(if ended.whole && same { DONE } else { FAILED }, file, ended)?;
            Ok(same)
        });
        match moved {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!(
                "{} was changed while it was taken in, and what came last may not be recorded: put it back",
                file.name
            )),
            Err(error) => {
                self.leave(file.clone());
                Err(format!("{} cannot be put away and stays in {TAKING}: {error}", file.name))
            }
        }
    }

    fn move_to(&self, shelf: &str, file: &FoundFile, ended: &Ended) -> io::Result<()> {
        let shelf = self.path.join(shelf);
        fs::create_dir_all(&shelf)?;
        let (to, name) = reserve(&shelf, file.name.as_str())?;
        if let Some(copy) = &ended.copy {
            let ending = format!(".errors.{}", copy.extension);
            let name = if name.ends_with(&ending) { name } else { name + &ending };
            errors_file::write(&reserve(&shelf, &name)?.0, &copy.bytes)?;
        }
        fs::rename(&file.path, to)?;
        // One of its own, and empty now.
        file.path.parent().map_or(Ok(()), fs::remove_dir)
    }
}

/// A new folder, by a number.
fn own_folder(taking: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(taking)?;
    let mut number = 1_u64;
    loop {
        let own = taking.join(number.to_string());
        match fs::create_dir(&own) {
            Ok(()) => return Ok(own),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// A name that nothing has: with a number before it, if need be. An empty file keeps it.
fn reserve(shelf: &Path, name: &str) -> io::Result<(PathBuf, String)> {
    let mut free = name.to_owned();
    let mut number = 1_u64;
    loop {
        let path = shelf.join(&free);
        match fs::File::create_new(&path) {
            Ok(_) => return Ok((path, free)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
        free = format!("{number}-{name}");
    }
}

fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == ErrorKind::NotFound && folder.ends_with(TAKING) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Files of usage that are not empty. One whose name cannot be shown is left alone.
fn files_in(folder: &Path) -> io::Result<Vec<FoundFile>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        let Ok(shown) = entry.file_name().into_string() else { continue };
        let known = matches!(Path::new(&shown).extension().and_then(OsStr::to_str), Some("csv" | "xlsx"));
        let name = shown.parse().ok().filter(|name: &SourceFile| name.as_str() == shown);
        let Some(name) = name.filter(|_| known && !shown.starts_with(['.', '~'])) else { continue };
        let about = match entry.metadata() {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if about.is_file() && about.len() > 0 {
            let path = entry.path();
            files.push(FoundFile { modified: about.modified()?, name, size: about.len(), path });
        }
    }
    Ok(files)
}
