//! What the lane counts of itself, readable by anyone at any time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counters since the process started, and present sizes. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct LaneFigures(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    batches: AtomicU64,
    commands: AtomicU64,
    conflicts: AtomicU64,
    recoveries: AtomicU64,
    cached_aggregates: AtomicUsize,
    waiting_commands: AtomicUsize,
}

impl LaneFigures {
    pub fn batches(&self) -> u64 {
        self.0.batches.load(Ordering::Relaxed)
    }

    /// Commands sent to the database, again for each time they had to be sent again.
    pub fn commands(&self) -> u64 {
        self.0.commands.load(Ordering::Relaxed)
    }

    /// Appends that found another process ahead, a repeated key or a taken claim.
    pub fn conflicts(&self) -> u64 {
        self.0.conflicts.load(Ordering::Relaxed)
    }

    /// Times the connection was lost or the database refused an append.
    pub fn recoveries(&self) -> u64 {
        self.0.recoveries.load(Ordering::Relaxed)
    }

    pub fn cached_aggregates(&self) -> usize {
        self.0.cached_aggregates.load(Ordering::Relaxed)
    }

    pub fn waiting_commands(&self) -> usize {
        self.0.waiting_commands.load(Ordering::Relaxed)
    }

    pub(crate) fn batch(&self, commands: usize) {
        self.0.batches.fetch_add(1, Ordering::Relaxed);
        self.0.commands.fetch_add(commands as u64, Ordering::Relaxed);
    }

    pub(crate) fn conflict(&self) {
        self.0.conflicts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn recovery(&self) {
        self.0.recoveries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn sizes(&self, cached: usize, waiting: usize) {
        self.0.cached_aggregates.store(cached, Ordering::Relaxed);
        self.0.waiting_commands.store(waiting, Ordering::Relaxed);
    }
}
