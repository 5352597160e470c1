//! Late usage (账单出具后补报的用量): what it changes of a month that is billed, and how that is settled.
//!
//! A pure calculation: the stretches of the month's bill, under the same versions of the same plans, priced with the
//! usage as the bills count it and as it is now. Must never look at what a plan says today: a bill keeps its prices.

mod credited_tax;
mod credits;
mod difference;
mod priced;
#[cfg(test)]
mod tests;

use self::priced::Priced;
use super::bill::{Amounts, BillPart, Stretch};
use super::month_parts::price;
use super::pricing::{PricingRefusal, TaxOnSum};
use super::usage::UsageBilling;
use super::{MonthRefusal, PlanCode, PricePlan, Usage};
use crate::money::Currency;
use crate::month::Month;

pub use credits::{LateCredits, StandingBill};
pub use difference::{LineDifference, PartDifference, TierDifference};

use serde::{Deserialize, Serialize};

/// What a billed month would come to now, less what was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateUsage {
    pub parts: Vec<PartDifference>,
    /// More than nothing if more is owed, less if less.
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// What changed since the last bill, or note, that counts the usage. Refused while something came in that no plan of the
/// bill prices: it would be counted and charged to nobody.
pub fn late_usage<'p>(
    (month, currency): (Month, Currency),
    stretches: &[Stretch],
    billed: &UsageBilling,
    usage: &Usage,
    plan: impl Fn(&PlanCode) -> Option<&'p PricePlan>,
) -> Result<LateUsage, MonthRefusal> {
    let days = (month.first_day(), month.last_day());
    let mut priced = Priced::default();
    let (mut parts, mut tax) = (Vec::new(), TaxOnSum::default());
    for stretch in stretches {
        let not_loaded = || MonthRefusal::PlanNotLoaded { plan: stretch.plan.clone() };
        let versions = plan(&stretch.plan).ok_or_else(not_loaded)?.versions();
        let no_version = || MonthRefusal::NoVersion { plan: stretch.plan.clone(), on: stretch.from };
        let version =
            versions.iter().find(|known| known.version == stretch.plan_version).ok_or_else(no_version)?;
        let of_days = (stretch.from, stretch.to);
        priced.add(&version.terms, of_days);
        let before = price(&version.terms, billed.meters(), days, of_days)?;
        let now = price(&version.terms, usage.by_meter(), days, of_days)?;
        parts.push(PartDifference::between(stretch, &before, &now)?);
        before.taxed(&mut tax)?;
    }
    priced.check(billed, usage)?;
    LateUsage::taxed(parts, currency, tax)
}

impl LateUsage {
    /// Tax is on the sum of what was billed at a rate and what comes to it. What is owed less is taken off first: so its
    /// tax is never above what was billed.
    fn taxed(
        mut parts: Vec<PartDifference>,
        currency: Currency,
        mut sums: TaxOnSum,
    ) -> Result<Self, MonthRefusal> {
        for less in [true, false] {
            for part in parts.iter_mut().filter(|part| part.amounts.subtotal.is_negative() == less) {
                part.tax(&mut sums)?;
            }
        }
        let amounts =
            parts.iter().try_fold(Amounts::zero(currency), |sum, part| sum.checked_add(part.amounts));
        Ok(Self { amounts: amounts.map_err(|_| out_of_range())?, parts })
    }

    /// The parts of a bill of what is owed more; none if nothing is.
    pub fn delta_parts(&self) -> Result<Vec<BillPart>, MonthRefusal> {
        self.parts.iter().filter_map(|part| part.owed_more().transpose()).collect()
    }
}

fn out_of_range() -> MonthRefusal {
    PricingRefusal::TotalOutOfRange.into()
}
