//! What rules have taken of bills, and when: that a bill is paid which would have fitted makes no other one surer, not
//! even the next time the rules are asked.

use std::collections::HashMap;

use super::minor::{Minor, minor};
use crate::billing::BillId;
use crate::ids::CustomerId;
use crate::money::{Currency, Money};

/// What one write-off has taken of a bill, money and differences together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenOfBill {
    pub bill: BillId,
    pub amount: Money,
    /// Where in the journal the write-off was made.
    pub position: u64,
}

#[derive(Debug, Clone, Default)]
pub struct TakenByRules {
    of: HashMap<CustomerId, Vec<TakenOfBill>>,
    /// When so much was last taken of a bill.
    amounts: HashMap<(Currency, Minor), u64>,
}

impl FromIterator<TakenOfBill> for TakenByRules {
    fn from_iter<T: IntoIterator<Item = TakenOfBill>>(all: T) -> Self {
        let mut taken = Self::default();
        for one in all {
            taken.put(one);
        }
        taken
    }
}

impl TakenByRules {
    pub fn put(&mut self, taken: TakenOfBill) {
        let last = self.amounts.entry((taken.amount.currency(), minor(taken.amount))).or_default();
        *last = taken.position.max(*last);
        self.of.entry(taken.bill.customer()).or_default().push(taken);
    }

    /// Of a customer's bills in a currency, after a position.
    pub(super) fn since(
        &self,
        position: u64,
        customer: &CustomerId,
        currency: Currency,
    ) -> impl Iterator<Item = &TakenOfBill> {
        let of = self.of.get(customer).into_iter().flatten();
        of.filter(move |taken| taken.position > position && taken.amount.currency() == currency)
    }

    /// Whether exactly so much was taken of any bill after a position.
    pub(super) fn has_taken(&self, position: u64, amount: Money) -> bool {
        self.amounts.get(&(amount.currency(), minor(amount))).is_some_and(|last| *last > position)
    }
}
