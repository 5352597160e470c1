//! Where a file goes: whole or not at all, so that nobody takes half of one for the books.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use tempfile::NamedTempFile;

use super::format::Sink;
use crate::failure::Failure;

const BUFFER: usize = 1 << 18;

pub(super) enum Target {
    StandardOutput,
    /// Written beside its place, and moved there when it is whole.
    File {
        beside: NamedTempFile,
        place: PathBuf,
    },
    /// Something that is there and no file, such as a pipe.
    Special(File),
}

impl Target {
    pub(super) fn open(output: Option<&Path>) -> Result<Self, Failure> {
        let Some(place) = output else { return Ok(Self::StandardOutput) };
        let cannot = || format!("cannot write {}", place.display());
        match place.metadata() {
            Ok(there) if there.is_dir() => {
                return Err(Failure::usage(anyhow!("{} is a directory", place.display())));
            }
            Ok(there) if !there.is_file() => {
                let special = File::options().write(true).open(place).with_context(cannot);
                let special = special.map_err(Failure::Usage)?;
                return Ok(Self::Special(special));
            }
            Ok(_) | Err(_) => {}
        }
        let directory = match place.parent() {
            Some(directory) if !directory.as_os_str().is_empty() => directory,
            Some(_) | None => Path::new("."),
        };
        if !directory.is_dir() {
            let (place, directory) = (place.display(), directory.display());
            return Err(Failure::usage(anyhow!("cannot write {place}: there is no directory {directory}")));
        }
        // The owner's umask decides who else may read it, as for any file.
        let usual = Permissions::from_mode(0o666);
        let beside = tempfile::Builder::new()
            .prefix(".tallybook-export-")
            .permissions(usual)
            .tempfile_in(directory)
            .with_context(cannot)
            .map_err(Failure::Usage)?;
        Ok(Self::File { beside, place: place.to_owned() })
    }

    pub(super) fn sink(&self) -> io::Result<Sink> {
        Ok(match self {
            Self::StandardOutput => Box::new(BufWriter::with_capacity(BUFFER, io::stdout())),
            Self::File { beside, .. } => {
                Box::new(BufWriter::with_capacity(BUFFER, beside.as_file().try_clone()?))
            }
            Self::Special(file) => Box::new(BufWriter::with_capacity(BUFFER, file.try_clone()?)),
        })
    }

    /// All is written. What was at the place before is replaced at one moment.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        match self {
            Self::StandardOutput | Self::Special(_) => Ok(()),
            Self::File { beside, place } => {
                beside.as_file().sync_all()?;
                beside.persist(&place).with_context(|| format!("cannot write {}", place.display()))?;
                Ok(())
            }
        }
    }
}
