//! The directory of the cluster's socket, which is its only door.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::data_directory::DataDirectory;
use super::error::PostgresError;
use super::owner::Owner;

/// What PostgreSQL names its socket, with the port that stands in the name.
const PORT: u16 = 5432;

/// `sockaddr_un` holds 107 bytes on Linux and 103 elsewhere; `/.s.PGSQL.5432` takes 14 of them.
const LONGEST_DIRECTORY: usize = 103 - 14;

/// `DATA/socket`, or where that path is too long for a socket, a private directory under `/tmp` named after it.
pub(super) fn make_directory(data: &DataDirectory, owner: &Owner) -> Result<PathBuf, PostgresError> {
    let directory = directory_for(data.path());
    owner.make_directory(&directory)?;
    if owner.has_private(&directory) {
        Ok(directory)
    } else {
        Err(PostgresError::SocketDirectoryTaken { directory })
    }
}

fn directory_for(data: &Path) -> PathBuf {
    let beside = data.join("socket");
    if beside.as_os_str().len() <= LONGEST_DIRECTORY {
        return beside;
    }
    let digest = Sha256::digest(data.as_os_str().as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Path::new("/tmp").join(format!("tallybook-{name}"))
}

/// How to reach a database through the socket; nothing of libpq's environment plays a part.
pub(super) fn connect_options(directory: &Path, user: &str, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(directory)
        .port(PORT)
        .username(user)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_data_directory_gets_a_short_socket_of_its_own() {
        assert_eq!(directory_for(Path::new("/srv/book")), Path::new("/srv/book/socket"));
        let long = PathBuf::from(format!("/srv/{}", "long/".repeat(40)));
        let other = PathBuf::from(format!("/srv/{}x", "long/".repeat(40)));
        assert!(directory_for(&long).as_os_str().len() <= LONGEST_DIRECTORY);
        assert_eq!(directory_for(&long), directory_for(&long));
        assert_ne!(directory_for(&long), directory_for(&other));
    }
}
