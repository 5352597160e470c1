//! Turns at something of which there are only so many: whoever has most to do comes first, so that nobody is left alone
//! with it at the end.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;

pub(super) struct Turns {
    at_once: usize,
    queue: Mutex<Queue>,
}

struct Queue {
    free: usize,
    waiting: BinaryHeap<Waiting>,
    arrived: u64,
}

struct Waiting {
    work: u64,
    arrived: u64,
    turn: oneshot::Sender<Turn>,
}

/// Ends when it is dropped, and the next begins.
pub(super) struct Turn(Arc<Turns>);

impl Turns {
    pub(super) fn new(at_once: usize) -> Arc<Self> {
        let at_once = at_once.max(1);
        let queue = Queue { free: at_once, waiting: BinaryHeap::new(), arrived: 0 };
        Arc::new(Self { at_once, queue: Mutex::new(queue) })
    }

    /// Waits for a turn. Among those that wait the one with most work comes first, then whoever came first.
    pub(super) async fn wait(self: &Arc<Self>, work: u64) -> Result<Turn, RecvError> {
        let turn = self.queue().enter(work);
        match turn {
            None => Ok(Turn(Arc::clone(self))),
            Some(turn) => turn.await,
        }
    }

    /// Nobody else has a turn as long as these last.
    pub(super) async fn all(self: &Arc<Self>) -> Result<Vec<Turn>, RecvError> {
        let mut turns = Vec::with_capacity(self.at_once);
        while turns.len() < self.at_once {
            turns.push(self.wait(u64::MAX).await?);
        }
        Ok(turns)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// `None`: it is one's turn.
    fn enter(&mut self, work: u64) -> Option<oneshot::Receiver<Turn>> {
        if let Some(free) = self.free.checked_sub(1) {
            self.free = free;
            return None;
        }
        let (turn, begins) = oneshot::channel();
        self.arrived += 1;
        self.waiting.push(Waiting { work, arrived: self.arrived, turn });
        Some(begins)
    }

    fn leave(&mut self) -> Option<Waiting> {
        let next = self.waiting.pop();
        if next.is_none() {
            self.free += 1;
        }
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = self.0.queue().leave();
        // Whoever waits no more gives it back here, to be passed on.
        if let Some(next) = next
            && next.turn.send(Self(Arc::clone(&self.0))).is_err()
        {
            tracing::debug!("somebody did not wait for a turn");
        }
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.work.cmp(&other.work).then(other.arrived.cmp(&self.arrived))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn whoever_has_most_to_do_comes_first() {
        let turns = Turns::new(1);
        let first = turns.wait(0).await.unwrap();
        let [mut small, mut large, mut gone, mut as_large] = [1, 5, 9, 5].map(|work| {
            let turns = Arc::clone(&turns);
            Box::pin(async move { turns.wait(work).await })
        });
        assert!(poll!(&mut small).is_pending() && poll!(&mut large).is_pending());
        assert!(poll!(&mut gone).is_pending() && poll!(&mut as_large).is_pending());
        drop(gone);
        drop(first);
        let turn = large.await.unwrap();
        assert!(poll!(&mut as_large).is_pending() && poll!(&mut small).is_pending(), "one at a time");
        drop(turn);
        drop(as_large.await.unwrap());
        drop(small.await.unwrap());
        assert_eq!(turns.all().await.unwrap().len(), 1);
    }
}
