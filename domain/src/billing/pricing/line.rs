//! A line of a bill: what it is for, how it came about, what it costs.

use serde::{Deserialize, Serialize};

use super::{EventsCharged, ExactAmount, ItemCode, ItemName, Meter, PeriodShare, Quantity, TierUsed};
use crate::money::Money;

/// One item priced, or the difference to the plan's minimum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    pub code: ItemCode,
    pub name: ItemName,
    pub charge: ChargeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
    /// What was used, included units and all; none without a meter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// Units that came off first because they are free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<Quantity>,
    /// Where what is left fell.
    pub tiers: Vec<TierUsed>,
    /// Of a percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<EventsCharged>,
    /// Of a fee for a part of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<PeriodShare>,
    /// Which of the item's bounds made the amount, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounded_by: Option<Bound>,
    /// On a bill of late usage, what bills before it had of the line: the amounts are what is more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_before: Option<BilledBefore>,
    /// Before rounding.
    pub exact_amount: ExactAmount,
    /// The exact amount, rounded half up to the currency's minor units.
    pub amount: Money,
}

/// What was billed of a line before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledBefore {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    pub tiers: Vec<TierUsed>,
    pub exact_amount: ExactAmount,
    pub amount: Money,
}

/// How a line came about: by a model, or by the plan's minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    Flat,
    PerUnit,
    Graduated,
    Volume,
    Package,
    Percentage,
    TrueUp,
}

impl ChargeKind {
    pub const ALL: [Self; 7] = [
        Self::Flat,
        Self::PerUnit,
        Self::Graduated,
        Self::Volume,
        Self::Package,
        Self::Percentage,
        Self::TrueUp,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::PerUnit => "per_unit",
            Self::Graduated => "graduated",
            Self::Volume => "volume",
            Self::Package => "package",
            Self::Percentage => "percentage",
            Self::TrueUp => "true_up",
        }
    }
}

/// A bound of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    Minimum,
    Maximum,
}
