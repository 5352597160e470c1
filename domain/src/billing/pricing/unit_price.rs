//! What one unit costs.

use super::decimal::decimal_type;
use crate::money::LIMIT;

decimal_type!(
    /// A price in the plan's currency, finer than its minor units: 0 to 10^15, at most twelve decimals.
    UnitPrice,
    LIMIT,
    "10^15"
);
