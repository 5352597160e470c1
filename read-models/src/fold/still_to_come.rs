//! How many changes of a row are still to come, so that a row can be let go of once it will not change any more.
//!
//! Keys share counters, so a row may be kept longer than it must; it is never let go of too early.

/// Counters, each for many keys. Of a counter that is full nothing is known but that there are many.
#[derive(Debug, Clone)]
pub struct StillToCome(Box<[u8]>);

const MANY: u8 = u8::MAX;

impl StillToCome {
    /// Nothing yet, for about this many changes.
    pub fn none_of(changes: u64) -> Self {
        const FEWEST: usize = 1 << 10;
        /// 8 MiB.
        const MOST: usize = 1 << 23;
        let counters = usize::try_from(changes).map_or(MOST, |changes| changes.clamp(FEWEST, MOST));
        Self(vec![0; counters.next_power_of_two()].into_boxed_slice())
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }

    pub(super) fn add(&mut self, place: u64) {
        let counter = self.counter(place);
        *counter = counter.saturating_add(1);
    }

    /// One of them has come.
    pub(super) fn take(&mut self, place: u64) {
        let counter = self.counter(place);
        if *counter != MANY {
            *counter = counter.saturating_sub(1);
        }
    }

    pub(super) fn has_none(&self, place: u64) -> bool {
        self.0[self.index(place)] == 0
    }

    fn counter(&mut self, place: u64) -> &mut u8 {
        let index = self.index(place);
        &mut self.0[index]
    }

    fn index(&self, place: u64) -> usize {
        // There is a power of two of them, so this many low bits number them; no share goes by those.
        (place as usize) & (self.0.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_was_full_is_never_empty() {
        let mut changes = StillToCome::none_of(1);
        (0..300).for_each(|_| changes.add(7));
        changes.add(8);
        (0..300).for_each(|_| changes.take(7));
        changes.take(8);
        assert!(!changes.has_none(7) && changes.has_none(8));
    }
}
