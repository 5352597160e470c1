//! What the operator may set.

use std::num::NonZeroU64;
use std::time::Duration;

/// The defaults suit a book on one machine; a leader that dies is replaced within `lease` and a little more.
#[derive(Debug, Clone)]
pub struct ProjectorSettings {
    /// Names this process among all that may lead a projection; two processes must never share it.
    pub leader: String,
    /// Connections that the projections share.
    pub connections: u32,
    /// Events folded and written in one transaction at most, when there is that much to catch up with.
    pub page_size: u32,
    /// Up to this many rows a page is written in one statement, beyond it by `COPY`.
    pub small_write: usize,
    /// Rows each table keeps in memory between pages.
    pub cached_rows: usize,
    /// Small pages that follow each other are this far apart, so that a busy book is folded in fewer, larger ones.
    pub pace: Duration,
    /// How long a leader may be silent before another process takes its place.
    pub lease: Duration,
    /// How often a leader says that it is there, and others ask whether it still is.
    pub renew_every: Duration,
    /// The wait after a database error; doubled each time up to `longest_backoff`.
    pub first_backoff: Duration,
    pub longest_backoff: Duration,
    /// What a rebuild in the background may take: tables copied, indexed or compared at a time, and bytes for rows in memory.
    pub rebuild_jobs: usize,
    pub rebuild_memory: usize,
    /// A projection that is behind by more events than this, and by more than half of the journal, is rebuilt in the
    /// background instead of caught up page by page.
    pub rebuild_when_behind: u64,
    /// Of how many rows one is checked in each round in the background; without it, none.
    pub sample_one_in: Option<NonZeroU64>,
}

impl Default for ProjectorSettings {
    fn default() -> Self {
        Self {
            leader: new_leader(),
            connections: 8,
            page_size: 20_000,
            small_write: 250,
            cached_rows: 20_000,
            pace: Duration::from_millis(20),
            lease: Duration::from_secs(6),
            renew_every: Duration::from_secs(2),
            first_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(5),
            rebuild_jobs: 1,
            rebuild_memory: 256 << 20,
            rebuild_when_behind: 50_000,
            sample_one_in: None,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a process names itself once; nothing is decided by the name")]
pub(crate) fn new_leader() -> String {
    format!("{}.{}", std::process::id(), uuid::Uuid::now_v7().simple())
}
