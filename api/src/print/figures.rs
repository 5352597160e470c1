//! Figures as people read them: with the thousands apart.

use std::fmt;

use tallybook_domain::Money;

/// A number in its decimal writing, shown as `1,234.56`.
pub(crate) struct Grouped(pub(crate) String);

impl Grouped {
    pub(crate) fn money(money: Money) -> Self {
        Self(money.amount().to_string())
    }
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = match self.0.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", self.0.as_str()),
        };
        let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        f.write_str(sign)?;
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (plain, expected) in [
            ("0.00", "0.00"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.8900", "-1,234,567.8900"),
            ("100000", "100,000"),
            ("0.000000000001", "0.000000000001"),
        ] {
            assert_eq!(Grouped(plain.into()).to_string(), expected);
        }
    }
}
