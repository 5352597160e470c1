//! What part of an amount is charged.

use rust_decimal::Decimal;

use super::ExactAmount;
use super::decimal::decimal_type;
use crate::money::Money;

decimal_type!(
    /// A part of the whole, 0 to 1 with at most twelve decimals: `0.013` is 1.3 %.
    Rate,
    Decimal::ONE,
    "1 (\"0.06\" is 6 %)"
);

impl Rate {
    /// This part of an amount, rounded once; `None` if it is out of range.
    pub fn of(self, amount: Money) -> Option<Money> {
        ExactAmount::product(amount.amount(), self.value())?.round(amount.currency())
    }
}
