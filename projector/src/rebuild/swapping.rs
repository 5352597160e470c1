//! Swapping what is ready, each projection by itself, as soon as nobody is in its way.
//!
//! Whoever reads the tables for hours, as a dump does, is waited for: what was made is kept and follows the journal.

use futures::{FutureExt, StreamExt, stream};

use super::ending::Ended;
use super::growing::Growing;
use super::logbook::Logbook;
use super::swap::BETWEEN_TRIES;
use super::{Blocker, RebuildError, RebuildOutcome, Rebuilder};
use crate::generation::Phase;

/// New tables that have been compared, and what was found.
pub(super) struct Ready<'a> {
    pub(super) growing: Growing<'a>,
    pub(super) found: RebuildOutcome,
}

impl Rebuilder {
    /// Until all are swapped, have failed or are cancelled.
    pub(super) async fn swap_each(&self, mut ready: Vec<Ready<'_>>, logbook: &Logbook) -> Vec<Ended> {
        let mut ended = Vec::with_capacity(ready.len());
        self.progress.enter(Phase::Swapping);
        while !ready.is_empty() {
            let (mut waiting, mut blockers) = (Vec::new(), Vec::new());
            let trying: Vec<_> = ready
                .into_iter()
                .map(|mut one| {
                    async move {
                        let tried = one.growing.try_swap(logbook, &one.found).await;
                        (one, tried)
                    }
                    .boxed()
                })
                .collect();
            let mut tried = stream::iter(trying).buffer_unordered(self.jobs.max(1));
            while let Some((mut one, swapped)) = tried.next().await {
                match swapped {
                    Ok(Some(outcome)) => ended.push((one.growing.name(), Ok(outcome))),
                    Ok(None) => {
                        blockers.append(&mut one.growing.blockers);
                        waiting.push(one);
                    }
                    Err(error) => ended.push((one.growing.name(), Err(error))),
                }
            }
            ready = waiting;
            if ready.is_empty() {
                break;
            }
            self.progress.wait_for(each_once(blockers));
            if self.pause(BETWEEN_TRIES).await.is_err() {
                let cancelled = || RebuildError::from(crate::GenerationError::Cancelled);
                ended.extend(ready.drain(..).map(|one| (one.growing.name(), Err(cancelled()))));
            }
        }
        ended
    }
}

/// One process may be in the way of several projections.
fn each_once(blockers: Vec<Blocker>) -> Vec<Blocker> {
    let mut once: Vec<Blocker> = Vec::new();
    for blocker in blockers {
        if !once.contains(&blocker) {
            once.push(blocker);
        }
    }
    once
}
