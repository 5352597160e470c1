//! The ends of a stretch of the journal, as people name them: a position, a day or a moment.

use std::str::FromStr;

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use sqlx::PgPool;
use tallybook_event_store::journal::position_at;

use crate::argument::{self, in_order};
use crate::failure::Failure;

/// Where a stretch begins or ends, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JournalBound {
    Position(u64),
    /// The whole day, in the book's time zone.
    Day(NaiveDate),
    Moment(DateTime<Utc>),
}

impl FromStr for JournalBound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = argument::position(text)
            .map(Self::Position)
            .or_else(|_| argument::date(text).map(Self::Day))
            .or_else(|_| argument::moment(text).map(Self::Moment));
        read.map_err(|_| {
            "must be a position (4711), a date (2026-03-31) or a moment (2026-03-31T18:00:00+08:00)".into()
        })
    }
}

impl JournalBound {
    /// Two of a kind; of others only the book can tell which comes first.
    pub(super) fn in_order(from: Option<Self>, to: Option<Self>) -> Result<(), Failure> {
        match (from, to) {
            (Some(Self::Position(from)), Some(Self::Position(to))) => in_order(Some(from), Some(to)),
            (Some(Self::Day(from)), Some(Self::Day(to))) => in_order(Some(from), Some(to)),
            (Some(Self::Moment(from)), Some(Self::Moment(to))) => in_order(Some(from), Some(to)),
            (_, _) => Ok(()),
        }
    }

    /// The first position that lies in it or after it.
    pub(super) async fn first(self, pool: &PgPool, zone: Tz) -> Result<u64, Failure> {
        let begin = match self {
            Self::Position(position) => return Ok(position),
            Self::Day(day) => midnight(day, zone)?,
            Self::Moment(moment) => moment,
        };
        Ok(last_before(pool, begin).await?.saturating_add(1))
    }

    /// The last position that lies in it or before it; 0 if there is none.
    pub(super) async fn last(self, pool: &PgPool, zone: Tz) -> Result<u64, Failure> {
        match self {
            Self::Position(position) => Ok(position),
            Self::Day(day) => match day.succ_opt() {
                Some(next) => last_before(pool, midnight(next, zone)?).await,
                None => Err(Failure::usage(anyhow!("{day} is too late"))),
            },
            Self::Moment(moment) => Ok(position_at(pool, moment).await?),
        }
    }
}

/// The journal's times are cut to microseconds.
async fn last_before(pool: &PgPool, moment: DateTime<Utc>) -> Result<u64, Failure> {
    match moment.checked_sub_signed(TimeDelta::microseconds(1)) {
        Some(before) => Ok(position_at(pool, before).await?),
        None => Ok(0),
    }
}

/// When a day begins; where clocks are put forward at midnight, an hour later.
fn midnight(day: NaiveDate, zone: Tz) -> Result<DateTime<Utc>, Failure> {
    let begin = day.and_time(NaiveTime::MIN);
    let first = [begin, begin + TimeDelta::hours(1)]
        .into_iter()
        .find_map(|local| zone.from_local_datetime(&local).earliest());
    let none = || Failure::usage(anyhow!("{day} does not begin in {zone}"));
    first.map(|moment| moment.to_utc()).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_position_a_day_or_a_moment() {
        assert_eq!("42".parse(), Ok(JournalBound::Position(42)));
        assert_eq!("2026-03-31".parse(), Ok(JournalBound::Day("2026-03-31".parse().unwrap())));
        let moment = "2026-03-31T10:00:00Z".parse().unwrap();
        assert_eq!("2026-03-31T18:00:00+08:00".parse(), Ok(JournalBound::Moment(moment)));
        for bad in ["0", "-1", "9223372036854775808", "yesterday", "2026-03", "2026-03-31T18:00:00"] {
            assert!(bad.parse::<JournalBound>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        let day: NaiveDate = "2026-03-31".parse().unwrap();
        let begins = |zone| midnight(day, zone).unwrap().to_rfc3339();
        assert_eq!(begins(chrono_tz::Asia::Shanghai), "2026-03-30T16:00:00+00:00");
        // In Beirut clocks go from 0:00 to 1:00 on the last Sunday of March.
        let sunday = "2026-03-29".parse().unwrap();
        assert_eq!(
            midnight(sunday, chrono_tz::Asia::Beirut).unwrap().to_rfc3339(),
            "2026-03-28T22:00:00+00:00"
        );
    }
}
