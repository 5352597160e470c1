//! `postmaster.pid`: what a running (or killed) server left about itself in its cluster.
//!
//! Format: PostgreSQL's `utils/pidfile.h`, one fact a line: process, data directory, start time, port, socket
//! directory, listen address, shared memory key and id, status.

use std::path::{Path, PathBuf};

use nix::sys::signal::kill;
use nix::unistd::Pid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PostmasterPid {
    pub(super) process: Pid,
    pub(super) socket_directory: Option<PathBuf>,
    /// The System V shared memory segment that every process of the server stays attached to.
    shared_memory: Option<u64>,
}

impl PostmasterPid {
    pub(super) fn file(cluster: &Path) -> PathBuf {
        cluster.join("postmaster.pid")
    }

    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(Self::file(cluster)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let process = lines.next()?.parse().ok().filter(|process| *process > 0).map(Pid::from_raw)?;
        let socket_directory = lines.nth(3).filter(|line| !line.is_empty()).map(PathBuf::from);
        let shared_memory = lines.nth(1).and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        Some(Self { process, socket_directory, shared_memory })
    }

    /// Whether the process is there and is PostgreSQL, not a later one that got the same number.
    pub(super) fn is_running(&self) -> bool {
        is_alive(self.process) && names_postgres(self.process).unwrap_or(true)
    }

    /// Whether some process of that server still uses its memory. Unknown counts as no: PostgreSQL looks itself.
    fn memory_is_in_use(&self) -> bool {
        let Some(id) = self.shared_memory else { return false };
        let Ok(segments) = std::fs::read_to_string("/proc/sysvipc/shm") else { return false };
        segments.lines().skip(1).any(|line| {
            let mut columns = line.split_whitespace();
            columns.nth(1).and_then(|column| column.parse().ok()) == Some(id)
                && columns.nth(4).is_some_and(|attached| attached != "0")
        })
    }

    /// Removes the file of a server that is dead for certain while its number belongs to some other program:
    /// PostgreSQL itself would take that program for the old server and refuse to start, which is what happens
    /// when a container is started again and counts its processes from 1.
    pub(super) fn remove_if_misleading(&self, cluster: &Path) -> std::io::Result<()> {
        let reused = is_alive(self.process) && names_postgres(self.process) == Some(false);
        if reused && !self.memory_is_in_use() { std::fs::remove_file(Self::file(cluster)) } else { Ok(()) }
    }
}

/// Whether there is such a process, whoever's it is.
pub(super) fn is_alive(process: Pid) -> bool {
    match kill(process, None) {
        Ok(()) | Err(nix::errno::Errno::EPERM) => !is_zombie(process),
        Err(_) => false,
    }
}

/// A process that has ended and waits for its parent (inside a container often nobody) to notice.
fn is_zombie(process: Pid) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

/// `None` where the system does not tell.
fn names_postgres(process: Pid) -> Option<bool> {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    Some(matches!(name.trim(), "postgres" | "postmaster"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "4242\n/srv/book/postgres\n1700000000\n5432\n/srv/book/socket\n\n  1234567   98304\nready   \n";

    #[test]
    fn the_facts_are_read_from_their_lines() {
        let pid = PostmasterPid::parse(TEXT).unwrap();
        assert_eq!(pid.process, Pid::from_raw(4242));
        assert_eq!(pid.socket_directory.as_deref(), Some(Path::new("/srv/book/socket")));
        assert_eq!(pid.shared_memory, Some(98304));
        assert_eq!(PostmasterPid::parse(""), None);
        assert_eq!(PostmasterPid::parse("-5\n"), None);
    }

    #[test]
    fn a_number_that_now_belongs_to_another_program_does_not_count_as_running() {
        let cluster = tempfile::tempdir().unwrap();
        let own = std::process::id();
        std::fs::write(
            PostmasterPid::file(cluster.path()),
            format!("{own}\n/x\n1\n5432\n/x\n\n1 4294967295\n"),
        )
        .unwrap();
        let pid = PostmasterPid::read(cluster.path()).unwrap();
        assert!(!pid.is_running());
        pid.remove_if_misleading(cluster.path()).unwrap();
        assert_eq!(PostmasterPid::read(cluster.path()), None);
    }
}
