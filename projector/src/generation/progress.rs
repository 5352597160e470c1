//! How far the making of a generation has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Waiting,
    /// Folding events and copying rows.
    Folding,
    Indexing,
    /// Following what was appended meanwhile.
    CatchingUp,
    Comparing,
    Swapping,
    Done,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Folding => "folding",
            Self::Indexing => "indexing",
            Self::CatchingUp => "catching_up",
            Self::Comparing => "comparing",
            Self::Swapping => "swapping",
            Self::Done => "done",
        }
    }
}

/// Shared by who makes a generation and who watches.
#[derive(Debug, Clone)]
pub struct Progress {
    folded: Arc<AtomicU64>,
    phase: watch::Sender<(Phase, u64)>,
    begun: Instant,
}

/// One look at it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ProgressReport {
    pub phase: Phase,
    /// Events folded so far; events are folded more than once where memory does not hold all rows.
    pub events: u64,
    /// Events to fold, as far as is known.
    pub events_to_fold: u64,
    pub events_per_second: u64,
    /// Whole percents of the folding.
    pub percent: u64,
    /// Until everything is folded, at the speed so far; unknown at first.
    pub seconds_left: Option<u64>,
}

impl Progress {
    pub fn begin() -> Self {
        Self { folded: Arc::default(), phase: watch::Sender::new((Phase::Waiting, 0)), begun: Instant::now() }
    }

    pub fn report(&self) -> ProgressReport {
        let (phase, events_to_fold) = *self.phase.borrow();
        let events = self.folded.load(Ordering::Relaxed);
        let elapsed =
            u64::try_from(self.begun.elapsed().max(Duration::from_millis(1)).as_millis()).unwrap_or(u64::MAX);
        let events_per_second = events.saturating_mul(1000) / elapsed;
        let left = events_to_fold.saturating_sub(events);
        ProgressReport {
            phase,
            events,
            events_to_fold,
            events_per_second,
            percent: events
                .saturating_mul(100)
                .checked_div(events_to_fold)
                .map_or(100, |percent| percent.min(100)),
            seconds_left: left.checked_div(events_per_second),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.send_modify(|now| now.0 = phase);
    }

    pub(crate) fn expect(&self, more_events: u64) {
        self.phase.send_modify(|now| now.1 += more_events);
    }

    pub(crate) fn folded(&self, events: u64) {
        self.folded.fetch_add(events, Ordering::Relaxed);
    }
}
