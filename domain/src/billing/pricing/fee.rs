//! What is charged whole.

use super::decimal::decimal_type;
use crate::money::{Currency, LIMIT};

decimal_type!(
    /// An amount of the plan's currency that is charged, or held against a charge, as it is: 0 to 10^15. The plan's terms
    /// hold it to the currency's minor units.
    Fee,
    LIMIT,
    "10^15"
);

impl Fee {
    /// Whether it can be paid in the currency.
    pub(super) fn fits(self, currency: Currency) -> bool {
        self.0.scale() <= currency.minor_units()
    }
}
