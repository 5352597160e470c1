//! What entries would change, one after the other, before any of them is recorded.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::meter_usage::{MeterUsage, replaced};
use super::{UsageEffect, UsageEntry, UsageId, UsageRecord, UsageReference, UsageRefusal};
use crate::billing::pricing::{Meter, Quantity};
use crate::dates::check_effective;

/// A month with what entries before this one would change in it.
pub(super) struct Assessment<'a> {
    usage: &'a UsageId,
    meters: &'a BTreeMap<Meter, MeterUsage>,
    today: NaiveDate,
    quantities: HashMap<(&'a Meter, NaiveDate, &'a UsageReference), Quantity>,
    totals: HashMap<&'a Meter, Quantity>,
}

/// What recording an entry would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Record,
    Nothing,
    Correct { old: Quantity },
}

impl Step {
    pub(super) fn effect(self) -> UsageEffect {
        match self {
            Self::Record => UsageEffect::Recorded,
            Self::Nothing => UsageEffect::Unchanged,
            Self::Correct { .. } => UsageEffect::Corrected,
        }
    }
}

impl<'a> Assessment<'a> {
    pub(super) fn new(usage: &'a UsageId, meters: &'a BTreeMap<Meter, MeterUsage>, today: NaiveDate) -> Self {
        Self { usage, meters, today, quantities: HashMap::new(), totals: HashMap::new() }
    }

    /// Judges an entry after those before it. A refused one changes nothing.
    pub(super) fn judge(&mut self, entry: &'a UsageEntry) -> Result<Step, UsageRefusal> {
        let UsageEntry { record, correction } = entry;
        let UsageRecord { meter, date, quantity: given, reference } = record;
        check_effective(*date, self.today)?;
        let step = match (self.recorded(record), *correction) {
            (None, true) => {
                let (meter, date, reference) = (meter.clone(), *date, reference.clone());
                return Err(UsageRefusal::NotRecorded { meter, date, reference });
            }
            (None, false) => Step::Record,
            (Some(recorded), _) if recorded == *given => return Ok(Step::Nothing),
            (Some(recorded), false) => {
                let (meter, date, reference) = (meter.clone(), *date, reference.clone());
                return Err(UsageRefusal::Differs { meter, date, reference, recorded, given: *given });
            }
            (Some(old), true) => Step::Correct { old },
        };
        let replaced_quantity = match step {
            Step::Correct { old } => old,
            Step::Record | Step::Nothing => Quantity::ZERO,
        };
        let total = replaced(self.total(meter), replaced_quantity, *given)
            .ok_or_else(|| UsageRefusal::SumOutOfRange { usage: self.usage.clone(), meter: meter.clone() })?;
        self.totals.insert(meter, total);
        self.quantities.insert((meter, *date, reference), *given);
        Ok(step)
    }

    fn recorded(&self, record: &'a UsageRecord) -> Option<Quantity> {
        let UsageRecord { meter, date, reference, .. } = record;
        match self.quantities.get(&(meter, *date, reference)) {
            Some(quantity) => Some(*quantity),
            None => self.meters.get(meter)?.quantity(*date, reference),
        }
    }

    fn total(&self, meter: &Meter) -> Quantity {
        match self.totals.get(meter) {
            Some(total) => *total,
            None => self.meters.get(meter).map_or(Quantity::ZERO, MeterUsage::total),
        }
    }
}
