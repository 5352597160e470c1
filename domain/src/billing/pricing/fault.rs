//! What is wrong with a plan's terms: everything at once, each with its place.

use std::fmt;

use super::Fee;
use crate::money::Currency;

/// One thing that cannot be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsFault {
    /// A JSON pointer into the terms: `/items/0/tiers/1/up_to`.
    pub pointer: String,
    /// A stable word for machines.
    pub code: &'static str,
    pub detail: String,
}

/// Why terms are none: at least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTerms(pub Vec<TermsFault>);

impl fmt::Display for InvalidTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{} {}", fault.pointer, fault.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidTerms {}

/// Where faults below one place are gathered.
#[derive(Debug)]
pub(super) struct Faults<'a> {
    place: String,
    found: &'a mut Vec<TermsFault>,
}

impl<'a> Faults<'a> {
    pub(super) fn at(place: impl Into<String>, found: &'a mut Vec<TermsFault>) -> Self {
        Self { place: place.into(), found }
    }

    pub(super) fn add(&mut self, pointer: &str, code: &'static str, detail: impl Into<String>) {
        let pointer = format!("{}{pointer}", self.place);
        self.found.push(TermsFault { pointer, code, detail: detail.into() });
    }

    /// Fees are paid as they are, so they have the currency's minor units. An unknown currency is told elsewhere.
    pub(super) fn check_fee(&mut self, pointer: &str, fee: Option<Fee>, currency: Option<Currency>) {
        if let (Some(fee), Some(currency)) = (fee, currency)
            && !fee.fits(currency)
        {
            let detail = format!("{currency} has {} decimals, the amount has more", currency.minor_units());
            self.add(pointer, "too_precise", detail);
        }
    }
}
