//! What can keep the embedded cluster from running, said so that the reader knows what to do next.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::data_directory::Holder;

#[derive(Debug, Error)]
pub enum PostgresError {
    #[error(
        "PostgreSQL {minimum} or later is needed and its programs (initdb, postgres) were not found{found}: install it \
         (Debian, Ubuntu: `apt-get install postgresql`), or set DATABASE_URL to use a running server"
    )]
    ProgramsNotFound { minimum: u32, found: String },

    #[error(
        "{} was made by PostgreSQL {cluster}, but only {installed} is installed: install that version beside it \
         (Debian, Ubuntu: `apt-get install postgresql-{cluster}`), or move the data over with pg_upgrade or pg_dump",
        directory.display()
    )]
    OtherMajorVersion { directory: PathBuf, cluster: u32, installed: String },

    #[error("{} is in use by another tallybook ({holder}): stop that one first, or choose another --data", directory.display())]
    DirectoryInUse { directory: PathBuf, holder: Holder },

    #[error("no cluster is running in {}: start it with `tallybook up --data {}`", directory.display(), directory.display())]
    NotRunning { directory: PathBuf },

    #[error(
        "PostgreSQL refuses to run as root, and the user {user} who would run it instead cannot reach {}: choose a \
         directory that others may pass through, for example `--data /var/lib/tallybook`",
        directory.display()
    )]
    Unreachable { directory: PathBuf, user: String },

    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres`, `tallybook` or `nobody` to run it: make one (`useradd --system tallybook`)"
    )]
    NobodyToRunIt,

    #[error("{} belongs to the user {user}: run tallybook as that user (or as root), or choose another --data", directory.display())]
    OtherOwner { directory: PathBuf, user: String },

    #[error("{} belongs to root, and PostgreSQL refuses to run as root: `chown -R` it to the user who shall run it", directory.display())]
    OwnedByRoot { directory: PathBuf },

    #[error("{} is no private directory of the user who runs PostgreSQL: remove it", directory.display())]
    SocketDirectoryTaken { directory: PathBuf },

    #[error("the cluster could not be made (initdb): {output}")]
    Initdb { output: String },

    #[error("PostgreSQL did not start; the end of {}:\n{output}", log.display())]
    DidNotStart { log: PathBuf, output: String },

    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },

    #[error("the cluster could not be set up: {0}")]
    Database(#[from] sqlx::Error),
}

impl PostgresError {
    /// For `map_err`: what was being done when the system refused.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
