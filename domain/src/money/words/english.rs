//! Amounts in English words, with the minor units as a fraction, as they are written on cheques.

const BELOW_TWENTY: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const THOUSANDS: [(u128, &str); 6] = [
    (1_000_000_000_000_000, " quadrillion"),
    (1_000_000_000_000, " trillion"),
    (1_000_000_000, " billion"),
    (1_000_000, " million"),
    (1_000, " thousand"),
    (1, ""),
];

/// So many minor units of a currency with so many decimals.
pub(super) fn amount(minor: u128, decimals: u32) -> String {
    let unit = 10_u128.pow(decimals);
    let whole = whole(minor / unit);
    if decimals == 0 {
        return whole;
    }
    format!("{whole} and {:0>width$}/{unit}", minor % unit, width = decimals as usize)
}

fn whole(number: u128) -> String {
    if number == 0 {
        return "zero".to_owned();
    }
    let mut words = String::new();
    for (unit, name) in THOUSANDS {
        let group = number / unit % 1000;
        if group == 0 {
            continue;
        }
        if !words.is_empty() {
            // "one thousand and five", but "one thousand two hundred and five".
            words += if unit == 1 && group < 100 { " and " } else { " " };
        }
        words += &below_thousand(group);
        words += name;
    }
    words
}

fn below_thousand(number: u128) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    match (hundreds, rest) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", word(&BELOW_TWENTY, hundreds)),
        (hundreds, rest) => format!("{} hundred and {}", word(&BELOW_TWENTY, hundreds), below_hundred(rest)),
    }
}

fn below_hundred(number: u128) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => word(&BELOW_TWENTY, number).to_owned(),
        (tens, 0) => word(&TENS, tens).to_owned(),
        (tens, ones) => format!("{}-{}", word(&TENS, tens), word(&BELOW_TWENTY, ones)),
    }
}

fn word(words: &[&'static str], number: u128) -> &'static str {
    // Callers ask for what the table has.
    usize::try_from(number).ok().and_then(|number| words.get(number)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use crate::money::{Currency, Money};

    fn words(amount: &str, currency: &str) -> String {
        Money::parse(amount, Currency::parse(currency).unwrap()).unwrap().in_english_words()
    }

    #[test]
    fn amounts_are_written_with_their_minor_units() {
        assert_eq!(words("0", "CNY"), "CNY zero and 00/100");
        assert_eq!(words("0.05", "USD"), "USD zero and 05/100");
        assert_eq!(words("15.30", "USD"), "USD fifteen and 30/100");
        assert_eq!(words("21", "EUR"), "EUR twenty-one and 00/100");
        assert_eq!(words("12.345", "KWD"), "KWD twelve and 345/1000");
        assert_eq!(words("12", "JPY"), "JPY twelve");
        assert_eq!(words("1.0001", "CLF"), "CLF one and 0001/10000");
        assert_eq!(words("-40.00", "USD"), "USD minus forty and 00/100");
    }

    #[test]
    fn whole_units_are_written_as_people_say_them() {
        for (amount, expected) in [
            ("100", "one hundred"),
            ("101", "one hundred and one"),
            ("999", "nine hundred and ninety-nine"),
            ("1000", "one thousand"),
            ("1005", "one thousand and five"),
            ("1205", "one thousand two hundred and five"),
            ("1000000", "one million"),
            ("1000040", "one million and forty"),
            (
                "12345678",
                "twelve million three hundred and forty-five thousand six hundred and seventy-eight",
            ),
            ("2000000000", "two billion"),
            ("3000000000000", "three trillion"),
            ("1000000000000000", "one quadrillion"),
        ] {
            assert_eq!(words(amount, "JPY"), format!("JPY {expected}"));
        }
    }
}
