//! Whether what came late has a price at all. Must never charge anything.

use chrono::NaiveDate;

use crate::billing::pricing::{Meter, PlanTerms};
use crate::billing::usage::{Reading, UsageBilling};
use crate::billing::{MonthRefusal, Usage};

/// The meters that the plans of a bill have items for, and on which days.
#[derive(Debug, Default)]
pub(super) struct Priced(Vec<(Meter, NaiveDate, NaiveDate)>);

impl Priced {
    pub(super) fn add(&mut self, terms: &PlanTerms, (from, to): (NaiveDate, NaiveDate)) {
        let meters = terms.items().iter().filter_map(|item| item.meter.clone());
        self.0.extend(meters.map(|meter| (meter, from, to)));
    }

    /// Refuses what was used on a day without a plan or an item for it, and is not what the bill counts.
    pub(super) fn check(&self, billed: &UsageBilling, usage: &Usage) -> Result<(), MonthRefusal> {
        for (meter, used) in usage.meters() {
            let counted = billed.meters().get(meter).map_or(&[][..], |counted| counted.readings());
            let unpriced = used.readings().iter().find(|reading| {
                !reading.quantity.is_zero() && !self.prices(meter, reading) && !counted.contains(reading)
            });
            if let Some(reading) = unpriced {
                return Err(MonthRefusal::LateNotPriced { meter: meter.clone(), on: reading.date });
            }
        }
        Ok(())
    }

    fn prices(&self, meter: &Meter, reading: &Reading) -> bool {
        self.0.iter().any(|(known, from, to)| known == meter && (*from..=*to).contains(&reading.date))
    }
}
