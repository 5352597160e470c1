//! How far the making of a generation has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::rebuild::Blocker;

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
    /// The new tables are ready and follow the journal; somebody uses the tables that are to be swapped.
    WaitingToSwap,
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
            Self::WaitingToSwap => "waiting_to_swap",
            Self::Done => "done",
        }
    }
}

/// Shared by who makes a generation and who watches.
#[derive(Debug, Clone)]
pub struct Progress {
    folded: Arc<AtomicU64>,
    stage: watch::Sender<Stage>,
    begun: Instant,
}

#[derive(Debug)]
struct Stage {
    phase: Phase,
    events_to_fold: u64,
    waits_for: Vec<Blocker>,
}

/// One look at it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
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
    /// Whose transactions the swap waits for: as soon as they are over, it is done.
    pub waits_for: Vec<Blocker>,
}

impl Progress {
    pub fn begin() -> Self {
        let stage = Stage { phase: Phase::Waiting, events_to_fold: 0, waits_for: Vec::new() };
        Self { folded: Arc::default(), stage: watch::Sender::new(stage), begun: Instant::now() }
    }

    pub fn report(&self) -> ProgressReport {
        let (phase, events_to_fold, waits_for) = {
            let stage = self.stage.borrow();
            (stage.phase, stage.events_to_fold, stage.waits_for.clone())
        };
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
            waits_for,
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.stage.send_modify(|now| {
            now.phase = phase;
            now.waits_for.clear();
        });
    }

    /// Until somebody is in the way of a swap, which may be never.
    pub(crate) async fn waits_to_swap(&self) {
        let mut stage = self.stage.subscribe();
        if stage.wait_for(|stage| stage.phase == Phase::WaitingToSwap).await.is_err() {
            // Nobody is left to say so.
            std::future::pending().await
        }
    }

    pub(crate) fn wait_for(&self, blockers: Vec<Blocker>) {
        self.stage.send_modify(|now| {
            now.phase = Phase::WaitingToSwap;
            now.waits_for = blockers;
        });
    }

    pub(crate) fn expect(&self, more_events: u64) {
        self.stage.send_modify(|now| now.events_to_fold += more_events);
    }

    pub(crate) fn folded(&self, events: u64) {
        self.folded.fetch_add(events, Ordering::Relaxed);
    }
}
