//! Why usage cannot be priced, though the terms and each quantity are fine.

use super::{ItemCode, Meter};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingRefusal {
    /// Beyond the bounds of money, or with more digits than can be kept exactly.
    #[error("the amount of item {item} has more than 38 digits or is more than 10^15")]
    AmountOutOfRange { item: ItemCode },
    #[error("the sum of the lines, or what the tax makes of it, is more than 10^15")]
    TotalOutOfRange,
    #[error("the sum of what was used of {meter} is more than 10^15")]
    QuantityOutOfRange { meter: Meter },
    /// A percentage is taken of each event, so the total is not enough.
    #[error("item {item} is priced event by event, but only a total was given")]
    EventsNeeded { item: ItemCode },
}
