//! A row of a list: what it says was used, or everything that is wrong with it.

use chrono::NaiveDate;
use tallybook_domain::billing::pricing::{InvalidDecimal, Meter, Quantity};
use tallybook_domain::billing::usage::{UsageRecord, UsageReference};

use super::customer::Called;
use super::{Field, words};
use crate::cell;
use crate::list::{Cells, Columns, ListField, ListRow, Listed, Mapping};

/// What a row says was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    pub(super) customer: Called,
    pub meter: Meter,
    pub date: NaiveDate,
    pub reference: UsageReference,
    pub quantity: ToldQuantity,
    /// Its quantity takes the place of the one recorded before.
    pub correction: bool,
}

/// How much a row says was used, which may be no quantity at all: whether that makes it a bad row or one to be looked
/// at by a person is not for the list to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldQuantity {
    /// The digits, if it is a number; else what stands there.
    pub text: String,
    /// Or what is wrong with it.
    pub read: Result<Quantity, String>,
}

impl UsageRow {
    /// Refused where the quantity is none.
    pub fn record(&self) -> Result<UsageRecord, &str> {
        let quantity = *self.quantity.read.as_ref().map_err(String::as_str)?;
        let (meter, date, reference) = (self.meter.clone(), self.date, self.reference.clone());
        Ok(UsageRecord { meter, date, quantity, reference })
    }
}

impl Listed for UsageRow {
    type Field = Field;

    fn read(cells: &mut Cells<'_, Field>) -> Option<Self> {
        let given = &cells.mapping.given;
        let (given_meter, given_reference) = (given.meter.clone(), given.reference.clone());
        let customer = Called::read(cells);
        let meter = cells.parsed(Field::Meter).or(given_meter);
        let date = cells.text_or_date(Field::Date).and_then(|text| cells.right(Field::Date, day(&text)));
        let quantity = cells.text(Field::Quantity).map(|text| ToldQuantity::read(&text));
        let reference = cells.parsed(Field::Reference).or(given_reference);
        let correction = cells.text(Field::Correction);
        let correction = correction.and_then(|text| cells.right(Field::Correction, words::yes_or_no(&text)));
        let said = [meter.is_some(), date.is_some(), quantity.is_some(), reference.is_some()];
        for (field, _) in Field::NEEDED.into_iter().zip(said).filter(|(_, said)| !said) {
            cells.missing(field);
        }
        match (customer, meter, date, reference, quantity) {
            (Some(customer), Some(meter), Some(date), Some(reference), Some(quantity)) => {
                let correction = correction.unwrap_or(false);
                Some(Self { customer, meter, date, reference, quantity, correction })
            }
            (.., quantity) => {
                cells.right(Field::Quantity, quantity.map_or(Ok(()), |told| told.read.map(drop)));
                None
            }
        }
    }

    fn check(columns: &Columns<Field>, mapping: &Mapping<Field>) -> Result<(), String> {
        let without = Field::NEEDED
            .into_iter()
            .filter(|field| columns.name_of(*field).is_none() && !mapping.given.says(*field));
        let missing: Vec<String> = without.map(|field| format!("{} ({field})", field.chinese())).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let header = columns.header;
        Err(format!("row {header} has the names of the columns, but none for {}", missing.join(", ")))
    }

    /// Whose the rows are is only known to the book: they are compared once it has said so.
    fn compare(_: &mut [ListRow<Self>], _: &Columns<Field>) {}
}

/// A day in the book's time zone. One that comes with another time zone may be another day there.
fn day(text: &str) -> Result<NaiveDate, String> {
    let (date, time) = cell::date(text)?;
    let zoned = text.split_once(':').is_some_and(|(_, after)| after.contains(['Z', 'z', '+', '-']));
    if time.is_some() && zoned {
        return Err(format!("{text:?} is a moment with a time zone: write the day of use alone"));
    }
    Ok(date)
}

impl ToldQuantity {
    /// Digits as they stand there, never through a binary fraction.
    fn read(text: &str) -> Self {
        let digits = cell::number(text).map_err(|why| format!("quantity {text:?}: {why}"));
        let read = digits.clone().and_then(|digits| {
            digits.parse().map_err(|error: InvalidDecimal| format!("quantity {text:?}: {error}"))
        });
        Self { text: digits.unwrap_or_else(|_| text.to_owned()), read }
    }
}
