//! The aggregates the lane holds in memory, and what it must remember of those it no longer holds.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use lru::LruCache;

use crate::aggregate::{Entry, Loaded, StreamId};

/// Changes remembered of streams that are not held; past this, every earlier load is read again.
const REMEMBERED_CHANGES: usize = 100_000;

/// A bounded cache. What it holds is current up to the lane's tip; a load that began before a change that is
/// no longer held is refused, so that a decision never sees a stale aggregate.
pub(crate) struct Cache {
    held: LruCache<StreamId, Entry>,
    /// Last change of streams that changed and are not held.
    changes: HashMap<StreamId, u64>,
    /// Loads that began before this position cannot be judged and are read again.
    floor: u64,
}

impl Cache {
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self { held: LruCache::new(capacity), changes: HashMap::new(), floor: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether the stream is held; marks it as used.
    pub(crate) fn touch(&mut self, stream: &StreamId) -> bool {
        self.held.get(stream).is_some()
    }

    pub(crate) fn peek(&self, stream: &StreamId) -> Option<&Entry> {
        self.held.peek(stream)
    }

    pub(crate) fn peek_mut(&mut self, stream: &StreamId) -> Option<&mut Entry> {
        self.held.peek_mut(stream)
    }

    /// Holds an entry and gives back the one it replaces.
    pub(crate) fn replace(&mut self, stream: StreamId, entry: Entry) -> Option<Entry> {
        self.changes.remove(&stream);
        match self.held.push(stream.clone(), entry) {
            Some((replaced, before)) if replaced == stream => Some(before),
            Some((evicted, entry)) => {
                self.note_change(evicted, entry.changed_at);
                None
            }
            None => None,
        }
    }

    pub(crate) fn forget(&mut self, stream: &StreamId) {
        self.held.pop(stream);
    }

    /// Takes a load in. `false`: it began before a change it missed and has to be repeated.
    pub(crate) fn admit(&mut self, stream: StreamId, loaded: Loaded) -> bool {
        if self.held.contains(&stream) {
            return true;
        }
        let changed_at = self.changes.get(&stream).copied().unwrap_or(0).max(self.floor);
        if loaded.read_at < changed_at {
            return false;
        }
        self.replace(stream, Entry { changed_at: loaded.read_at, ..loaded.entry });
        true
    }

    /// Remembers that a stream that is not held changed at `position`.
    pub(crate) fn note_change(&mut self, stream: StreamId, position: u64) {
        if self.changes.len() >= REMEMBERED_CHANGES {
            self.floor = self.changes.values().copied().max().unwrap_or(0).max(self.floor);
            self.changes.clear();
        }
        self.changes.insert(stream, position);
    }

    /// Holds nothing any more; loads that began before `position` are read again.
    pub(crate) fn clear(&mut self, position: u64) {
        self.held.clear();
        self.changes.clear();
        self.floor = position;
    }
}
