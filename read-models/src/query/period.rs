//! Business dates from and to, both days included.

use std::iter;

use chrono::{Days, NaiveDate};
use sqlx::{Postgres, QueryBuilder};

/// A range of business dates, open where a date is not given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateRange {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// A range of business dates with both ends, short enough to be shown day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("the period ends before it begins")]
    Reversed,
    #[error("the period must not be longer than {max_days} days")]
    TooLong { max_days: u32 },
}

impl DateRange {
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, PeriodError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(PeriodError::Reversed),
            (_, _) => Ok(Self { from, to }),
        }
    }

    /// Everything up to a date.
    pub(crate) fn until(to: Option<NaiveDate>) -> Self {
        Self { from: None, to }
    }

    pub fn from(&self) -> Option<NaiveDate> {
        self.from
    }

    pub fn to(&self) -> Option<NaiveDate> {
        self.to
    }

    /// Its part up to a day, which may be before its first: then there is nothing in it, and all that counts is before.
    pub(crate) fn up_to(self, day: NaiveDate) -> Self {
        Self { to: Some(self.to.map_or(day, |to| to.min(day))), ..self }
    }

    /// Adds the range as conditions on `effective_date`.
    ///
    /// A single day is one condition: PostgreSQL then takes the rows of that day from the index on dates in the order
    /// of what follows in it. Of two conditions it does not know that they leave one day.
    pub(crate) fn narrow(&self, query: &mut QueryBuilder<'_, Postgres>) {
        self.narrow_by("effective_date", query);
    }

    /// The same on another column.
    pub(crate) fn narrow_by(&self, column: &'static str, query: &mut QueryBuilder<'_, Postgres>) {
        if let Some(day) = self.from.filter(|from| self.to == Some(*from)) {
            query.push(format!(" AND {column} = ")).push_bind(day);
            return;
        }
        if let Some(from) = self.from {
            query.push(format!(" AND {column} >= ")).push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(format!(" AND {column} <= ")).push_bind(to);
        }
    }
}

impl From<Period> for DateRange {
    fn from(period: Period) -> Self {
        Self { from: Some(period.from), to: Some(period.to) }
    }
}

impl Period {
    /// A good ten years.
    pub const MAX_DAYS: u32 = 3_700;

    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, PeriodError> {
        if to < from {
            return Err(PeriodError::Reversed);
        }
        match from.checked_add_days(Days::new(u64::from(Self::MAX_DAYS))) {
            Some(end) if to >= end => Err(PeriodError::TooLong { max_days: Self::MAX_DAYS }),
            Some(_) | None => Ok(Self { from, to }),
        }
    }

    pub fn from(&self) -> NaiveDate {
        self.from
    }

    pub fn to(&self) -> NaiveDate {
        self.to
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let to = self.to;
        iter::successors(Some(self.from), NaiveDate::succ_opt).take_while(move |day| *day <= to)
    }
}
