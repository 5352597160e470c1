//! A projection that is far behind the journal is rebuilt, which is faster than folding page by page.
//!
//! By the process that leads it, or that comes first where nobody does, and its engine rests meanwhile: so no two do the
//! work twice. Must never begin with a projection that another process leads; and when the rebuild fails, or waits for
//! somebody else before it can swap, the engine simply goes on.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{RebuildError, RebuildRequest, Rebuilder};
use crate::engine::register;
use crate::{Registered, Status, statuses};

/// The projections of this process whose engines rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resting(Arc<Mutex<HashSet<&'static str>>>);

impl Resting {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().contains(name)
    }

    fn begin(&self, projections: &[Registered]) -> Rest {
        self.names().extend(projections.iter().map(|projection| projection.name));
        Rest(self.clone())
    }

    fn names(&self) -> MutexGuard<'_, HashSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until it is dropped. One at a time.
struct Rest(Resting);

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.names().clear();
    }
}

/// Overtakes projections by rebuilding them.
pub(crate) struct Overtaker {
    /// This process, as a leader.
    pub(crate) leader: String,
    /// Behind by more events than this, and by more than half of the journal.
    pub(crate) when_behind: u64,
    pub(crate) resting: Resting,
    /// They have rows in `projections`.
    registered: bool,
    /// Rebuilt once: who is still or again far behind is folded page by page.
    tried: HashSet<&'static str>,
}

impl Overtaker {
    pub(crate) fn new(leader: &str, when_behind: u64, resting: Resting) -> Self {
        Self { leader: leader.to_owned(), when_behind, resting, registered: false, tried: HashSet::new() }
    }

    /// Rebuilds all that are far behind together, reading the journal once.
    pub(super) async fn overtake(
        &mut self,
        rebuilder: &Rebuilder,
        projections: &[Registered],
    ) -> Result<(), RebuildError> {
        let behind = self.far_behind(rebuilder, projections).await?;
        if behind.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = behind.iter().map(|projection| projection.name).collect();
        tracing::info!(projections = ?names, "far behind the journal: rebuilt instead of caught up page by page");
        let rest = self.resting.begin(&behind);
        self.tried.extend(names);
        let ahead = Rebuilder { far_behind: rebuilder.far_behind.min(self.when_behind), ..rebuilder.clone() };
        let mut rebuilding = pin!(ahead.rebuild(&behind, RebuildRequest::default()));
        // Whoever is in the way of a swap may be so for hours. The engines do not rest for that long.
        let rebuilt = tokio::select! {
            rebuilt = &mut rebuilding => Some(rebuilt),
            () = ahead.progress.waits_to_swap() => None,
        };
        drop(rest);
        let rebuilt = match rebuilt {
            Some(rebuilt) => rebuilt,
            None => rebuilding.await,
        };
        match rebuilt.map_err(|unfinished| *unfinished.cause) {
            Ok(_) => Ok(()),
            // Somebody does it already.
            Err(RebuildError::UnderWay { .. }) => Ok(()),
            Err(error) if error.is_cancelled() => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn far_behind(
        &mut self,
        rebuilder: &Rebuilder,
        projections: &[Registered],
    ) -> Result<Vec<Registered>, RebuildError> {
        if !self.registered {
            for projection in projections {
                register(&rebuilder.pool, projection.name, projection.version).await?;
            }
            self.registered = true;
        }
        let standing = statuses(&rebuilder.pool).await?;
        let is_far_behind = |projection: &Registered| {
            standing.iter().any(|one| {
                one.name == projection.name
                    && one.version == projection.version
                    && matches!(one.status, Status::Running | Status::NotLed)
                    && (!one.led || one.leader.as_ref() == Some(&self.leader))
                    && one.lag > self.when_behind
                    && one.lag > one.head / 2
            })
        };
        let may = |projection: &Registered| !self.tried.contains(projection.name);
        Ok(projections.iter().copied().filter(may).filter(is_far_behind).collect())
    }
}
