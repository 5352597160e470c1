//! Which keys a fold takes, where one cannot hold them all.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

/// The same for every table of this process, so that a key is always in the same share.
pub(super) static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Smaller shares than a thousandth would mean a thousand passes over the journal.
const HALVINGS_AT_MOST: u32 = 10;

/// A share of all keys, chosen by hash: halves, quarters and so on.
///
/// A row depends on its own events alone, so shares can be folded one after the other or side by side, and together
/// come out as the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    halvings: u32,
    number: u64,
}

impl Share {
    pub const ALL: Self = Self { halvings: 0, number: 0 };

    pub fn has(self, key: &impl Hash) -> bool {
        self.halvings == 0 || HASHER.hash_one(key) & self.mask() == self.number
    }

    /// Two shares that are this one; nothing if it is too small to be worth halving. The first of each pair of a
    /// first share is a first share.
    pub fn halves(self) -> Option<[Self; 2]> {
        let halvings = self.halvings + 1;
        let halves = [Self { halvings, ..self }, Self { halvings, number: self.number | 1 << self.halvings }];
        (halvings <= HALVINGS_AT_MOST).then_some(halves)
    }

    /// The one to which belongs what has no key.
    pub fn is_first(self) -> bool {
        self.number == 0
    }

    fn mask(self) -> u64 {
        (1 << self.halvings) - 1
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
}
