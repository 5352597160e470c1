//! The cluster on disk: made once by initdb, configured anew at every start.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::data_directory::DataDirectory;
use super::error::PostgresError;
use super::owner::Owner;
use super::programs::Programs;
use super::tuning::Tuning;

/// The role initdb makes. Only this module's neighbours use it; the application has its own.
pub(super) const SUPERUSER: &str = "postgres";

/// A cluster that is there, with the programs and the user to run it.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub(super) directory: PathBuf,
    pub(super) log: PathBuf,
    pub(super) socket_directory: PathBuf,
    pub(super) programs: Programs,
    pub(super) owner: Owner,
    pub(super) search_path: std::ffi::OsString,
}

impl Cluster {
    /// Finds the cluster of a data directory, or makes it.
    pub(super) fn prepare(
        data: &DataDirectory,
        tuning: &Tuning,
        search_path: &OsStr,
    ) -> Result<Self, PostgresError> {
        let directory = data.cluster();
        let major = read_major(&directory)?;
        let programs = Programs::find(search_path, major.map(|major| (directory.as_path(), major)))?;
        let owner = Owner::of(&directory)?;
        owner.check_reach(data.path(), search_path)?;
        let cluster = Self {
            log: data.log(),
            socket_directory: super::socket::make_directory(data, &owner)?,
            directory,
            programs,
            owner,
            search_path: search_path.to_owned(),
        };
        if major.is_none() {
            cluster.initialise()?;
        }
        cluster.configure(tuning)?;
        Ok(cluster)
    }

    /// Makes the cluster beside its place and moves it there when complete: an interrupted attempt leaves nothing
    /// that looks like a cluster.
    fn initialise(&self) -> Result<(), PostgresError> {
        let unfinished = self.directory.with_extension("unfinished");
        tracing::info!(directory = %self.directory.display(), "making a PostgreSQL cluster");
        let mut output = None;
        // Byte order for texts, and letters of all languages where the C library knows them.
        for ctype in ["C.UTF-8", "C"] {
            if unfinished.exists() {
                std::fs::remove_dir_all(&unfinished)
                    .map_err(PostgresError::io(format!("cannot remove {}", unfinished.display())))?;
            }
            self.owner.make_directory(&unfinished)?;
            let attempt = self.initdb(&unfinished, ctype)?;
            if attempt.status.success() {
                return std::fs::rename(&unfinished, &self.directory)
                    .map_err(PostgresError::io(format!("cannot make {}", self.directory.display())));
            }
            output = Some(attempt);
        }
        let output = output.map_or_else(String::new, |output| {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        });
        Err(PostgresError::Initdb { output })
    }

    fn initdb(&self, target: &Path, ctype: &str) -> Result<Output, PostgresError> {
        self.owner
            .command(&self.programs.initdb(), &self.search_path)
            .current_dir("/")
            .arg("--pgdata")
            .arg(target)
            .args(["--username", SUPERUSER, "--encoding=UTF8", "--lc-collate=C", "--locale=C"])
            .arg(format!("--lc-ctype={ctype}"))
            // Whoever can enter the socket's directory is the cluster's own user, or root.
            .args(["--data-checksums", "--auth-local=trust", "--auth-host=reject"])
            .output()
            .map_err(PostgresError::io("cannot run initdb"))
    }

    /// Writes our settings, and sees to it that `postgresql.conf` reads them.
    fn configure(&self, tuning: &Tuning) -> Result<(), PostgresError> {
        let failed = || PostgresError::io(format!("cannot configure {}", self.directory.display()));
        let conf = self.directory.join("postgresql.conf");
        let text = std::fs::read_to_string(&conf).map_err(failed())?;
        if !text.contains("include_if_exists = 'tallybook.conf'") {
            let included = "\ninclude_if_exists = 'tallybook.conf'\ninclude_if_exists = 'local.conf'\n";
            std::fs::write(&conf, text + included).map_err(failed())?;
        }
        std::fs::write(self.directory.join("tallybook.conf"), tuning.to_conf()).map_err(failed())
    }
}

/// The major version a cluster was made with; `None` where there is no cluster yet.
fn read_major(directory: &Path) -> Result<Option<u32>, PostgresError> {
    let file = directory.join("PG_VERSION");
    match std::fs::read_to_string(&file) {
        Ok(text) => match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(PostgresError::io(format!("{} is not a version", file.display()))(
                std::io::ErrorKind::InvalidData.into(),
            )),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PostgresError::io(format!("cannot read {}", file.display()))(error)),
    }
}
