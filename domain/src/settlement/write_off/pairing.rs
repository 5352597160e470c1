//! From sums to legs: which source pays which bill, where nobody has said so.
//!
//! In each currency the first source pays the first bill; what is left of either goes on with the next. Nothing is
//! rounded.

use std::collections::{BTreeMap, VecDeque};

use super::{Leg, LegSource, WriteOffRefusal, check_legs};
use crate::billing::BillId;
use crate::money::{Currency, Money, MoneyError};

type Sums = BTreeMap<Currency, Money>;

/// Pairs sources, in their order, with bills, in theirs. Both sides have to come to the same sum in each currency.
pub fn pair(sources: &[(LegSource, Money)], bills: &[(BillId, Money)]) -> Result<Vec<Leg>, WriteOffRefusal> {
    // Each source and each bill is in a leg at least.
    check_legs(sources.len().max(bills.len()))?;
    check_positive(sources.iter().map(|(_, amount)| *amount))?;
    check_positive(bills.iter().map(|(_, amount)| *amount))?;
    if bills.is_empty() {
        return Err(WriteOffRefusal::NoLegs);
    }
    let from = sums(sources.iter().map(|(_, amount)| *amount))?;
    let to = sums(bills.iter().map(|(_, amount)| *amount))?;
    let amounts = sources.iter().map(|(_, amount)| amount).chain(bills.iter().map(|(_, amount)| amount));
    for currency in amounts.map(|amount| amount.currency()) {
        let of = |sums: &Sums| sums.get(&currency).copied().unwrap_or(Money::zero(currency));
        if of(&from) != of(&to) {
            return Err(WriteOffRefusal::SumsDiffer { from: of(&from), to: of(&to) });
        }
    }
    fill(sources, bills.iter().cloned().collect())
}

/// Both sides come to the same: whatever a source has left, there is a bill of its currency that needs it.
fn fill(
    sources: &[(LegSource, Money)],
    mut bills: VecDeque<(BillId, Money)>,
) -> Result<Vec<Leg>, WriteOffRefusal> {
    let mut legs = Vec::with_capacity(sources.len().max(bills.len()));
    for (source, amount) in sources {
        let mut left = *amount;
        while left.is_positive() {
            let next =
                bills.iter_mut().find(|(_, owed)| owed.is_positive() && owed.currency() == left.currency());
            let Some((bill, owed)) = next else { return Err(WriteOffRefusal::NoLegs) };
            let paid = if owed.covers(left)? { left } else { *owed };
            let number = u32::try_from(legs.len()).unwrap_or(u32::MAX).saturating_add(1);
            legs.push(Leg { leg: number, source: source.clone(), bill: bill.clone(), amount: paid });
            left = left.checked_sub(paid)?;
            *owed = owed.checked_sub(paid)?;
            while bills.front().is_some_and(|(_, owed)| owed.is_zero()) {
                bills.pop_front();
            }
        }
    }
    Ok(legs)
}

fn check_positive(amounts: impl IntoIterator<Item = Money>) -> Result<(), WriteOffRefusal> {
    match amounts.into_iter().find(|amount| !amount.is_positive()) {
        Some(amount) => Err(WriteOffRefusal::AmountNotPositive { amount }),
        None => Ok(()),
    }
}

fn sums(mut amounts: impl Iterator<Item = Money>) -> Result<Sums, MoneyError> {
    amounts.try_fold(Sums::new(), |mut sums, amount| {
        let sum = sums.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = sum.checked_add(amount)?;
        Ok(sums)
    })
}
