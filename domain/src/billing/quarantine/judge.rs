//! Whether what came from a source is believed.
//!
//! Owns the rule, and nothing else: judges one record after the other, each with those before it taken in. Must never
//! record anything.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{GivenQuantity, GivenText, HeldUsage, QuarantineReason, UsageQuarantine};
use crate::billing::Usage;
use crate::billing::pricing::{Meter, Quantity};
use crate::billing::usage::{UsageEntry, UsageRecord, UsageReference};

/// A record as a source tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedRecord {
    pub meter: Meter,
    pub date: NaiveDate,
    pub reference: UsageReference,
    /// The quantity as it came, whatever it is.
    pub quantity: String,
}

/// What is believed of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plausibility {
    /// A record above so many times the average of those before it is not believed.
    pub factor: Decimal,
    /// The days before a record's own that the average goes back.
    pub window_days: u16,
    /// Records there have to be for an average to mean anything.
    pub least_records: u16,
    /// Whether another quantity under the same reference corrects the one recorded.
    pub corrections: bool,
}

/// What to do with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is recorded with this quantity.
    Unchanged,
    /// This very value was put aside before.
    Held,
    Record(UsageEntry),
    Quarantine(HeldUsage),
    /// It is to be put aside, and there is no room.
    NoRoom,
}

type MeterDays = BTreeMap<NaiveDate, (Decimal, u64)>;

/// What is known of a customer while a month of his is judged.
#[derive(Debug)]
pub struct Judge<'a> {
    plausibility: Plausibility,
    usage: &'a Usage,
    /// The months before it that the window reaches into.
    earlier: Vec<&'a Usage>,
    known: HashSet<(&'a Meter, NaiveDate, &'a UsageReference, &'a GivenText)>,
    room: usize,
    /// Sum and number of the records of each day.
    days: HashMap<Meter, MeterDays>,
    taken: HashMap<(Meter, NaiveDate, UsageReference), Quantity>,
}

impl<'a> Judge<'a> {
    pub fn new(
        plausibility: Plausibility,
        usage: &'a Usage,
        earlier: Vec<&'a Usage>,
        quarantine: &'a UsageQuarantine,
    ) -> Self {
        let (known, room) = (quarantine.known(), quarantine.room());
        Self { plausibility, usage, earlier, known, room, days: HashMap::new(), taken: HashMap::new() }
    }

    /// Judges a record. Those of earlier days should come first: they are what it is measured by.
    pub fn judge(&mut self, record: &CollectedRecord) -> Verdict {
        let GivenQuantity { text, quantity } = GivenQuantity::read(&record.quantity);
        let recorded = self.recorded(record);
        if quantity.is_ok() && quantity.ok() == recorded {
            return Verdict::Unchanged;
        }
        if self.known.contains(&(&record.meter, record.date, &record.reference, &text)) {
            return Verdict::Held;
        }
        let mut average = None;
        let believed = quantity.and_then(|quantity| {
            average = self.exceeded(record, recorded, quantity);
            match (average, recorded) {
                (Some(_), _) => Err(QuarantineReason::AboveAverage),
                (None, Some(_)) if !self.plausibility.corrections => Err(QuarantineReason::Changed),
                (None, Some(_) | None) => Ok(quantity),
            }
        });
        match believed {
            Ok(quantity) => Verdict::Record(self.take(record, recorded, quantity)),
            Err(_) if self.room == 0 => Verdict::NoRoom,
            Err(reason) => {
                self.room -= 1;
                let CollectedRecord { meter, date, reference, .. } = record.clone();
                Verdict::Quarantine(HeldUsage {
                    meter,
                    date,
                    reference,
                    given: text,
                    reason,
                    recorded,
                    average,
                })
            }
        }
    }

    fn recorded(&self, record: &CollectedRecord) -> Option<Quantity> {
        let key = (record.meter.clone(), record.date, record.reference.clone());
        match self.taken.get(&key) {
            Some(quantity) => Some(*quantity),
            None => self.usage.of(&record.meter)?.quantity(record.date, &record.reference),
        }
    }

    /// The average, if a quantity is too many times that.
    fn exceeded(
        &mut self,
        record: &CollectedRecord,
        recorded: Option<Quantity>,
        quantity: Quantity,
    ) -> Option<Quantity> {
        // What is less than it was cannot be too much.
        if recorded.is_some_and(|recorded| quantity <= recorded) {
            return None;
        }
        let Plausibility { factor, window_days, least_records, .. } = self.plausibility;
        let first = record.date.checked_sub_days(Days::new(window_days.into())).unwrap_or(NaiveDate::MIN);
        let before = self.days(&record.meter).range(first..record.date);
        let (mut sum, mut count) = (Decimal::ZERO, 0_u64);
        for (of_day, records) in before.map(|(_, day)| day) {
            // Quantities are at most 10^15 a month and meter.
            (sum, count) = (sum.checked_add(*of_day)?, count.checked_add(*records)?);
        }
        if count == 0 || count < u64::from(least_records) {
            return None;
        }
        let average = sum.checked_div(count.into())?;
        // A limit beyond all numbers is exceeded by none.
        let limit = average.checked_mul(factor)?;
        if quantity.value() <= limit {
            return None;
        }
        Quantity::new(average.trunc_with_scale(12)).ok()
    }

    fn days(&mut self, meter: &Meter) -> &mut MeterDays {
        let months = self.earlier.iter().copied().chain([self.usage]);
        self.days.entry(meter.clone()).or_insert_with(|| {
            let mut days = MeterDays::new();
            let readings = months.filter_map(|usage| usage.of(meter)).flat_map(|of| of.readings());
            for reading in readings {
                let (sum, count) = days.entry(reading.date).or_default();
                (*sum, *count) = (sum.saturating_add(reading.quantity.value()), count.saturating_add(1));
            }
            days
        })
    }

    fn take(
        &mut self,
        record: &CollectedRecord,
        recorded: Option<Quantity>,
        quantity: Quantity,
    ) -> UsageEntry {
        let CollectedRecord { meter, date, reference, .. } = record.clone();
        let (sum, count) = self.days(&meter).entry(date).or_default();
        let old = recorded.map_or(Decimal::ZERO, Quantity::value);
        *sum = sum.saturating_add(quantity.value()).saturating_sub(old);
        *count = count.saturating_add(u64::from(recorded.is_none()));
        self.taken.insert((meter.clone(), date, reference.clone()), quantity);
        let correction = recorded.is_some();
        UsageEntry { record: UsageRecord { meter, date, quantity, reference }, correction }
    }
}
