//! Where PostgreSQL's programs are on this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::PostgresError;

/// The oldest major version the migrations and queries are written for.
pub(super) const MINIMUM_MAJOR: u32 = 14;

/// One installation of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    directory: PathBuf,
    major: u32,
}

impl Programs {
    /// The first installation that fits: of the major version a cluster was made with, or else any recent enough.
    /// Looks in `search_path` (the value of PATH), then in the distributions' places, then asks `pg_config`.
    pub(super) fn find(search_path: &OsStr, cluster: Option<(&Path, u32)>) -> Result<Self, PostgresError> {
        let installed: Vec<Self> = candidates(search_path).into_iter().filter_map(Self::at).collect();
        let recent = |programs: &&Self| programs.major >= MINIMUM_MAJOR;
        match cluster {
            None => installed.iter().find(recent).cloned().ok_or_else(|| not_found(&installed)),
            Some((directory, major)) => {
                if installed.iter().filter(recent).count() == 0 {
                    return Err(not_found(&installed));
                }
                installed.iter().find(|programs| programs.major == major).cloned().ok_or_else(|| {
                    PostgresError::OtherMajorVersion {
                        directory: directory.to_owned(),
                        cluster: major,
                        installed: majors(&installed),
                    }
                })
            }
        }
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    fn at(directory: PathBuf) -> Option<Self> {
        let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
        directory.join("initdb").is_file().then_some(Self { directory, major })
    }
}

/// Whether a new cluster could be made on this machine, and what to install if not.
pub fn check_installed(search_path: &OsStr) -> Result<(), PostgresError> {
    Programs::find(search_path, None).map(|_| ())
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn candidates(search_path: &OsStr) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::env::split_paths(search_path)
        .map(|directory| directory.join("initdb"))
        // A link in PATH often stands alone; the other programs are beside its target.
        .filter_map(|program| program.canonicalize().ok()?.parent().map(Path::to_owned))
        .collect();
    found.extend(packaged());
    found.extend(from_pg_config());
    let mut distinct = Vec::new();
    for directory in found {
        if !distinct.contains(&directory) {
            distinct.push(directory);
        }
    }
    distinct
}

/// Where Debian's and Red Hat's packages put them, newest version first.
fn packaged() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let version =
                name.to_str().and_then(|name| name.strip_prefix(prefix)).and_then(|v| v.parse().ok());
            if let Some(version) = version {
                versions.push((version, entry.path().join("bin")));
            }
        }
    }
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, directory)| directory).collect()
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?;
    (output.status.success()).then(|| PathBuf::from(directory.trim()))
}

fn not_found(installed: &[Programs]) -> PostgresError {
    let found = if installed.is_empty() { String::new() } else { format!(" (only {})", majors(installed)) };
    PostgresError::ProgramsNotFound { minimum: MINIMUM_MAJOR, found }
}

fn majors(installed: &[Programs]) -> String {
    let mut majors: Vec<String> = installed.iter().map(|programs| programs.major.to_string()).collect();
    majors.dedup();
    format!("PostgreSQL {}", majors.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_spelling() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 17beta2"), Some(17));
        assert_eq!(parse_major("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(parse_major("not a version"), None);
    }

    #[test]
    fn a_cluster_of_another_major_version_is_named_with_what_to_install() {
        let Ok(installed) = Programs::find(OsStr::new(""), None) else {
            println!("skipped: PostgreSQL is not installed");
            return;
        };
        let refusal = Programs::find(OsStr::new(""), Some((Path::new("/data/postgres"), 13))).unwrap_err();
        let text = refusal.to_string();
        assert!(text.contains("made by PostgreSQL 13"), "{text}");
        assert!(text.contains(&format!("{}", installed.major)), "{text}");
        assert!(text.contains("apt-get install postgresql-13"), "{text}");
    }
}
