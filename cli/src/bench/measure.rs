//! Counting and timing for benchmarks.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

/// One timed run.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    pub(super) latencies: Vec<Duration>,
    pub(super) elapsed: Duration,
}

impl Measured {
    /// Adds another run of the same thing.
    pub(super) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
    }

    pub(super) fn figures(&mut self) -> Figures {
        self.latencies.sort_unstable();
        let at = |share: f64| {
            let index = (self.latencies.len() as f64 * share) as usize;
            self.latencies
                .get(index.min(self.latencies.len().saturating_sub(1)))
                .map_or(0, Duration::as_micros)
        };
        Figures {
            operations: self.latencies.len(),
            per_second: self.latencies.len() as f64 / self.elapsed.as_secs_f64(),
            p50_us: at(0.50),
            p99_us: at(0.99),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Figures {
    pub(super) operations: usize,
    pub(super) per_second: f64,
    pub(super) p50_us: u128,
    pub(super) p99_us: u128,
}

/// A running stopwatch over a set of clients.
pub(super) struct Meter {
    begun: Instant,
}

impl Meter {
    pub(super) fn start() -> Self {
        Self { begun: Instant::now() }
    }

    /// Waits for every client. One that failed fails the run: a benchmark with errors has no figure.
    pub(super) async fn finish(
        self,
        mut clients: JoinSet<anyhow::Result<Vec<Duration>>>,
    ) -> anyhow::Result<Measured> {
        let mut latencies = Vec::new();
        while let Some(client) = clients.join_next().await {
            latencies.extend(client??);
        }
        Ok(Measured { latencies, elapsed: self.begun.elapsed() })
    }
}

/// Resident memory of this process, in KiB, where the system tells.
pub(super) fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
