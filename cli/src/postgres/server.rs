//! One run of the server: started by us, or found running and adopted.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::cluster::{Cluster, SUPERUSER};
use super::error::PostgresError;
use super::postmaster_pid::{PostmasterPid, is_alive};
use super::socket;

/// How often a server we cannot wait for is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Beyond this a log is put aside at the next start.
const LOG_BYTES: u64 = 10 * 1024 * 1024;

/// A server that answers.
#[derive(Debug)]
pub(super) struct Server {
    process: Process,
    pub(super) socket_directory: std::path::PathBuf,
}

#[derive(Debug)]
enum Process {
    Ours(Child, Pid),
    /// Left behind by a tallybook that was killed.
    Adopted(Pid),
}

impl Server {
    /// Takes over the server that runs on this cluster, or starts one; returns when it answers. Recovery after a
    /// crash may take minutes, so there is no limit as long as the process lives.
    pub(super) async fn start(cluster: &Cluster) -> Result<Self, PostgresError> {
        if let Some(adopted) = Self::adopt(cluster).await {
            return Ok(adopted);
        }
        let (child, pid) = spawn(cluster)?;
        let mut server =
            Self { process: Process::Ours(child, pid), socket_directory: cluster.socket_directory.clone() };
        if server.answers().await {
            Ok(server)
        } else {
            Err(PostgresError::DidNotStart { log: cluster.log.clone(), output: tail(&cluster.log) })
        }
    }

    /// The running server, if there is one and it stays: one that is shutting down is waited for.
    async fn adopt(cluster: &Cluster) -> Option<Self> {
        let left = PostmasterPid::read(&cluster.directory)?;
        if !left.is_running() {
            if let Err(error) = left.remove_if_misleading(&cluster.directory) {
                tracing::warn!(%error, "a misleading postmaster.pid could not be removed");
            }
            return None;
        }
        let socket_directory = left.socket_directory?;
        let mut server = Self { process: Process::Adopted(left.process), socket_directory };
        server.answers().await.then(|| {
            tracing::info!(process = left.process.as_raw(), "PostgreSQL was still running and is taken over");
            server
        })
    }

    /// Waits until the server answers; `false` when its process ended before that.
    async fn answers(&mut self) -> bool {
        let options = self.superuser_options("postgres");
        let mut next_word = Instant::now() + Duration::from_secs(5);
        loop {
            if let Ok(connection) = options.connect().await {
                // The answer is what counts; a connection that closes badly is closed all the same.
                connection.close().await.ok();
                return true;
            }
            if self.has_ended() {
                return false;
            }
            if Instant::now() >= next_word {
                tracing::info!("PostgreSQL is not ready yet; after a crash it first replays its log");
                next_word += Duration::from_secs(15);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.process {
            Process::Ours(child, _) => !matches!(child.try_wait(), Ok(None)),
            Process::Adopted(pid) => !is_alive(*pid),
        }
    }

    /// Returns when the server's process has ended.
    pub(super) async fn ended(&mut self) {
        match &mut self.process {
            Process::Ours(child, _) => {
                if let Err(error) = child.wait().await {
                    tracing::warn!(%error, "the server's process could not be waited for");
                }
            }
            Process::Adopted(pid) => {
                while is_alive(*pid) {
                    tokio::time::sleep(GLANCE).await;
                }
            }
        }
    }

    pub(super) fn process(&self) -> Pid {
        match &self.process {
            Process::Ours(_, pid) | Process::Adopted(pid) => *pid,
        }
    }

    pub(super) fn superuser_options(&self, database: &str) -> PgConnectOptions {
        socket::connect_options(&self.socket_directory, SUPERUSER, database)
    }

    /// Stops the server: at once but orderly (clients are cut off, a checkpoint is written), and where that takes
    /// longer than `patience`, without the checkpoint; the next start then replays the log.
    pub(super) async fn stop(&mut self, patience: Duration) {
        for (signal, patience) in [(Signal::SIGINT, patience), (Signal::SIGQUIT, Duration::from_secs(5))] {
            if let Err(errno) = kill(self.process(), signal)
                && !self.has_ended()
            {
                tracing::warn!(%errno, %signal, "PostgreSQL could not be signalled");
            }
            if tokio::time::timeout(patience, self.ended()).await.is_ok() {
                return;
            }
            tracing::warn!(%signal, "PostgreSQL did not stop in time");
        }
    }
}

/// A server nobody stopped: its start was cut short, or its watcher was. One we adopted was running before us.
impl Drop for Server {
    fn drop(&mut self) {
        if let Process::Ours(child, pid) = &mut self.process
            && matches!(child.try_wait(), Ok(None))
            && let Err(errno) = kill(*pid, Signal::SIGINT)
        {
            tracing::warn!(%errno, "PostgreSQL could not be stopped; the next start takes it over");
        }
    }
}

fn spawn(cluster: &Cluster) -> Result<(Child, Pid), PostgresError> {
    let log = open_log(&cluster.log)
        .map_err(PostgresError::io(format!("cannot write {}", cluster.log.display())))?;
    let mut command = cluster.owner.command(&cluster.programs.postgres(), &cluster.search_path);
    command.current_dir("/").arg("-D").arg(&cluster.directory);
    // What keeps strangers out is not left to a configuration file.
    command.args(["-c", "listen_addresses=", "-c", "port=5432", "-c", "unix_socket_permissions=0700"]);
    command.arg("-c").arg(socket_setting(&cluster.socket_directory));
    command.stdout(log.0).stderr(log.1);
    let child = Command::from(command).spawn().map_err(PostgresError::io("cannot start PostgreSQL"))?;
    let number = child.id().and_then(|id| i32::try_from(id).ok());
    let pid = number
        .map(Pid::from_raw)
        .ok_or_else(|| PostgresError::io("PostgreSQL ended at once")(std::io::ErrorKind::NotFound.into()))?;
    Ok((child, pid))
}

/// The setting is a list: a name with a comma or a blank has to stand in double quotes.
fn socket_setting(directory: &Path) -> std::ffi::OsString {
    let mut setting = std::ffi::OsString::from("unix_socket_directories=\"");
    setting.push(directory);
    setting.push("\"");
    setting
}

fn open_log(path: &Path) -> std::io::Result<(File, File)> {
    let mut file = open_private(path)?;
    if file.metadata()?.len() > LOG_BYTES {
        std::fs::rename(path, path.with_extension("log.1"))?;
        file = open_private(path)?;
    }
    Ok((file.try_clone()?, file))
}

/// PostgreSQL writes rows it refuses into its log: nobody else may read it, also where an older one was open to all.
fn open_private(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// The last lines of the log, for the message of a start that failed.
fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(1500)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => text,
        Err(error) => format!("({error})"),
    }
}
