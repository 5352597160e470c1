//! What is owed of which bills, kept so that a receipt finds what it may pay without looking at all of them.
//!
//! Built once for all receipts; what a proposal takes is taken here too, so that no two of them pay the same.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::Proposal;
use super::minor::{Minor, major, minor};
use super::named_bills::NamedBill;
use crate::billing::{BillId, BillNumber};
use crate::ids::CustomerId;
use crate::money::{Currency, Money, MoneyError};

/// A bill that is issued, and what is owed of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBill {
    pub bill: BillId,
    pub number: Option<BillNumber>,
    pub due_date: NaiveDate,
    pub open: Money,
}

/// By due date, then in the order in which they were put in.
type Age = (NaiveDate, usize);

#[derive(Debug, Clone, Default)]
pub struct OpenBills {
    bills: Vec<OpenBill>,
    ids: HashMap<BillId, usize>,
    numbers: HashMap<BillNumber, usize>,
    owed: HashMap<(CustomerId, Currency), Owed>,
    /// How many bills of the book are owed so much, and the last of them.
    amounts: HashMap<(Currency, Minor), BTreeSet<Age>>,
}

/// What a customer owes in a currency.
#[derive(Debug, Clone, Default)]
pub(super) struct Owed {
    by_age: BTreeSet<Age>,
    by_amount: BTreeSet<(Minor, Age)>,
    pub(super) sum: Minor,
}

impl FromIterator<OpenBill> for OpenBills {
    /// Those of one due date in the order of their ids.
    fn from_iter<T: IntoIterator<Item = OpenBill>>(bills: T) -> Self {
        let mut bills: Vec<OpenBill> = bills.into_iter().collect();
        bills.sort_by(|one, other| (one.due_date, &one.bill).cmp(&(other.due_date, &other.bill)));
        let mut index = Self::default();
        for bill in bills {
            index.put(bill);
        }
        index
    }
}

impl OpenBills {
    /// Puts a bill in, or says anew what is owed of it.
    pub fn put(&mut self, bill: OpenBill) {
        match self.ids.get(&bill.bill) {
            Some(&slot) => self.set(slot, bill.open),
            None => {
                let slot = self.bills.len();
                let nothing = Money::zero(bill.open.currency());
                let open = bill.open;
                self.numbers.extend(bill.number.clone().map(|number| (number, slot)));
                self.ids.insert(bill.bill.clone(), slot);
                self.bills.push(OpenBill { open: nothing, ..bill });
                self.set(slot, open);
            }
        }
    }

    pub fn find(&self, bill: &BillId) -> Option<&OpenBill> {
        self.bills.get(*self.ids.get(bill)?)
    }

    /// Takes from what is owed of a bill, at most all of it. A bill that is not there is owed nothing.
    pub fn take(&mut self, bill: &BillId, amount: Money) -> Result<(), MoneyError> {
        let Some(&slot) = self.ids.get(bill) else { return Ok(()) };
        let open = self.bills[slot].open;
        let left =
            if amount.covers(open)? { Money::zero(open.currency()) } else { open.checked_sub(amount)? };
        self.set(slot, left);
        Ok(())
    }

    /// The bills of a proposal are owed less from here on.
    pub fn take_all(&mut self, proposal: &Proposal) -> Result<(), MoneyError> {
        proposal.legs.iter().try_for_each(|leg| self.take(&leg.bill, leg.amount))
    }

    /// The bills of one customer alone.
    pub(super) fn only_of(&self, customer: &CustomerId) -> Self {
        let owed = self.owed.iter().filter(|((known, _), _)| known == customer);
        let ages = owed.flat_map(|(_, owed)| &owed.by_age);
        ages.map(|age| self.at(*age).clone()).collect()
    }

    fn set(&mut self, slot: usize, open: Money) {
        let bill = &mut self.bills[slot];
        let (before, after, currency) = (minor(bill.open), minor(open), open.currency());
        let age = (bill.due_date, slot);
        bill.open = open;
        let owed = self.owed.entry((bill.bill.customer(), currency)).or_default();
        owed.sum += after - before;
        if before > 0 {
            owed.by_amount.remove(&(before, age));
            owed.by_age.remove(&age);
            if let Some(same) = self.amounts.get_mut(&(currency, before)) {
                same.remove(&age);
            }
        }
        if after > 0 {
            owed.by_amount.insert((after, age));
            owed.by_age.insert(age);
            self.amounts.entry((currency, after)).or_default().insert(age);
        }
    }

    fn at(&self, (_, slot): Age) -> &OpenBill {
        &self.bills[slot]
    }

    /// What is owed of the bills of a customer, together.
    pub(super) fn sum(&self, customer: &CustomerId, currency: Currency) -> Result<Money, MoneyError> {
        let sum = self.owed.get(&(customer.clone(), currency)).map_or(0, |owed| owed.sum);
        major(sum, currency)
    }

    pub(super) fn count(&self, customer: &CustomerId, currency: Currency) -> usize {
        self.owed.get(&(customer.clone(), currency)).map_or(0, |owed| owed.by_age.len())
    }

    /// Those of a customer of which something is owed, oldest first.
    pub(super) fn oldest(
        &self,
        customer: &CustomerId,
        currency: Currency,
    ) -> impl Iterator<Item = &OpenBill> {
        let owed = self.owed.get(&(customer.clone(), currency));
        owed.into_iter().flat_map(|owed| owed.by_age.iter()).map(|age| self.at(*age))
    }

    /// Those of a customer that are owed at least so much, the smallest first, and of those of one amount the oldest.
    pub(super) fn at_least(
        &self,
        customer: &CustomerId,
        currency: Currency,
        least: Minor,
    ) -> impl Iterator<Item = &OpenBill> {
        let owed = self.owed.get(&(customer.clone(), currency));
        let from = (least, (NaiveDate::MIN, 0));
        owed.into_iter().flat_map(move |owed| owed.by_amount.range(from..)).map(|(_, age)| self.at(*age))
    }

    /// The oldest of those that are owed most below an amount.
    pub(super) fn largest_below(
        &self,
        customer: &CustomerId,
        currency: Currency,
        below: Minor,
    ) -> Option<&OpenBill> {
        let owed = self.owed.get(&(customer.clone(), currency))?;
        let (amount, _) = owed.by_amount.range(..(below, (NaiveDate::MIN, 0))).next_back()?;
        self.at_least(customer, currency, *amount).next()
    }

    /// The only bill of the book that is owed exactly so much.
    pub(super) fn only_of_amount(&self, currency: Currency, amount: Minor) -> Option<&OpenBill> {
        let mut same = self.amounts.get(&(currency, amount))?.iter();
        match (same.next(), same.next()) {
            (Some(age), None) => Some(self.at(*age)),
            (None, _) | (Some(_), Some(_)) => None,
        }
    }

    /// Whether something is owed of it or not.
    pub(super) fn named(&self, bill: &NamedBill) -> Option<&OpenBill> {
        match bill {
            NamedBill::Id(bill) => self.find(bill),
            NamedBill::Number(number) => self.bills.get(*self.numbers.get(number)?),
        }
    }
}
