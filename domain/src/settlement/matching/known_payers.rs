//! Whose money it may be: customers by the names and accounts they have paid from, and by their own names.

use std::collections::HashMap;

use super::draft::Claimant;
use super::evidence::{ALIKE, MatchGround};
use super::likeness::{alike, bare};
use super::{FreeReceipt, Score};
use crate::deposits::AccountNumber;
use crate::ids::CustomerId;
use crate::settlement::receipt::Payer;

/// What is known of who pays for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPayer {
    pub customer: CustomerId,
    /// The customer's own names, and those its money has come from.
    pub names: Vec<String>,
    pub accounts: Vec<AccountNumber>,
}

/// Customers are compared by a few pairs of letters they share; only those that share most are looked at closely.
#[derive(Debug, Clone, Default)]
pub struct KnownPayers {
    customers: Vec<CustomerId>,
    places: HashMap<CustomerId, usize>,
    /// By customer, as compared.
    names: Vec<Vec<String>>,
    /// By the account's key.
    accounts: HashMap<String, Vec<usize>>,
    /// Customers with a name in which these letters follow each other.
    pairs: HashMap<(char, char), Vec<usize>>,
}

/// Customers named as likely ones.
const CLAIMANTS: usize = 5;
/// Customers looked at closely.
const LOOKED_AT: usize = 200;
/// Entries of the pairs visited for a name; the rarest pairs first.
const VISITED: usize = 20_000;

/// Customers whose names may be like one, and whether they are all.
struct Sharing {
    places: Vec<usize>,
    complete: bool,
}

/// Customers by the likeness of their names, and whether all there are were seen.
struct Named {
    name: String,
    places: Vec<(Score, usize)>,
    complete: bool,
}

impl FromIterator<KnownPayer> for KnownPayers {
    fn from_iter<T: IntoIterator<Item = KnownPayer>>(payers: T) -> Self {
        let mut known = Self::default();
        for payer in payers {
            known.learn(&payer);
        }
        known
    }
}

impl KnownPayers {
    /// Remembers what is new of a customer.
    pub fn learn(&mut self, payer: &KnownPayer) {
        let next = self.customers.len();
        let place = *self.places.entry(payer.customer.clone()).or_insert(next);
        if place == next {
            self.customers.push(payer.customer.clone());
            self.names.push(Vec::new());
        }
        for name in payer.names.iter().map(|name| bare(name)) {
            if name.is_empty() || self.names[place].contains(&name) {
                continue;
            }
            for pair in pairs_of(&name) {
                let holders = self.pairs.entry(pair).or_default();
                if holders.last() != Some(&place) {
                    holders.push(place);
                }
            }
            self.names[place].push(name);
        }
        for account in &payer.accounts {
            let holders = self.accounts.entry(account.key()).or_default();
            if !holders.contains(&place) {
                holders.push(place);
            }
        }
    }

    /// Whose it may be, the likeliest first, and who else. Of one account or name there may be more than are named; none of
    /// them is sure, whether the others owe anything or not.
    pub(super) fn claimants(&self, receipt: &FreeReceipt) -> Vec<Claimant> {
        let Some(customer) = receipt.customer.clone() else { return self.likely(&receipt.payer) };
        if !receipt.by_rules {
            let ground = MatchGround::CustomerKnown { customer: customer.clone() };
            return vec![Claimant { customer, grounds: vec![ground] }];
        }
        let known = self.likely(&receipt.payer).into_iter().find(|claimant| claimant.customer == customer);
        let unlike = || {
            let grounds = self.ground(&receipt.payer, &customer).into_iter().collect();
            Claimant { customer: customer.clone(), grounds }
        };
        vec![known.unwrap_or_else(unlike)]
    }

    fn likely(&self, payer: &Payer) -> Vec<Claimant> {
        let Some((account, holders)) = self.holders(payer) else { return self.by_name(payer) };
        let named = self.named(payer);
        // Someone whose name is more like it may pay from here for the first time.
        let stranger =
            named.iter().flat_map(|named| &named.places).find(|(_, place)| !holders.contains(place));
        let claimant = |place: &usize| {
            let ground = MatchGround::PayerAccount { account: account.clone() };
            let own = named.as_ref().map_or(Score::clamped(0), |named| self.best(&named.name, *place));
            let stranger = stranger.filter(|(alike, _)| *alike > own).map(|(_, place)| place);
            let other = holders.iter().find(|other| *other != place).or(stranger);
            let other = other.map(|other| self.other(*other));
            let grounds = std::iter::once(ground).chain(other).collect();
            Claimant { customer: self.customers[*place].clone(), grounds }
        };
        holders.iter().take(CLAIMANTS).map(claimant).collect()
    }

