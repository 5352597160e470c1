//! The ways in which usage becomes an amount.

use serde::{Deserialize, Serialize};

use super::fault::Faults;
use super::{ChargeKind, Fee, Percentage, Quantity, Tier, UnitPrice, tier};
use crate::money::Currency;

/// A model with what it needs; `model` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum PriceModel {
    /// A fee per period.
    Flat { fee: Fee },
    /// Every unit at one price (单层).
    PerUnit { unit_price: UnitPrice },
    /// Each tier's units at its own price (多层, 阶梯).
    Graduated { tiers: Vec<Tier> },
    /// All units at the price of the tier they fall into.
    Volume { tiers: Vec<Tier> },
    /// Whole packages; one that is begun counts.
    Package { package_size: Quantity, package_price: UnitPrice },
    /// A part of amounts of money.
    Percentage(Percentage),
}

impl PriceModel {
    pub fn kind(&self) -> ChargeKind {
        match self {
            Self::Flat { .. } => ChargeKind::Flat,
            Self::PerUnit { .. } => ChargeKind::PerUnit,
            Self::Graduated { .. } => ChargeKind::Graduated,
            Self::Volume { .. } => ChargeKind::Volume,
            Self::Package { .. } => ChargeKind::Package,
            Self::Percentage(_) => ChargeKind::Percentage,
        }
    }

    pub(super) fn check(&self, currency: Option<Currency>, faults: &mut Faults<'_>) {
        match self {
            Self::Flat { fee } => faults.check_fee("/fee", Some(*fee), currency),
            Self::PerUnit { .. } => {}
            Self::Graduated { tiers } | Self::Volume { tiers } => tier::check(tiers, currency, faults),
            Self::Package { package_size, .. } => {
                if package_size.is_zero() {
                    faults.add("/package_size", "out_of_range", "must be more than zero");
                }
            }
            Self::Percentage(percentage) => percentage.check(faults),
        }
    }
}
