//! Which user PostgreSQL runs as: ourselves, or an unprivileged one when we are root.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, chown};

use super::error::PostgresError;

/// The users root hands the cluster to, the first that exists.
const UNPRIVILEGED: [&str; 3] = ["postgres", "tallybook", "nobody"];

/// The user a cluster runs as.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    uid: Uid,
    gid: Gid,
    name: String,
    /// We are root, and have to become this user first.
    switch: bool,
}

impl Owner {
    /// The owner of the cluster where there is one; otherwise ourselves, or for root one of [`UNPRIVILEGED`].
    pub(super) fn of(cluster: &Path) -> Result<Self, PostgresError> {
        let ourselves = Uid::effective();
        let existing = cluster.metadata().ok().map(|metadata| Uid::from_raw(metadata.uid()));
        if !ourselves.is_root() {
            return match existing {
                Some(uid) if uid != ourselves => {
                    Err(PostgresError::OtherOwner { directory: cluster.to_owned(), user: name_of(uid) })
                }
                Some(_) | None => Ok(Self {
                    uid: ourselves,
                    gid: Gid::effective(),
                    name: name_of(ourselves),
                    switch: false,
                }),
            };
        }
        match existing {
            Some(uid) if uid.is_root() => Err(PostgresError::OwnedByRoot { directory: cluster.to_owned() }),
            Some(uid) => Ok(match user(User::from_uid(uid)) {
                Some(user) => Self::switched_to(user),
                // A volume from another machine may belong to a number that has no name here.
                None => Self { uid, gid: Gid::from_raw(uid.as_raw()), name: uid.to_string(), switch: true },
            }),
            None => UNPRIVILEGED
                .iter()
                .find_map(|name| user(User::from_name(name)))
                .map(Self::switched_to)
                .ok_or(PostgresError::NobodyToRunIt),
        }
    }

    fn switched_to(user: User) -> Self {
        Self { uid: user.uid, gid: user.gid, name: user.name, switch: true }
    }

    /// A command that will run as this user, with nothing of our environment but PATH, and out of reach of the
    /// terminal's Ctrl-C: when to stop is our decision.
    pub(super) fn command(&self, program: &Path, search_path: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", search_path).stdin(Stdio::null()).process_group(0);
        if self.switch {
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
        command
    }

    /// Makes a private directory of this user, where it is not there yet.
    pub(super) fn make_directory(&self, directory: &Path) -> Result<(), PostgresError> {
        use std::os::unix::fs::DirBuilderExt;
        let described = || format!("cannot make the directory {}", directory.display());
        match std::fs::DirBuilder::new().mode(0o700).create(directory) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            Err(error) => return Err(PostgresError::io(described())(error)),
        }
        if self.switch {
            chown(directory, Some(self.uid), Some(self.gid))
                .map_err(|errno| PostgresError::io(described())(errno.into()))?;
        }
        Ok(())
    }

    /// Whether this user is the owner of a directory nobody else can enter.
    pub(super) fn has_private(&self, directory: &Path) -> bool {
        directory.symlink_metadata().is_ok_and(|metadata| {
            metadata.is_dir() && metadata.uid() == self.uid.as_raw() && metadata.mode() & 0o077 == 0
        })
    }

    /// Fails where this user cannot pass through to `directory`: root's home, for example, is closed to others.
    pub(super) fn check_reach(
        &self,
        directory: &Path,
        search_path: &std::ffi::OsStr,
    ) -> Result<(), PostgresError> {
        if !self.switch {
            return Ok(());
        }
        let reached = self
            .command(Path::new("/bin/sh"), search_path)
            .current_dir("/")
            .args(["-c", "cd -- \"$0\""])
            .arg(directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(PostgresError::io(format!("cannot run a program as the user {}", self.name)))?;
        if reached.success() {
            Ok(())
        } else {
            Err(PostgresError::Unreachable { directory: directory.to_owned(), user: self.name.clone() })
        }
    }
}

fn user(found: nix::Result<Option<User>>) -> Option<User> {
    found.ok().flatten()
}

fn name_of(uid: Uid) -> String {
    user(User::from_uid(uid)).map_or_else(|| uid.to_string(), |user| user.name)
}
