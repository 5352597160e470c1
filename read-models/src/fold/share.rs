//! Which keys a fold takes, where one cannot hold them all.

use std::hash::{BuildHasher, Hash};
use std::sync::LazyLock;

use lru::DefaultHasher;

/// The same for every table of this process, so that a key is always in the same share.
static HASHER: LazyLock<DefaultHasher> = LazyLock::new(DefaultHasher::default);

/// Smaller shares than a thousandth would mean a thousand passes over the journal.
const SMALLEST: u64 = u64::MAX >> 10;

/// Where a key lies among all keys, the same in every table of this process.
pub(super) fn place_of(key: &impl Hash) -> u64 {
    HASHER.hash_one(key)
}

/// A share of all keys: a range of their hashes.
///
/// A row depends on its own events alone, so shares can be folded one after the other or side by side, and together
/// come out as the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    first: u64,
    last: u64,
}

impl Share {
    pub const ALL: Self = Self { first: 0, last: u64::MAX };

    pub fn has(self, key: &impl Hash) -> bool {
        self == Self::ALL || (self.first..=self.last).contains(&place_of(key))
    }

    /// Two shares that are this one; nothing if it is too small to be worth halving. The first half of the share that
    /// is first stays it.
    pub fn halves(self) -> Option<[Self; 2]> {
        let middle = self.first + (self.last - self.first) / 2;
        let halves = [Self { last: middle, ..self }, Self { first: middle + 1, ..self }];
        (self.last - self.first > SMALLEST).then_some(halves)
    }

    /// What is in both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }

    /// Both, and whatever is between them.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// The one to which belongs what has no key.
    pub fn is_first(self) -> bool {
        self.first == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_exactly_one_of_two_halves() {
        let [first, second] = Share::ALL.halves().unwrap();
        let quarters = [first.halves().unwrap(), second.halves().unwrap()].concat();
        for key in 0..1000 {
            assert!(Share::ALL.has(&key));
            assert_ne!(first.has(&key), second.has(&key));
            assert_eq!(quarters.iter().filter(|quarter| quarter.has(&key)).count(), 1);
        }
        assert_eq!(quarters.iter().filter(|quarter| quarter.is_first()).count(), 1);
    }

    #[test]
    fn halves_overlap_nowhere_and_together_are_the_whole() {
        let [first, second] = Share::ALL.halves().unwrap();
        assert_eq!((first.overlap(second), first.to(second)), (None, Share::ALL));
        assert_eq!(Share::ALL.overlap(second), Some(second));
        let halvings = std::iter::successors(Some(Share::ALL), |share| share.halves().map(|[kept, _]| kept));
        assert_eq!(halvings.count(), 11, "no share is smaller than a thousandth");
    }
}
