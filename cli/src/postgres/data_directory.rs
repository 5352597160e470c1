//! The data directory: its layout, and the lock that keeps two processes from running the same cluster.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use super::error::PostgresError;

/// A data directory this process holds. The lock goes when it is dropped, or when the process dies in any way.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    lock: Flock<File>,
}

/// Who holds a data directory, as that process wrote it into the lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub process: Option<u32>,
    /// Where it serves, once it does.
    pub address: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(f, "process {process}")?,
            None => f.write_str("process unknown")?,
        }
        match &self.address {
            Some(address) => write!(f, ", serving {address}"),
            None => Ok(()),
        }
    }
}

impl DataDirectory {
    /// Makes the directory where needed and takes its lock.
    pub fn hold(path: &Path) -> Result<Self, PostgresError> {
        let described = format!("cannot use {} as the data directory", path.display());
        // Others may pass through: as root, the cluster inside belongs to another user.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(path)
            .and_then(|()| path.canonicalize())
            .and_then(|path| {
                let file = OpenOptions::new()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(false)
                    .open(path.join("tallybook.lock"))?;
                Ok((path, file))
            })
            .map_err(PostgresError::io(&*described))
            .and_then(|(path, file)| Self::lock(path, file, &described))
    }

    /// Whether a cluster was made in this directory.
    pub fn has_cluster(path: &Path) -> bool {
        cluster_in(path).join("PG_VERSION").exists()
    }

    /// A directory for a cluster that shall not last, which the user who runs PostgreSQL can reach. Everything is
    /// deleted when the `TempDir` is dropped: stop the cluster before.
    pub fn temporary() -> Result<(tempfile::TempDir, Self), PostgresError> {
        let directory = tempfile::Builder::new()
            .prefix("tallybook-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()
            .map_err(PostgresError::io("cannot make a temporary directory"))?;
        let held = Self::hold(directory.path())?;
        Ok((directory, held))
    }

    fn lock(path: PathBuf, file: File, described: &str) -> Result<Self, PostgresError> {
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => {
                let mut held = Self { path, lock };
                held.note("").map_err(PostgresError::io(described))?;
                Ok(held)
            }
            Err((file, Errno::EWOULDBLOCK)) => {
                Err(PostgresError::DirectoryInUse { directory: path, holder: read_holder(file) })
            }
            Err((_, errno)) => Err(PostgresError::io(described)(errno.into())),
        }
    }

    /// Writes into the lock file where this process serves, for the message of the next one that tries.
    pub fn note_address(&mut self, address: &str) -> Result<(), PostgresError> {
        let described = format!("cannot write {}", self.path.join("tallybook.lock").display());
        self.note(address).map_err(PostgresError::io(described))
    }

    fn note(&mut self, address: &str) -> std::io::Result<()> {
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        writeln!(self.lock, "{}\n{address}", std::process::id())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn cluster(&self) -> PathBuf {
        cluster_in(&self.path)
    }

    /// PostgreSQL's own log, kept over restarts.
    pub fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }
}

pub(super) fn cluster_in(data: &Path) -> PathBuf {
    data.join("postgres")
}

fn read_holder(mut file: File) -> Holder {
    let mut text = String::new();
    // An unreadable lock file only makes the message poorer: the directory is in use either way.
    if file.read_to_string(&mut text).is_err() {
        return Holder { process: None, address: None };
    }
    let mut lines = text.lines();
    Holder {
        process: lines.next().and_then(|line| line.parse().ok()),
        address: lines.next().filter(|line| !line.is_empty()).map(str::to_owned),
    }
}
