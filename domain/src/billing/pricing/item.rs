//! One thing a plan charges for.
//!
//! Owns the order: included units come off first, then the model, then the item's minimum and maximum, then rounding.

use serde::{Deserialize, Serialize};

use super::charge::Charge;
use super::fault::Faults;
use super::line::{Bound, PricedLine};
use super::{
    ExactAmount, Fee, ItemCode, ItemName, Meter, Metered, PeriodShare, PriceModel, PricingRefusal, Quantity,
    flat, graduated, package, per_unit, percentage, volume,
};
use crate::money::Currency;
use crate::text::{self, InvalidText};

/// An item as it was agreed. What it must keep to is checked by the terms it is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceItem {
    pub code: ItemCode,
    pub name: ItemName,
    /// What is counted. A flat fee may do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
    #[serde(flatten)]
    pub model: PriceModel,
    /// Units that are free in each period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<Quantity>,
    /// The least the item costs in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Fee>,
    /// The most the item costs in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Fee>,
    #[serde(default)]
    pub zero_usage: ZeroUsage,
}

/// Whether flat fees are charged for a period without a unit to pay for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroUsage {
    /// The flat fee is, or that of the first tier.
    #[default]
    Charge,
    Skip,
}

impl ZeroUsage {
    pub const ALL: [Self; 2] = [Self::Charge, Self::Skip];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Skip => "skip",
        }
    }
}

impl std::str::FromStr for ZeroUsage {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "charge or skip")
    }
}

impl PriceItem {
    /// What the item's own members cannot be together, by pointers below the item's place. Without a currency, what
    /// hangs on it is not looked at.
    pub(super) fn check(&self, currency: Option<Currency>, faults: &mut Faults<'_>) {
        if self.code == ItemCode::TRUE_UP {
            faults.add("/code", "reserved", "is the line of the plan's minimum; choose another");
        }
        self.check_meter(faults);
        self.model.check(currency, faults);
        faults.check_fee("/minimum", self.minimum, currency);
        faults.check_fee("/maximum", self.maximum, currency);
        if let (Some(minimum), Some(maximum)) = (self.minimum, self.maximum)
            && minimum > maximum
        {
            faults.add("/maximum", "out_of_range", format!("must not be less than the minimum, {minimum}"));
        }
    }

    fn check_meter(&self, faults: &mut Faults<'_>) {
        let flat = match &self.model {
            PriceModel::Flat { .. } => true,
            PriceModel::PerUnit { .. }
            | PriceModel::Graduated { .. }
            | PriceModel::Volume { .. }
            | PriceModel::Package { .. }
            | PriceModel::Percentage(_) => false,
        };
        if self.meter.is_none() && !flat {
            faults.add("/meter", "missing", "is needed: the model prices what a meter counts");
        }
        if self.meter.is_none() && flat && self.zero_usage == ZeroUsage::Skip {
            faults.add("/meter", "missing", "is needed to know of a period without usage");
        }
        if self.included.is_some() && flat {
            faults.add("/included", "not_for_model", "a flat fee has no units");
        }
        if self.included.is_some() && matches!(self.model, PriceModel::Percentage(_)) {
            faults.add("/included", "not_for_model", "use free_events or free_amount");
        }
    }

    pub(super) fn price(
        &self,
        used: Option<Metered<'_>>,
        share: PeriodShare,
        currency: Currency,
    ) -> Result<PricedLine, PricingRefusal> {
        let quantity = match (&self.meter, used) {
            (Some(meter), Some(used)) => Some(used.quantity(meter)?),
            (Some(_), None) => Some(Quantity::ZERO),
            (None, _) => None,
        };
        let used = used.unwrap_or(Metered::NONE);
        let too_large = || PricingRefusal::AmountOutOfRange { item: self.code.clone() };
        let charge = self.charge(quantity, used, share)?.ok_or_else(too_large)?;
        let (exact_amount, bounded_by) = self.bounded(charge.amount, share).ok_or_else(too_large)?;
        Ok(PricedLine {
            code: self.code.clone(),
            name: self.name.clone(),
            charge: self.model.kind(),
            meter: self.meter.clone(),
            quantity,
            included: self.included,
            tiers: charge.tiers,
            events: charge.events,
            share: charge.share,
            bounded_by,
            billed_before: None,
            exact_amount,
            amount: exact_amount.round(currency).ok_or_else(too_large)?,
        })
    }

    /// What the model makes of it; `None` inside if that has too many digits.
    fn charge(
        &self,
        quantity: Option<Quantity>,
        used: Metered<'_>,
        share: PeriodShare,
    ) -> Result<Option<Charge>, PricingRefusal> {
        let units = quantity.unwrap_or(Quantity::ZERO).less(self.included.unwrap_or(Quantity::ZERO));
        let with_fee = quantity.is_none() || !units.is_zero() || self.zero_usage == ZeroUsage::Charge;
        Ok(match &self.model {
            PriceModel::Flat { fee } => flat::charge(*fee, share, with_fee),
            PriceModel::PerUnit { unit_price } => per_unit::charge(*unit_price, units),
            PriceModel::Graduated { tiers } => graduated::charge(tiers, units, with_fee),
            PriceModel::Volume { tiers } => volume::charge(tiers, units, with_fee),
            PriceModel::Package { package_size, package_price } => {
                package::charge(*package_size, *package_price, units)
            }
            PriceModel::Percentage(terms) => {
                let needed = || PricingRefusal::EventsNeeded { item: self.code.clone() };
                percentage::charge(terms, used.events().ok_or_else(needed)?)
            }
        })
    }

    /// A minimum is for a whole period, so a part of one takes its part of it. A maximum stays: it is no price of time.
    fn bounded(&self, amount: ExactAmount, share: PeriodShare) -> Option<(ExactAmount, Option<Bound>)> {
        if let Some(minimum) = self.minimum {
            let minimum = share.of_fee(minimum)?;
            if amount < minimum {
                return Some((minimum, Some(Bound::Minimum)));
            }
        }
        if let Some(maximum) = self.maximum {
            let maximum = maximum.value().into();
            if amount > maximum {
                return Some((maximum, Some(Bound::Maximum)));
            }
        }
        Some((amount, None))
    }
}
