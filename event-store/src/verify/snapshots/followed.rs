//! Snapshots whose streams are folded while the journal is read once, in bounded memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use tallybook_domain::{AggregateState, BookEvent};

use super::Kept;
use crate::verify::report::{Check, Found};

/// Bytes of snapshots that are followed at once; read, and with the state that is folded beside, they take some
/// times as many.
const ROOM: u64 = 32 << 20;
/// What a stream takes besides its snapshot.
const EACH: u64 = 512;

/// The streams to follow, by the keyed hash of their names.
pub(in crate::verify) struct Followed {
    streams: HashMap<u64, Stream>,
    hasher: RandomState,
    room: u64,
}

struct Stream {
    kept: Kept,
    state: AggregateState,
    sequence: u64,
}

/// Which events the blocks have to hand over.
#[derive(Debug)]
pub(in crate::verify) struct Wanted {
    streams: HashMap<u64, (&'static str, String, u64)>,
}

/// An event of a stream that is followed.
#[derive(Debug)]
pub(in crate::verify) struct Step {
    pub(in crate::verify) key: u64,
    pub(in crate::verify) sequence: u64,
    pub(in crate::verify) event: BookEvent,
}

impl Followed {
    /// None yet. The hasher is that of the blocks.
    pub(in crate::verify) fn new(hasher: &RandomState, room: Option<u64>) -> Self {
        Self { streams: HashMap::new(), hasher: hasher.clone(), room: room.unwrap_or(ROOM) }
    }

    /// Follows a stream, unless there is no room for it.
    pub(super) fn add(&mut self, kept: Kept) -> Option<Kept> {
        let takes = kept.size.saturating_add(EACH);
        if takes > self.room {
            return Some(kept);
        }
        match self.streams.entry(self.hasher.hash_one((kept.of.as_str(), &*kept.aggregate_id))) {
            Entry::Occupied(_) => Some(kept),
            Entry::Vacant(vacant) => {
                self.room -= takes;
                vacant.insert(Stream { state: AggregateState::empty(kept.of), sequence: 0, kept });
                None
            }
        }
    }

    pub(in crate::verify) fn wanted(&self) -> Arc<Wanted> {
        let of = |kept: &Kept| (kept.of.as_str(), kept.aggregate_id.clone(), kept.last_sequence);
        let streams = self.streams.iter().map(|(key, stream)| (*key, of(&stream.kept))).collect();
        Arc::new(Wanted { streams })
    }

    /// Takes in the next event. A stream with a hole, or an event that does not fit, stays where it is.
    pub(in crate::verify) fn step(&mut self, step: &Step, found: &mut Found) {
        let Entry::Occupied(mut entry) = self.streams.entry(step.key) else { return };
        let stream = entry.get_mut();
        if stream.sequence.checked_add(1) != Some(step.sequence) || stream.state.take_in(&step.event).is_err()
        {
            return;
        }
        stream.sequence = step.sequence;
        if stream.sequence == stream.kept.last_sequence {
            let stream = entry.remove();
            stream.judge(found);
        }
    }

    /// After the last event: what is still followed lacks events.
    pub(in crate::verify) fn end(&mut self, found: &mut Found) {
        let mut left: Vec<_> = self.streams.drain().map(|(_, stream)| stream).collect();
        left.sort_unstable_by(|one, other| one.kept.aggregate_id.cmp(&other.kept.aggregate_id));
        for stream in left {
            stream.judge(found);
        }
    }
}

impl Stream {
    fn judge(&self, found: &mut Found) {
        if let Some(wrong) = self.kept.differs(self.sequence, &self.state) {
            found.add(Check::Snapshots, None, wrong);
        }
    }
}

impl Wanted {
    /// Whether an event of the stream with this key and name is wanted.
    pub(in crate::verify) fn has(&self, key: u64, (kind, id): (&str, &str), sequence: u64) -> bool {
        self.streams
            .get(&key)
            .is_some_and(|(of, named, last)| *of == kind && named == id && sequence <= *last)
    }
}
