//! What was used of one meter in a month: each record, in the order of days and references, and their sum.
//!
//! Must never copy its records until one changes: decisions are made on copies of the whole month.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{UsageRecord, UsageReference};
use crate::billing::pricing::Quantity;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterUsage {
    total: Quantity,
    /// Ordered by date and reference, no two of which are the same.
    readings: Arc<Vec<Reading>>,
}

/// One record of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub date: NaiveDate,
    pub reference: UsageReference,
    pub quantity: Quantity,
}

impl Reading {
    fn key(&self) -> (NaiveDate, &UsageReference) {
        (self.date, &self.reference)
    }
}

impl Default for MeterUsage {
    fn default() -> Self {
        Self { total: Quantity::ZERO, readings: Arc::default() }
    }
}

/// What an event cannot have done to a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    SumOutOfRange,
    RecordedTwice,
    NotRecorded,
}

impl MeterUsage {
    /// The sum of all records.
    pub fn total(&self) -> Quantity {
        self.total
    }

    /// Ordered by date and reference.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// What each record counts, in their order.
    pub fn quantities(&self) -> impl ExactSizeIterator<Item = Quantity> + '_ {
        self.readings.iter().map(|reading| reading.quantity)
    }

    /// What is recorded for a day under a reference.
    pub fn quantity(&self, date: NaiveDate, reference: &UsageReference) -> Option<Quantity> {
        let at = self.place(date, reference).ok()?;
        self.readings.get(at).map(|reading| reading.quantity)
    }

    fn place(&self, date: NaiveDate, reference: &UsageReference) -> Result<usize, usize> {
        self.readings.binary_search_by(|reading| reading.key().cmp(&(date, reference)))
    }

    pub(super) fn add(&mut self, records: &[&UsageRecord]) -> Result<(), Broken> {
        let total = records
            .iter()
            .try_fold(self.total.value(), |sum, record| sum.checked_add(record.quantity.value()))
            .ok_or(Broken::SumOutOfRange)?;
        self.total = Quantity::new(total).map_err(|_| Broken::SumOutOfRange)?;
        let readings = Arc::make_mut(&mut self.readings);
        let before = readings.len();
        readings.extend(records.iter().map(|record| Reading {
            date: record.date,
            reference: record.reference.clone(),
            quantity: record.quantity,
        }));
        // They mostly come in order: then one look at each is all it takes.
        if !readings[before.saturating_sub(1)..].is_sorted_by(|one, next| one.key() < next.key()) {
            readings.sort_by(|one, next| one.key().cmp(&next.key()));
            if !readings.is_sorted_by(|one, next| one.key() < next.key()) {
                return Err(Broken::RecordedTwice);
            }
        }
        Ok(())
    }

    pub(super) fn correct(
        &mut self,
        (date, reference): (NaiveDate, &UsageReference),
        old: Quantity,
        new: Quantity,
    ) -> Result<(), Broken> {
        let at = self.place(date, reference).map_err(|_| Broken::NotRecorded)?;
        let reading = Arc::make_mut(&mut self.readings).get_mut(at).ok_or(Broken::NotRecorded)?;
        if reading.quantity != old {
            return Err(Broken::NotRecorded);
        }
        reading.quantity = new;
        self.total = replaced(self.total, old, new).ok_or(Broken::SumOutOfRange)?;
        Ok(())
    }
}

/// The sum with one quantity in place of another; `None` above 10^15.
pub(super) fn replaced(total: Quantity, old: Quantity, new: Quantity) -> Option<Quantity> {
    // All have at most twelve decimals and sixteen digits before the point: the sum is exact.
    let sum = total.value().checked_sub(old.value())?.checked_add(new.value())?;
    Quantity::new(sum).ok()
}
