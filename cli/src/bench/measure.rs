//! Counting and timing for benchmarks.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::task::JoinSet;

/// How long each operation took, in microseconds to one percent. It takes the same memory however many there are,
/// so that the memory of the measured thing can be read beside it.
#[derive(Debug, Clone)]
pub(super) struct Latencies(Histogram<u32>);

impl Latencies {
    pub(super) fn none() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST.as_micros() as u64, 2)?))
    }

    pub(super) fn push(&mut self, latency: Duration) -> anyhow::Result<()> {
        Ok(self.0.record(latency.min(LONGEST).as_micros() as u64)?)
    }
}

/// No operation of ours may take longer; one that does counts as this long.
const LONGEST: Duration = Duration::from_secs(60);

/// One timed run.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    latencies: Latencies,
    elapsed: Duration,
}

impl Measured {
    pub(super) fn nothing() -> anyhow::Result<Self> {
        Ok(Self { latencies: Latencies::none()?, elapsed: Duration::ZERO })
    }

    /// Adds another run of the same thing.
    pub(super) fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.latencies.0.add(&other.latencies.0)?;
        self.elapsed += other.elapsed;
        Ok(())
    }

    pub(super) fn figures(&self) -> Figures {
        let latencies = &self.latencies.0;
        Figures {
            operations: latencies.len(),
            per_second: latencies.len() as f64 / self.elapsed.as_secs_f64(),
            p50_us: latencies.value_at_quantile(0.50),
            p99_us: latencies.value_at_quantile(0.99),
        }
    }

    /// Nothing where this was not asked for.
    pub(super) fn figures_if_any(&self) -> Option<Figures> {
        (!self.latencies.0.is_empty()).then(|| self.figures())
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Figures {
    pub(super) operations: u64,
    pub(super) per_second: f64,
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
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
        mut clients: JoinSet<anyhow::Result<Latencies>>,
    ) -> anyhow::Result<Measured> {
        let mut latencies = Latencies::none()?;
        while let Some(client) = clients.join_next().await {
            latencies.0.add(&client??.0)?;
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
