//! What a version of a price plan says: the items, the minimum, the tax.
//!
//! Terms are checked as a whole when they are made and when they are read, so whatever holds some can price with them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::fault::Faults;
use super::{Fee, InvalidTerms, MOST_ITEMS, PriceItem, Rate, TermsFault};
use crate::money::Currency;

/// Terms that keep to all rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenTerms")]
pub struct PlanTerms {
    currency: Currency,
    items: Vec<PriceItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Fee>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_rate: Option<Rate>,
}

#[derive(Deserialize)]
struct WrittenTerms {
    currency: Currency,
    items: Vec<PriceItem>,
    #[serde(default)]
    minimum: Option<Fee>,
    #[serde(default)]
    tax_rate: Option<Rate>,
}

impl TryFrom<WrittenTerms> for PlanTerms {
    type Error = InvalidTerms;

    fn try_from(written: WrittenTerms) -> Result<Self, InvalidTerms> {
        let WrittenTerms { currency, items, minimum, tax_rate } = written;
        Self::new(currency, items, minimum, tax_rate)
    }
}

impl PlanTerms {
    /// Refuses what cannot be with everything that is wrong, each at its place.
    pub fn new(
        currency: Currency,
        items: Vec<PriceItem>,
        minimum: Option<Fee>,
        tax_rate: Option<Rate>,
    ) -> Result<Self, InvalidTerms> {
        let mut faults = Vec::new();
        Faults::at("", &mut faults).check_fee("/minimum", minimum, Some(currency));
        if items.is_empty() {
            Faults::at("", &mut faults).add("/items", "empty", "must have at least one item");
        }
        if items.len() > MOST_ITEMS {
            let detail = format!("must have at most {MOST_ITEMS} items");
            Faults::at("", &mut faults).add("/items", "too_long", detail);
        }
        faults.extend(Self::faults_of(items.iter().enumerate(), Some(currency)));
        if faults.is_empty() {
            Ok(Self { currency, items, minimum, tax_rate })
        } else {
            Err(InvalidTerms(faults))
        }
    }

    /// What is wrong with items that stand at these places, when the rest of the terms could not be read.
    pub fn faults_of<'a>(
        items: impl Iterator<Item = (usize, &'a PriceItem)>,
        currency: Option<Currency>,
    ) -> Vec<TermsFault> {
        let (mut found, mut codes) = (Vec::new(), HashSet::new());
        for (at, item) in items {
            let mut faults = Faults::at(format!("/items/{at}"), &mut found);
            if !codes.insert(&item.code) {
                faults.add("/code", "duplicate", format!("{} is the code of another item", item.code));
            }
            item.check(currency, &mut faults);
        }
        found
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    pub fn items(&self) -> &[PriceItem] {
        &self.items
    }

    /// The least a period costs before tax.
    pub fn minimum(&self) -> Option<Fee> {
        self.minimum
    }

    pub fn tax_rate(&self) -> Option<Rate> {
        self.tax_rate
    }
}
