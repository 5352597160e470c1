//! What a model made of usage, and how.

use serde::{Deserialize, Serialize};

use super::{ExactAmount, Fee, PeriodShare, Quantity, Rate, UnitPrice};

/// An amount and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Charge {
    pub(super) amount: ExactAmount,
    pub(super) tiers: Vec<TierUsed>,
    pub(super) events: Option<EventsCharged>,
    pub(super) share: Option<PeriodShare>,
}

/// A tier and what fell into it. A model without tiers has one that begins at zero and does not end; of packages, it
/// counts the packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierUsed {
    /// Where the tier before it ended.
    pub from: Quantity,
    /// The last unit of it; `None` if it does not end.
    pub up_to: Option<Quantity>,
    pub quantity: Quantity,
    pub unit_price: UnitPrice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat_fee: Option<Fee>,
    /// Quantity times price, and the flat fee.
    pub amount: ExactAmount,
}

/// The events a percentage was taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsCharged {
    /// All there were.
    pub count: u64,
    /// Those that were not wholly free.
    pub charged: u64,
    /// What of their amounts was not free.
    pub charged_amount: Quantity,
    /// What was taken of it; bills of before 2026-11-22 do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// On top, for each event charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_per_event: Option<UnitPrice>,
}

impl Charge {
    /// The sum of the tiers; `None` if it has too many digits.
    pub(super) fn of_tiers(tiers: Vec<TierUsed>) -> Option<Self> {
        let amount = tiers.iter().try_fold(ExactAmount::ZERO, |sum, tier| sum.checked_add(tier.amount))?;
        Some(Self { amount, tiers, events: None, share: None })
    }
}
