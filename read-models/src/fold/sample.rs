//! Some rows for all: one in so many, chosen by what they are called.

use std::num::NonZeroU64;

use super::Texts;
use super::share::place_of;

/// One in so many rows, chosen by their key or, where rows have none, by all their fields. The samples of one book
/// with the numbers from 0 on are together all its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    one_in: NonZeroU64,
    number: u64,
}

impl Sample {
    pub fn new(one_in: NonZeroU64, number: u64) -> Self {
        Self { one_in, number: number % one_in }
    }

    /// The one after this; the first after the last.
    #[must_use]
    pub fn next(self) -> Self {
        Self::new(self.one_in, self.number + 1)
    }

    pub fn has(self, name: &Texts) -> bool {
        place_of(name) % self.one_in == self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_exactly_one_sample() {
        let first = Sample::new(NonZeroU64::new(3).unwrap(), 0);
        let samples = [first, first.next(), first.next().next()];
        assert_eq!(samples[2].next(), first);
        for number in 0..1000 {
            let name = vec![Some(number.to_string()), None];
            assert_eq!(samples.iter().filter(|sample| sample.has(&name)).count(), 1);
        }
    }
}