    /// Who has paid from the payer's account before, if anybody has.
    fn holders<'a>(&'a self, payer: &'a Payer) -> Option<(&'a AccountNumber, &'a Vec<usize>)> {
        let account = payer.account.as_ref()?;
        Some((account, self.accounts.get(&account.key())?))
    }

    fn other(&self, place: usize) -> MatchGround {
        MatchGround::OtherCustomer { customer: self.customers[place].clone() }
    }

    /// What the payer says for a customer, however little; `None` if nothing is known of either.
    pub(super) fn ground(&self, payer: &Payer, customer: &CustomerId) -> Option<MatchGround> {
        let place = *self.places.get(customer)?;
        match self.holders(payer) {
            Some((account, holders)) if holders.contains(&place) => {
                Some(MatchGround::PayerAccount { account: account.clone() })
            }
            Some(_) | None => {
                let name = bare(payer.name.as_ref()?.as_str());
                Some(MatchGround::PayerName { alike: self.best(&name, place) })
            }
        }
    }

    /// Whether the payer would have brought up the customer.
    pub(super) fn is_likely(&self, payer: &Payer, customer: &CustomerId) -> bool {
        let Some(&place) = self.places.get(customer) else { return false };
        match (self.holders(payer), payer.name.as_ref()) {
            (Some((_, holders)), _) => holders.contains(&place),
            (None, Some(name)) => self.best(&bare(name.as_str()), place) >= ALIKE,
            (None, None) => false,
        }
    }

    fn best(&self, name: &str, place: usize) -> Score {
        self.names[place].iter().map(|known| alike(known, name)).max().unwrap_or(Score::clamped(0))
    }

    /// Customers whose name is like the payer's, the likest first.
    fn named(&self, payer: &Payer) -> Option<Named> {
        let name = bare(payer.name.as_ref()?.as_str());
        let Sharing { places, complete } = self.sharing(&name);
        let scored = places.into_iter().map(|place| (self.best(&name, place), place));
        let mut places: Vec<(Score, usize)> = scored.filter(|(score, _)| *score >= ALIKE).collect();
        places.sort_by(|(one, at), (other, there)| {
            other.cmp(one).then_with(|| self.customers[*at].cmp(&self.customers[*there]))
        });
        Some(Named { name, places, complete })
    }

    fn by_name(&self, payer: &Payer) -> Vec<Claimant> {
        let Some(Named { places: scored, complete, .. }) = self.named(payer) else { return Vec::new() };
        let claimant = |(alike, place): &(Score, usize)| {
            let rival = scored.iter().find(|(other, there)| there != place && other >= alike);
            let rival = rival.map(|(_, place)| self.other(*place));
            let unseen = (!complete && *alike < Score::FULL).then_some(MatchGround::NamesUnseen);
            let ground = MatchGround::PayerName { alike: *alike };
            let grounds = std::iter::once(ground).chain(rival.or(unseen)).collect();
            Claimant { customer: self.customers[*place].clone(), grounds }
        };
        scored.iter().take(CLAIMANTS).map(claimant).collect()
    }

    /// Customers that share most pairs with a name. A name that is alike has at most every fourth letter otherwise, and
    /// each of those is in three pairs at most: what shares fewer of the pairs that were visited is not alike.
    fn sharing(&self, name: &str) -> Sharing {
        let holders = |pair| self.pairs.get(&pair).map_or(&[][..], Vec::as_slice);
        let mut lists: Vec<&[usize]> = pairs_of(name).into_iter().map(holders).collect();
        lists.sort_by_key(|holders| holders.len());
        let mut shared: HashMap<usize, usize> = HashMap::new();
        let (mut visited, mut entries) = (0_usize, 0_usize);
        for list in &lists {
            entries += list.len();
            if visited > 0 && entries > VISITED {
                break;
            }
            visited += 1;
            for place in *list {
                *shared.entry(*place).or_default() += 1;
            }
        }
        let spared = name.chars().count() / 4 * 3;
        let least = visited.saturating_sub(spared).max(1);
        let mut most: Vec<(usize, usize)> = shared.into_iter().filter(|(_, count)| *count >= least).collect();
        most.sort_by(|(place, count), (other, others)| others.cmp(count).then(place.cmp(other)));
        let complete = most.len() <= LOOKED_AT && (visited > spared || visited == lists.len());
        let places = most.into_iter().take(LOOKED_AT).map(|(place, _)| place).collect();
        Sharing { places, complete }
    }
}

/// Each pair of letters that follow each other, once; a name of one letter is a pair with nothing.
fn pairs_of(name: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = name.chars().zip(name.chars().skip(1).chain(['\0'])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
