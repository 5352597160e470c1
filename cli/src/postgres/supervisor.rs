//! Keeps the server running while we run, and stops it when we stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use nix::unistd::Pid;
use tokio::sync::oneshot;

use super::cluster::Cluster;
use super::postmaster_pid::PostmasterPid;
use super::server::Server;

/// Pauses between attempts to bring a dead server back: short at first, then patient, without end.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The server's process number, 0 while there is none.
#[derive(Debug, Clone)]
pub(super) struct CurrentProcess(Arc<AtomicI32>);

impl CurrentProcess {
    pub(super) fn of(server: &Server) -> Self {
        Self(Arc::new(AtomicI32::new(server.process().as_raw())))
    }

    pub(super) fn get(&self) -> Option<Pid> {
        Some(self.0.load(Ordering::Relaxed)).filter(|process| *process > 0).map(Pid::from_raw)
    }

    fn set(&self, process: Option<Pid>) {
        self.0.store(process.map_or(0, Pid::as_raw), Ordering::Relaxed);
    }
}

/// Watches until told to stop, with how patiently. Ends without stopping anything when the sender is dropped:
/// then the whole process is on its way out.
pub(super) async fn watch(
    cluster: Cluster,
    mut server: Server,
    current: CurrentProcess,
    mut stop: oneshot::Receiver<Duration>,
) {
    loop {
        tokio::select! {
            told = &mut stop => {
                if let Ok(patience) = told {
                    server.stop(patience).await;
                }
                return;
            }
            () = server.ended() => {
                current.set(None);
                tracing::error!(log = %cluster.log.display(), "PostgreSQL ended unexpectedly and is started again");
            }
        }
        tokio::select! {
            // A server that was just being started is told to stop when the attempt is dropped.
            told = &mut stop => {
                if let Ok(patience) = told {
                    gone(&cluster, patience).await;
                }
                return;
            }
            restarted = restart(&cluster) => server = restarted,
        }
        current.set(Some(server.process()));
        tracing::info!(process = server.process().as_raw(), "PostgreSQL is back");
    }
}

async fn restart(cluster: &Cluster) -> Server {
    let mut pause = FIRST_PAUSE;
    loop {
        match Server::start(cluster).await {
            Ok(server) => return server,
            Err(error) => tracing::error!(%error, "PostgreSQL could not be started again; trying on"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits until no server runs on the cluster, or patience ends.
async fn gone(cluster: &Cluster, patience: Duration) {
    let deadline = tokio::time::Instant::now() + patience;
    while PostmasterPid::read(&cluster.directory).is_some_and(|left| left.is_running())
        && tokio::time::Instant::now() < deadline
    {
        tokio::time::sleep(FIRST_PAUSE).await;
    }
}
