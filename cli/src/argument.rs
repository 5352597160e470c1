//! What people write on a command line that is more than a word: positions, dates, moments, and which comes first.
//!
//! Owns that the same mistake is told in the same words by every command. What is wrong whatever the book holds is
//! wrong usage; what the book does not have is refused.

use std::fmt::Display;
use std::num::NonZeroUsize;

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};

use crate::failure::Failure;

/// The position of an event: 1, 2, 3 …
pub fn position(text: &str) -> Result<u64, String> {
    number(text).filter(|position| *position > 0).ok_or_else(|| "must be a position: 1, 2, 3 …".into())
}

/// Where the book may have stood: a position, or 0 before the first event.
pub fn position_reached(text: &str) -> Result<u64, String> {
    number(text).ok_or_else(|| "must be a position: 1, 2, 3 …, or 0 for the empty book".into())
}

/// A seal, named by how many events it covers.
pub fn seal_size(text: &str) -> Result<u64, String> {
    number(text)
        .ok_or_else(|| "must be how many events the seal covers, as in `tallybook audit seals`".into())
}

/// What fits the journal's numbers.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| i64::try_from(*number).is_ok())
}

pub fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "must be a date such as 2026-03-31".into())
}

pub fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc());
    moment.map_err(|_| "must be a moment with its offset, such as 2026-03-31T18:00:00+08:00".into())
}

pub fn tasks(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "must be a whole number, at least 1".into())
}

/// `--from` and `--to`, both included: the one that is given last must not be before the other.
pub fn in_order<T: PartialOrd + Display>(from: Option<T>, to: Option<T>) -> Result<(), Failure> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            Err(Failure::usage(anyhow!("--to {to} is before --from {from}: nothing lies between them")))
        }
        (_, _) => Ok(()),
    }
}

/// An event that may come to be.
pub fn no_event_yet(position: u64, head: u64) -> Failure {
    Failure::refused(anyhow!("there is no event {position} yet: the journal ends at {head}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_the_journal_can_hold() {
        assert_eq!(position("4711"), Ok(4711));
        assert_eq!(position_reached("0"), Ok(0));
        for wrong in ["0", "-1", "x", "", "9223372036854775808", "1.5"] {
            assert!(position(wrong).unwrap_err().starts_with("must be a position"), "{wrong}");
        }
        assert!(position_reached("9223372036854775808").is_err() && seal_size("-1").is_err());
        assert!(tasks("0").is_err() && tasks("2").is_ok());
    }

    #[test]
    fn what_ends_before_it_begins_is_wrong_usage() {
        assert!(in_order(Some(3), Some(3)).is_ok() && in_order(None, Some(3)).is_ok());
        let backwards = in_order(Some(9), Some(3)).unwrap_err();
        assert!(matches!(backwards, Failure::Usage(_)));
        assert!(backwards.to_string().starts_with("--to 3 is before --from 9"), "{backwards}");
    }
}
