//! Where a keyed table keeps its rows: a cache that knows which were used last, or all of them.

use std::hash::Hash;

use indexmap::IndexMap;
use indexmap::map::IntoValues;
use indexmap::map::raw_entry_v1::RawEntryApiV1;
use lru::{DefaultHasher, LruCache};

#[derive(Debug)]
pub(super) enum Slots<K: Hash + Eq, V> {
    /// By last use. Without a bound of its own: whoever has it cuts it.
    Cached(LruCache<K, V>),
    /// To know which was used last would cost more than to find them. Each lies by itself, so that its memory is free
    /// as soon as it is gone.
    Whole {
        rows: IndexMap<K, Box<V>, DefaultHasher>,
        /// On their way out.
        leaving: IntoValues<K, Box<V>>,
    },
}

impl<K: Hash + Eq + Clone, V> Slots<K, V> {
    pub(super) fn cached() -> Self {
        Self::Cached(LruCache::unbounded())
    }

    pub(super) fn whole() -> Self {
        Self::Whole { rows: IndexMap::default(), leaving: IntoValues::default() }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Cached(slots) => slots.len(),
            Self::Whole { rows, leaving } => rows.len() + leaving.len(),
        }
    }

    pub(super) fn has(&self, key: &K) -> bool {
        self.peek(key).is_some()
    }

    /// Without using it.
    pub(super) fn peek(&self, key: &K) -> Option<&V> {
        match self {
            Self::Cached(slots) => slots.peek(key),
            Self::Whole { rows, .. } => rows.get(key).map(|slot| &**slot),
        }
    }

    /// Without using it.
    pub(super) fn peek_mut(&mut self, key: &K) -> Option<&mut V> {
        match self {
            Self::Cached(slots) => slots.peek_mut(key),
            Self::Whole { rows, .. } => rows.get_mut(key).map(|slot| &mut **slot),
        }
    }

    /// Uses it. `false`: it is not there.
    pub(super) fn touch(&mut self, key: &K) -> bool {
        match self {
            Self::Cached(slots) => slots.get(key).is_some(),
            Self::Whole { rows, .. } => rows.contains_key(key),
        }
    }

    /// Uses it, or the one `first` makes if there is none.
    pub(super) fn get_or_insert(&mut self, key: &K, first: impl FnOnce() -> V) -> &mut V {
        match self {
            Self::Cached(slots) => slots.get_or_insert_mut_ref(key, first),
            Self::Whole { rows, .. } => {
                rows.raw_entry_mut_v1().from_key(key).or_insert_with(|| (key.clone(), Box::new(first()))).1
            }
        }
    }

    pub(super) fn put(&mut self, key: K, slot: V) {
        match self {
            Self::Cached(slots) => drop(slots.put(key, slot)),
            Self::Whole { rows, .. } => drop(rows.insert(key, Box::new(slot))),
        }
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        match self {
            Self::Cached(slots) => slots.pop(key),
            Self::Whole { rows, .. } => rows.swap_remove(key).map(|slot| *slot),
        }
    }

    /// The one used longest ago, or any of all.
    pub(super) fn leave(&mut self) -> Option<V> {
        match self {
            Self::Cached(slots) => slots.pop_lru().map(|(_, slot)| slot),
            Self::Whole { rows, leaving } => {
                if leaving.len() == 0 {
                    *leaving = std::mem::take(rows).into_values();
                }
                leaving.next().map(|slot| *slot)
            }
        }
    }

    /// Lets go of those `keep` does not want, each handed to `gone`.
    pub(super) fn retain(&mut self, keep: impl Fn(&K) -> bool, mut gone: impl FnMut(&V)) {
        match self {
            Self::Cached(slots) => {
                let others: Vec<K> =
                    slots.iter().map(|(key, _)| key).filter(|key| !keep(*key)).cloned().collect();
                others.iter().filter_map(|key| slots.pop(key)).for_each(|slot| gone(&slot));
            }
            Self::Whole { rows, .. } => {
                rows.retain(|key, slot| {
                    let kept = keep(key);
                    if !kept {
                        gone(slot);
                    }
                    kept
                });
                rows.shrink_to_fit();
            }
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        let (cached, whole) = match self {
            Self::Cached(slots) => (Some(slots.iter().map(|(_, slot)| slot)), None),
            Self::Whole { rows, .. } => (None, Some(rows.values().map(|slot| &**slot))),
        };
        cached.into_iter().flatten().chain(whole.into_iter().flatten())
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let (cached, whole) = match self {
            Self::Cached(slots) => (Some(slots.iter_mut().map(|(_, slot)| slot)), None),
            Self::Whole { rows, .. } => (None, Some(rows.values_mut().map(|slot| &mut **slot))),
        };
        cached.into_iter().flatten().chain(whole.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_as_a_whole_leaves_in_the_order_it_came_in() {
        let mut slots = Slots::whole();
        for number in 0..5 {
            *slots.get_or_insert(&number, || 10) += number;
        }
        assert!(slots.touch(&0));
        assert_eq!((slots.leave(), slots.leave(), slots.len()), (Some(10), Some(11), 3));
        // Whatever comes while others leave is not lost.
        slots.put(7, 17);
        let left: Vec<i32> = std::iter::from_fn(|| slots.leave()).collect();
        assert_eq!((left, slots.len()), (vec![12, 13, 14, 17], 0));
    }

    #[test]
    fn who_is_let_go_of_is_told() {
        for mut slots in [Slots::whole(), Slots::cached()] {
            for number in 0..6 {
                slots.put(number, 10 + number);
            }
            let mut gone = Vec::new();
            slots.retain(|number| number % 2 == 0, |slot| gone.push(*slot));
            gone.sort_unstable();
            assert_eq!((gone, slots.values().sum::<i32>()), (vec![11, 13, 15], 36));
        }
    }

    #[test]
    fn a_cache_lets_go_of_what_was_used_longest_ago() {
        let mut slots = Slots::cached();
        for number in 0..3 {
            slots.put(number, 10 + number);
        }
        assert!(slots.touch(&0) && slots.has(&1));
        assert_eq!((slots.remove(&2), slots.leave(), slots.leave()), (Some(12), Some(11), Some(10)));
    }
}
