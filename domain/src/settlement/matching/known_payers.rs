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
    accounts: HashMap<AccountNumber, Vec<usize>>,
    /// Customers with a name in which these letters follow each other.
    pairs: HashMap<(char, char), Vec<usize>>,
}

/// Customers named as likely ones.
const CLAIMANTS: usize = 5;
/// Customers looked at closely.
const LOOKED_AT: usize = 40;
/// Entries of the pairs visited for a name; the rarest pairs first.
const VISITED: usize = 2_000;

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
            let holders = self.accounts.entry(account.clone()).or_default();
            if !holders.contains(&place) {
                holders.push(place);
            }
        }
    }

    /// Whose it may be, the likeliest first. Those of one account are as likely as each other.
    pub(super) fn claimants(&self, receipt: &FreeReceipt) -> Vec<Claimant> {
        if let Some(customer) = receipt.customer.clone() {
            let ground = MatchGround::CustomerKnown { customer: customer.clone() };
            return vec![Claimant { customer, grounds: vec![ground] }];
        }
        let account = receipt.payer.account.as_ref();
        let holders = account.and_then(|account| self.accounts.get(account));
        if let (Some(account), Some(holders)) = (account, holders) {
            let ground = || vec![MatchGround::PayerAccount { account: account.clone() }];
            let claimant =
                |place: &usize| Claimant { customer: self.customers[*place].clone(), grounds: ground() };
            return holders.iter().take(CLAIMANTS).map(claimant).collect();
        }
        self.by_name(&receipt.payer)
    }

    /// How alike the payer's name is to those of a customer; `None` if it has none.
    pub(super) fn alike(&self, payer: &Payer, customer: &CustomerId) -> Option<Score> {
        let name = bare(payer.name.as_ref()?.as_str());
        Some(self.best(&name, *self.places.get(customer)?))
    }

    fn best(&self, name: &str, place: usize) -> Score {
        self.names[place].iter().map(|known| alike(known, name)).max().unwrap_or(Score::clamped(0))
    }

    fn by_name(&self, payer: &Payer) -> Vec<Claimant> {
        let Some(name) = payer.name.as_ref().map(|name| bare(name.as_str())) else { return Vec::new() };
        let mut scored: Vec<(Score, usize)> = self
            .sharing(&name)
            .into_iter()
            .map(|place| (self.best(&name, place), place))
            .filter(|(score, _)| *score >= ALIKE)
            .collect();
        scored.sort_by(|(one, at), (other, there)| {
            other.cmp(one).then_with(|| self.customers[*at].cmp(&self.customers[*there]))
        });
        let claimant = |(alike, place): (Score, usize)| Claimant {
            customer: self.customers[place].clone(),
            grounds: vec![MatchGround::PayerName { alike }],
        };
        scored.into_iter().take(CLAIMANTS).map(claimant).collect()
    }

    /// Customers that share most pairs with a name, those with the rarest pairs first.
    fn sharing(&self, name: &str) -> Vec<usize> {
        let mut lists: Vec<&Vec<usize>> =
            pairs_of(name).into_iter().filter_map(|pair| self.pairs.get(&pair)).collect();
        lists.sort_by_key(|holders| holders.len());
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for place in lists.into_iter().flatten().take(VISITED) {
            *shared.entry(*place).or_default() += 1;
        }
        let mut most: Vec<(usize, usize)> = shared.into_iter().collect();
        most.sort_by(|(place, count), (other, others)| others.cmp(count).then(place.cmp(other)));
        most.into_iter().take(LOOKED_AT).map(|(place, _)| place).collect()
    }
}

/// Each pair of letters that follow each other, once; a name of one letter is a pair with nothing.
fn pairs_of(name: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = name.chars().zip(name.chars().skip(1).chain(['\0'])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
