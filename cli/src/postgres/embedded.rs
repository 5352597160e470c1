//! The embedded cluster as the rest of the program sees it.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::cluster::Cluster;
use super::data_directory::{DataDirectory, cluster_in};
use super::error::PostgresError;
use super::postmaster_pid::PostmasterPid;
use super::provision::{DATABASE, OWNER_ROLE, provision};
use super::server::Server;
use super::socket;
use super::supervisor::{CurrentProcess, watch};
use super::tuning::Tuning;

/// A running private cluster. It is started again when it dies. Call [`stop`](Self::stop) at the end: without
/// it the server gets an orderly signal when this is dropped, but nobody waits for it.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    data: DataDirectory,
    connect: PgConnectOptions,
    current: CurrentProcess,
    stop: Option<oneshot::Sender<Duration>>,
    watching: Option<JoinHandle<()>>,
}

impl EmbeddedPostgres {
    /// Makes the cluster where needed, starts it (or takes over one left running) and returns when it answers and
    /// has the application's database. `search_path` is the value of PATH.
    pub async fn start(
        data: DataDirectory,
        tuning: &Tuning,
        search_path: &OsStr,
    ) -> Result<Self, PostgresError> {
        let cluster = {
            let (tuning, search_path) = (tuning.clone(), search_path.to_owned());
            let (data, cluster) = tokio::task::spawn_blocking(move || {
                let cluster = Cluster::prepare(&data, &tuning, &search_path);
                (data, cluster)
            })
            .await
            .map_err(|error| PostgresError::io("cannot prepare the cluster")(error.into()))?;
            (data, cluster?)
        };
        let (data, cluster) = cluster;
        let mut server = Server::start(&cluster).await?;
        if let Err(error) = provision(&server).await {
            server.stop(Duration::from_secs(5)).await;
            return Err(error);
        }
        let connect = socket::connect_options(&server.socket_directory, OWNER_ROLE, DATABASE);
        let current = CurrentProcess::of(&server);
        let (stop, stopped) = oneshot::channel();
        let watching = tokio::spawn(watch(cluster, server, current.clone(), stopped));
        Ok(Self { data, connect, current, stop: Some(stop), watching: Some(watching) })
    }

    /// The application's database, as its owner: not a superuser.
    pub fn connect_options(&self) -> &PgConnectOptions {
        &self.connect
    }

    pub fn data_directory(&mut self) -> &mut DataDirectory {
        &mut self.data
    }

    /// The server's process; `None` while a dead one is being replaced.
    pub fn process(&self) -> Option<Pid> {
        self.current.get()
    }

    /// Stops the cluster, orderly within `patience`, else at once; either way nothing committed is lost.
    pub async fn stop(mut self, patience: Duration) {
        if let Some(stop) = self.stop.take() {
            // An error means the watcher has ended, which only a panic in it can cause; Drop signals the server.
            stop.send(patience).ok();
        }
        if let Some(watching) = self.watching.take()
            && let Err(error) = watching.await
        {
            tracing::error!(%error, "the watcher of PostgreSQL failed");
        }
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        let Some(watching) = self.watching.take() else { return };
        watching.abort();
        if let Some(process) = self.current.get()
            && let Err(errno) = kill(process, Signal::SIGINT)
        {
            tracing::warn!(%errno, "PostgreSQL could not be stopped; the next start takes it over");
        }
    }
}

/// The database of a cluster that another process runs in this data directory.
pub fn attach(data: &Path) -> Result<PgConnectOptions, PostgresError> {
    let running = PostmasterPid::read(&cluster_in(data)).filter(PostmasterPid::is_running);
    running
        .and_then(|running| running.socket_directory)
        .map(|directory| socket::connect_options(&directory, OWNER_ROLE, DATABASE))
        .ok_or_else(|| PostgresError::NotRunning { directory: data.to_owned() })
}
