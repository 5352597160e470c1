//! Limits of differences as people write them: `bank_fee=25.00 CNY, rounding=1.00 CNY`.

use std::fmt;
use std::str::FromStr;

use super::{DifferenceLimits, DifferenceReason};
use crate::money::{Currency, Money};

/// What stands for no limits at all.
const NONE: &str = "none";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part:?} {reason}: limits look like `bank_fee=25.00 CNY, rounding=1.00 CNY`, or none")]
pub struct InvalidLimits {
    part: String,
    reason: String,
}

impl FromStr for DifferenceLimits {
    type Err = InvalidLimits;

    fn from_str(text: &str) -> Result<Self, InvalidLimits> {
        if text.trim() == NONE {
            return Ok(Self::default());
        }
        let mut limits: Vec<(DifferenceReason, Money)> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let refused = |reason: String| InvalidLimits { part: part.to_owned(), reason };
            let (reason, limit) = read(part).map_err(refused)?;
            let is_same = |(known, of): &(DifferenceReason, Money)| {
                *known == reason && of.currency() == limit.currency()
            };
            if limits.iter().any(is_same) {
                return Err(refused("is limited twice".into()));
            }
            limits.push((reason, limit));
        }
        Ok(Self::new(limits))
    }
}

fn read(part: &str) -> Result<(DifferenceReason, Money), String> {
    let (reason, limit) = part.split_once('=').ok_or("has no =")?;
    let reason = reason.trim().parse().map_err(|error| format!("is of no known reason: it {error}"))?;
    let (amount, currency) = limit.trim().split_once(' ').ok_or("has no currency")?;
    let currency = Currency::parse(currency.trim()).map_err(|error| format!("cannot be read: {error}"))?;
    let limit = Money::parse(amount, currency).map_err(|error| format!("cannot be read: {error}"))?;
    if limit.is_negative() { Err("is less than nothing".into()) } else { Ok((reason, limit)) }
}

impl TryFrom<String> for DifferenceLimits {
    type Error = InvalidLimits;

    fn try_from(text: String) -> Result<Self, InvalidLimits> {
        text.parse()
    }
}

impl fmt::Display for DifferenceLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (at, (reason, limit)) in self.0.iter().enumerate() {
            let before = if at == 0 { "" } else { ", " };
            write!(f, "{before}{reason}={limit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written() {
        let read = |text: &str| text.parse::<DifferenceLimits>().unwrap();
        assert_eq!(read(" none ").to_string(), "none");
        let written = "bank_fee=25.00 CNY, rounding=1.00 CNY, fx=25.00 CNY";
        assert_eq!(read(written), DifferenceLimits::usual());
        assert_eq!(DifferenceLimits::usual().to_string(), written);
        assert_eq!(
            read("bank_fee=300 JPY,bank_fee=2.50 USD").to_string(),
            "bank_fee=300 JPY, bank_fee=2.50 USD"
        );
    }

    #[test]
    fn what_is_no_limit_is_refused_with_the_part_that_is_wrong() {
        for (wrong, part) in [
            ("", "\"\" has no ="),
            ("bank_fee=25.00 CNY,", "\"\" has no ="),
            ("bank_fee", "\"bank_fee\" has no ="),
            ("fee=1.00 CNY", "\"fee=1.00 CNY\" is of no known reason"),
            ("fx=25.00", "\"fx=25.00\" has no currency"),
            ("fx=25.00 RMB", "\"fx=25.00 RMB\" cannot be read"),
            ("fx=25.001 CNY", "\"fx=25.001 CNY\" cannot be read"),
            ("fx=-1.00 CNY", "\"fx=-1.00 CNY\" is less than nothing"),
            ("fx=1.00 CNY, fx=2.00 CNY", "\"fx=2.00 CNY\" is limited twice"),
        ] {
            let refusal = wrong.parse::<DifferenceLimits>().unwrap_err().to_string();
            assert!(refusal.starts_with(part), "{refusal}");
        }
    }
}
