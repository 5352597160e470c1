//! From where in the book's two times a question is asked: by business date, and by what had been recorded.
//!
//! The two are independent: March as it was known on 5 April, March as it is known now.

use chrono::{DateTime, NaiveDate, Utc};

use super::{DateRange, ReadError, Snapshot};
use crate::fold::Projection;

/// Where it is left open, everything counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standpoint {
    /// What is dated later does not count.
    pub as_of: Option<AsOf>,
    /// What was recorded after this position does not count.
    pub known_at: Option<u64>,
}

/// The end of a business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    pub date: NaiveDate,
    /// When that day ends in the book's time zone: what has no business date counts by when it was recorded.
    pub ends_at: DateTime<Utc>,
}

impl Standpoint {
    /// Nothing is left out: the read tables as they are.
    pub fn is_now(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn date(&self) -> Option<NaiveDate> {
        self.as_of.map(|as_of| as_of.date)
    }

    /// The part of a period that counts.
    pub(crate) fn narrow(&self, range: DateRange) -> DateRange {
        match self.as_of {
            Some(as_of) => range.up_to(as_of.date),
            None => range,
        }
    }
}

impl Snapshot {
    /// The position an answer from a projection reflects, which is the one asked for if there is one.
    pub(crate) async fn stand<P: Projection>(&mut self, standpoint: &Standpoint) -> Result<u64, ReadError> {
        let position = self.position_of::<P>().await?;
        match standpoint.known_at {
            Some(wanted) if wanted > position => {
                Err(ReadError::NotYet { projection: P::NAME, position, wanted })
            }
            Some(wanted) => Ok(wanted),
            None => Ok(position),
        }
    }
}
