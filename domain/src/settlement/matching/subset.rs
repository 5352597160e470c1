//! Some of the bills whose sum is exactly what was paid: the oldest first, within a bounded number of steps.

use super::minor::Minor;

/// What a search came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Places in the list, ascending; the set with the oldest bills.
    pub(super) set: Option<Vec<usize>>,
    /// Another set fits, too.
    pub(super) another: bool,
    /// Not every set was tried.
    pub(super) gave_up: bool,
}

/// A second or less for thousands of receipts in which nothing fits.
pub(super) const STEPS: u32 = 20_000;

struct Search<'a> {
    amounts: &'a [Minor],
    /// What the amounts from a place on come to.
    rest: Vec<Minor>,
    steps: u32,
    taken: Vec<usize>,
    found: Found,
}

/// Two to `most` of the amounts, which are positive and the oldest first.
pub(super) fn search(amounts: &[Minor], sum: Minor, most: usize) -> Found {
    let mut rest = vec![0; amounts.len() + 1];
    for place in (0..amounts.len()).rev() {
        rest[place] = rest[place + 1] + amounts[place];
    }
    let (taken, found) = (Vec::with_capacity(most), Found::default());
    let mut search = Search { amounts, rest, steps: STEPS, taken, found };
    search.go_on(0, sum, most);
    search.found
}

impl Search<'_> {
    /// With what stands at this place, then without it. Never deeper than there are amounts.
    fn go_on(&mut self, place: usize, missing: Minor, most: usize) {
        if missing == 0 {
            self.keep();
            return;
        }
        if self.is_over() || most == 0 || self.rest[place] < missing {
            return;
        }
        if self.steps == 0 {
            self.found.gave_up = true;
            return;
        }
        self.steps -= 1;
        let Some(&amount) = self.amounts.get(place) else { return };
        if amount <= missing {
            self.taken.push(place);
            self.go_on(place + 1, missing - amount, most - 1);
            self.taken.pop();
        }
        self.go_on(place + 1, missing, most);
    }

    fn keep(&mut self) {
        if self.taken.len() < 2 {
            return;
        }
        match self.found.set {
            None => self.found.set = Some(self.taken.clone()),
            Some(_) => self.found.another = true,
        }
    }

    fn is_over(&self) -> bool {
        self.found.another || self.found.gave_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &[usize], another: bool) -> Found {
        Found { set: Some(set.to_vec()), another, gave_up: false }
    }

    #[test]
    fn the_set_with_the_oldest_bills_is_taken() {
        assert_eq!(search(&[3, 5, 7, 9], 12, 12), found(&[0, 3], true));
        assert_eq!(search(&[3, 5, 7, 9], 21, 12), found(&[1, 2, 3], false));
        assert_eq!(search(&[3, 5, 7, 9], 11, 12), Found::default());
    }

    #[test]
    fn one_bill_is_no_set_and_no_set_is_larger_than_allowed() {
        assert_eq!(search(&[12, 5], 12, 12), Found::default());
        assert_eq!(search(&[1; 12], 12, 12).set.unwrap().len(), 12);
        assert_eq!(search(&[1; 12], 12, 11), Found::default());
    }

    #[test]
    fn a_search_that_would_last_gives_up_and_says_so() {
        let even: Vec<Minor> = (1..=60).map(|number| number * 2).collect();
        let given_up = search(&even, 301, 12);
        assert_eq!(given_up, Found { set: None, another: false, gave_up: true });
    }
}
