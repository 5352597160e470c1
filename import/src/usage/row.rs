//! A row of a list: what it says was used, or everything that is wrong with it.

use chrono::NaiveDate;
use tallybook_domain::billing::pricing::{InvalidDecimal, Quantity};
use tallybook_domain::billing::usage::UsageRecord;

use super::customer::Called;
use super::{Field, words};
use crate::cell;
use crate::list::{Cells, Columns, ListField, ListRow, Listed, Mapping};

/// What a row says was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    pub(super) customer: Called,
    pub record: UsageRecord,
    /// Its quantity takes the place of the one recorded before.
    pub correction: bool,
}

impl Listed for UsageRow {
    type Field = Field;

    fn read(cells: &mut Cells<'_, Field>) -> Option<Self> {
        let given = &cells.mapping.given;
        let (given_meter, given_reference) = (given.meter.clone(), given.reference.clone());
        let customer = Called::read(cells);
        let meter = cells.parsed(Field::Meter).or(given_meter);
        let date = cells.text_or_date(Field::Date).and_then(|text| cells.right(Field::Date, day(&text)));
        let quantity = cells.text(Field::Quantity);
        let quantity = quantity.and_then(|text| cells.right(Field::Quantity, exact(&text)));
        let reference = cells.parsed(Field::Reference).or(given_reference);
        let correction = cells.text(Field::Correction);
        let correction = correction.and_then(|text| cells.right(Field::Correction, words::yes_or_no(&text)));
        let said = [meter.is_some(), date.is_some(), quantity.is_some(), reference.is_some()];
        for (field, _) in Field::NEEDED.into_iter().zip(said).filter(|(_, said)| !said) {
            cells.missing(field);
        }
        let record = UsageRecord { meter: meter?, date: date?, quantity: quantity?, reference: reference? };
        Some(Self { customer: customer?, record, correction: correction.unwrap_or(false) })
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

/// Digits as they stand there, never through a binary fraction.
fn exact(text: &str) -> Result<Quantity, String> {
    let digits = cell::number(text).map_err(|why| format!("quantity {text:?}: {why}"))?;
    digits.parse().map_err(|error: InvalidDecimal| format!("quantity {text:?}: {error}"))
}
