//! What part of an amount is charged.

use rust_decimal::{Decimal, RoundingStrategy};

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
    /// What is left of an amount that has this part of it added, once it is taken out, rounded half up; `None` if it is
    /// out of range.
    pub fn taken_out_of(self, gross: Money) -> Option<Money> {
        let whole = Decimal::ONE.checked_add(self.value())?;
        let (currency, half_up) = (gross.currency(), RoundingStrategy::MidpointAwayFromZero);
        let net = gross.amount().checked_div(whole)?.round_dp_with_strategy(currency.minor_units(), half_up);
        Money::new(net, currency).ok()
    }

    /// This part of an amount, rounded once; `None` if it is out of range.
    pub fn of(self, amount: Money) -> Option<Money> {
        ExactAmount::product(amount.amount(), self.value())?.round(amount.currency())
    }
}
