//! How much of each difference somebody may post without another pair of eyes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{DifferenceReason, Leg, LegSource};
use crate::billing::BillId;
use crate::money::{Currency, Money, MoneyError};

/// What is not named here has a limit of nothing, in whatever currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DifferenceLimits(pub(super) Vec<(DifferenceReason, Money)>);

/// In CNY.
const USUALLY: [(DifferenceReason, i64); 3] =
    [(DifferenceReason::BankFee, 25), (DifferenceReason::Rounding, 1), (DifferenceReason::Fx, 25)];

/// The differences that stand on bills already, whichever write-off they came with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingDifferences(BTreeMap<BillId, BTreeMap<DifferenceReason, Money>>);

impl StandingDifferences {
    pub fn new(standing: impl IntoIterator<Item = (BillId, DifferenceReason, Money)>) -> Self {
        let mut bills: BTreeMap<BillId, BTreeMap<DifferenceReason, Money>> = BTreeMap::new();
        for (bill, reason, amount) in standing {
            bills.entry(bill).or_default().insert(reason, amount);
        }
        Self(bills)
    }

    fn on(&self, bill: &BillId) -> BTreeMap<DifferenceReason, Money> {
        self.0.get(bill).cloned().unwrap_or_else(BTreeMap::new)
    }
}

/// What a write-off would do to a bill.
struct OnBill {
    /// What pays it.
    money: Money,
    /// What is given up with that.
    given_up: Money,
    /// By reason, with what stands there.
    differences: BTreeMap<DifferenceReason, Money>,
}

/// A difference that is more than one in so many of the money it goes with is never small.
const PART_OF_MONEY: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// Whether what is given up is at most so small a part of the money that pays.
pub(super) fn is_small_part(given_up: Decimal, money: Decimal) -> bool {
    given_up.checked_mul(PART_OF_MONEY).is_some_and(|least| least <= money)
}

impl DifferenceLimits {
    pub fn new(limits: impl IntoIterator<Item = (DifferenceReason, Money)>) -> Self {
        Self(limits.into_iter().collect())
    }

    /// Those of a company that has said nothing else.
    pub fn usual() -> Self {
        let in_cny = |(reason, yuan): (DifferenceReason, i64)| {
            Money::new(yuan.into(), Currency::CNY).ok().map(|limit| (reason, limit))
        };
        Self::new(USUALLY.into_iter().filter_map(in_cny))
    }

    /// Whether the differences are small: within the limit of their reason all of the write-off together, and on each
    /// bill with what stands there; on each bill all of them within the largest of these limits, and at most a quarter of
    /// the money that pays it now. So cutting one into legs, write-offs or reasons does not help, and a cent does not
    /// settle a small bill.
    pub(super) fn allow(&self, legs: &[Leg], standing: &StandingDifferences) -> Result<bool, MoneyError> {
        let mut sums: BTreeMap<(DifferenceReason, Currency), Money> = BTreeMap::new();
        let mut on_bills: BTreeMap<&BillId, OnBill> = BTreeMap::new();
        for Leg { source, bill, amount, .. } in legs {
            let LegSource::Difference(reason) = source else { continue };
            let zero = Money::zero(amount.currency());
            let sum = sums.entry((*reason, amount.currency())).or_insert(zero);
            *sum = sum.checked_add(*amount)?;
            if !self.covers(*reason, *sum) {
                return Ok(false);
            }
            let on_bill = on_bills.entry(bill).or_insert_with(|| OnBill {
                money: zero,
                given_up: zero,
                differences: standing.on(bill),
            });
            on_bill.given_up = on_bill.given_up.checked_add(*amount)?;
            let of_reason = on_bill.differences.entry(*reason).or_insert(zero);
            *of_reason = of_reason.checked_add(*amount)?;
        }
        for Leg { bill, amount, .. } in legs.iter().filter(|leg| leg.source.is_money()) {
            if let Some(on_bill) = on_bills.get_mut(bill) {
                on_bill.money = on_bill.money.checked_add(*amount)?;
            }
        }
        on_bills.values().try_fold(true, |allowed, on_bill| Ok(allowed && self.allow_on_bill(on_bill)?))
    }

    fn allow_on_bill(&self, OnBill { money, given_up, differences }: &OnBill) -> Result<bool, MoneyError> {
        if !is_small_part(given_up.amount(), money.amount()) {
            return Ok(false);
        }
        let mut together = Money::zero(money.currency());
        let mut largest = together;
        for (reason, sum) in differences {
            let Some(limit) = self.of(*reason, money.currency()) else { continue };
            if !limit.covers(*sum)? {
                return Ok(false);
            }
            together = together.checked_add(*sum)?;
            largest = if largest.covers(limit)? { largest } else { limit };
        }
        largest.covers(together)
    }

    fn of(&self, reason: DifferenceReason, currency: Currency) -> Option<Money> {
        let limit = self.0.iter().find(|(known, limit)| *known == reason && limit.currency() == currency);
        limit.map(|(_, limit)| *limit)
    }

    fn covers(&self, reason: DifferenceReason, sum: Money) -> bool {
        self.of(reason, sum.currency()).is_some_and(|limit| limit.covers(sum) == Ok(true))
    }
}
