//! A list as records of customers, for who decides by himself what becomes of them.

use std::collections::BTreeMap;

use tallybook_domain::CustomerId;
use tallybook_domain::billing::quarantine::CollectedRecord;
use tallybook_event_store::{Book, CommandError};

use super::customer::Customers;
use super::{UsageList, UsageRow};
use crate::list::CellError;

/// What rows say, and why others say nothing.
#[derive(Debug, Default)]
pub struct Readings {
    /// In the order of the file.
    pub records: Vec<(CustomerId, CollectedRecord)>,
    /// By the number of the row, as the file counts.
    pub bad_rows: BTreeMap<usize, String>,
}

/// Finds whose usage each row is. Nothing is recorded.
pub async fn readings(book: &Book, list: &UsageList) -> Result<Readings, CommandError> {
    let readable = list.rows.iter().filter_map(|row| row.read.as_ref().ok());
    let customers = Customers::find(book, readable, &list.columns).await?;
    let mut readings = Readings::default();
    for row in &list.rows {
        let said = row
            .read
            .as_ref()
            .map_err(|errors| errors.iter().map(CellError::to_string).collect::<Vec<_>>().join("; "));
        let whose = said.and_then(|said| match customers.of(said) {
            Ok(customer) => Ok((customer, said.collected())),
            Err(error) => Err(error.to_string()),
        });
        match whose {
            Ok(record) => readings.records.push(record),
            Err(reason) => {
                readings.bad_rows.insert(row.number, reason);
            }
        }
    }
    Ok(readings)
}

impl UsageRow {
    /// With its quantity as it stands there, whether it is one or not.
    fn collected(&self) -> CollectedRecord {
        let (meter, date, reference) = (self.meter.clone(), self.date, self.reference.clone());
        CollectedRecord { meter, date, reference, quantity: self.quantity.text.clone() }
    }
}
