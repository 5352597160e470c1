//! What part of an amount is charged.

use rust_decimal::Decimal;

use super::decimal::decimal_type;

decimal_type!(
    /// A part of the whole, 0 to 1 with at most twelve decimals: `0.013` is 1.3 %.
    Rate,
    Decimal::ONE,
    "1 (\"0.06\" is 6 %)"
);
