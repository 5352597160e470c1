//! Amounts in words, as they stand on bills beside the figures.
//!
//! Must never round: what is written is the amount, to its last minor unit.

mod chinese;
mod english;

use super::{Currency, Money};

impl Money {
    /// Renminbi in Chinese capitals (人民币大写); `None` for other currencies, which the rule does not cover.
    pub fn in_chinese_words(&self) -> Option<String> {
        (self.currency == Currency::CNY).then(|| {
            let sign = if self.is_negative() { "负" } else { "" };
            format!("人民币{sign}{}", chinese::renminbi(self.minor_amount()))
        })
    }

    /// The code of the currency, the whole units in English words, the rest as a fraction:
    /// `CNY one thousand two hundred and five and 30/100`.
    pub fn in_english_words(&self) -> String {
        let sign = if self.is_negative() { "minus " } else { "" };
        format!(
            "{} {sign}{}",
            self.currency,
            english::amount(self.minor_amount(), self.currency.minor_units())
        )
    }

    /// How many minor units it is, without its sign.
    fn minor_amount(&self) -> u128 {
        self.amount.mantissa().unsigned_abs()
    }
}
