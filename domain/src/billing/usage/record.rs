//! What was used: how much of which meter on which day, by the reference of where it was counted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::billing::pricing::{Meter, Quantity};
use crate::text::{line, shown_as_written, text_type};

text_type!(
    /// What a record is called where it was counted: 1 to 200 characters. With the customer, the meter and the day it
    /// names one record, so that sending it again changes nothing.
    UsageReference,
    |text| line(text, 200)
);
shown_as_written!(UsageReference);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRecord {
    pub meter: Meter,
    pub date: NaiveDate,
    pub quantity: Quantity,
    pub reference: UsageReference,
}

/// A record as it comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageEntry {
    #[serde(flatten)]
    pub record: UsageRecord,
    /// Its quantity takes the place of the one recorded under the same reference.
    #[serde(default)]
    pub correction: bool,
}

/// What an entry changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageEffect {
    Recorded,
    /// It is recorded already, with this quantity.
    Unchanged,
    Corrected,
}

impl UsageEffect {
    pub const ALL: [Self; 3] = [Self::Recorded, Self::Unchanged, Self::Corrected];
}
