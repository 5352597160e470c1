//! How much of each difference somebody may post without another pair of eyes.

use std::collections::{BTreeMap, BTreeSet};

use super::{DifferenceReason, Leg, LegSource};
use crate::billing::BillId;
use crate::money::{Currency, Money, MoneyError};

/// What is not named here has a limit of nothing, in whatever currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DifferenceLimits(Vec<(DifferenceReason, Money)>);

/// The differences that stand on bills already, whichever write-off they came with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingDifferences(BTreeMap<(BillId, DifferenceReason), Money>);

impl StandingDifferences {
    pub fn new(standing: impl IntoIterator<Item = (BillId, DifferenceReason, Money)>) -> Self {
        Self(standing.into_iter().map(|(bill, reason, amount)| ((bill, reason), amount)).collect())
    }
}

impl DifferenceLimits {
    pub fn new(limits: impl IntoIterator<Item = (DifferenceReason, Money)>) -> Self {
        Self(limits.into_iter().collect())
    }

    /// Whether the differences go with money for the same bill, and stay within the limit of their reason: all of the
    /// write-off together, and on each bill with what stands there. Cutting one into many legs or many write-offs does
    /// not help.
    pub(super) fn allow(&self, legs: &[Leg], standing: &StandingDifferences) -> Result<bool, MoneyError> {
        let mut sums: BTreeMap<(DifferenceReason, Currency), Money> = BTreeMap::new();
        let mut on_bills = standing.0.clone();
        let paid: BTreeSet<&BillId> =
            legs.iter().filter(|leg| leg.source.is_money()).map(|leg| &leg.bill).collect();
        for Leg { source, bill, amount, .. } in legs {
            let LegSource::Difference(reason) = source else { continue };
            if !paid.contains(bill) {
                return Ok(false);
            }
            let zero = Money::zero(amount.currency());
            let sum = sums.entry((*reason, amount.currency())).or_insert(zero);
            *sum = sum.checked_add(*amount)?;
            let on_bill = on_bills.entry((bill.clone(), *reason)).or_insert(zero);
            *on_bill = on_bill.checked_add(*amount)?;
            if !self.covers(*reason, *sum) || !self.covers(*reason, *on_bill) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn covers(&self, reason: DifferenceReason, sum: Money) -> bool {
        self.0.iter().any(|(known, limit)| *known == reason && limit.covers(sum) == Ok(true))
    }
}
