//! Which bills a payer has named: ids and numbers in the text of a payment, however they are separated.

use unicode_normalization::UnicodeNormalization;

use super::{OpenBill, OpenBills};

/// How many pieces an id or number can be written in: `C00042 2026 10 d1`.
const PIECES: usize = 4;
/// More are not looked at: nobody names as many bills by hand.
const MOST_PIECES: usize = 400;

/// An id or number without what separates its parts.
pub(super) fn key(written: &str) -> String {
    written.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Bills of which something is owed, in the order in which they are named, each once.
pub(super) fn named<'a>(bills: &'a OpenBills, text: &str) -> Vec<&'a OpenBill> {
    let text: String = text.nfkc().collect();
    let pieces: Vec<String> = pieces(&text).take(MOST_PIECES).map(key).collect();
    let mut named: Vec<&OpenBill> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let ends = (at + 1..=pieces.len().min(at + PIECES)).rev();
        let found = ends.map(|end| (end, pieces[at..end].concat())).find_map(|(end, key)| {
            let bill = bills.by_key(&key).or_else(|| bills.by_key(after_letters(&key)?))?;
            Some((end, bill))
        });
        at = found.map_or(at + 1, |(end, _)| end);
        if let Some((_, bill)) = found
            && bill.open.is_positive()
            && !named.iter().any(|known| known.bill == bill.bill)
        {
            named.push(bill);
        }
    }
    named
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty())
}

/// `NO2026000042` without its letters.
fn after_letters(key: &str) -> Option<&str> {
    let digits = key.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    (digits.len() < key.len() && !digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};

    fn bills() -> OpenBills {
        let bill = |bill: &str, number: &str, open: &str| OpenBill {
            bill: bill.parse().unwrap(),
            number: Some(number.parse().unwrap()),
            due_date: "2026-11-30".parse().unwrap(),
            open: Money::parse(open, Currency::CNY).unwrap(),
        };
        [
            bill("C00042.2026-10", "2026-000042", "10.00"),
            bill("C00042.2026-10.d1", "2026-000050", "1.00"),
            bill("C00007.2026-10", "2026-000007", "5.00"),
            bill("C00007.2026-09", "2026-000001", "0.00"),
        ]
        .into_iter()
        .collect()
    }

    fn named_in(text: &str) -> Vec<String> {
        named(&bills(), text).iter().map(|bill| bill.bill.to_string()).collect()
    }

    #[test]
    fn ids_and_numbers_are_found_however_they_are_written() {
        for text in [
            "C00042.2026-10",
            "付C00042.2026-10账单款",
            "c00042 2026/10",
            "INV C00042.2026-10.",
            "账单号2026-000042货款",
            "NO2026000042",
            "Ｎｏ.２０２６-０００042",
            "bill (2026 000042)",
        ] {
            assert_eq!(named_in(text), ["C00042.2026-10"], "{text}");
        }
    }

    #[test]
    fn the_longest_name_counts_and_each_bill_once() {
        assert_eq!(named_in("C00042.2026-10.d1"), ["C00042.2026-10.d1"]);
        assert_eq!(
            named_in("2026-000007, C00042.2026-10 und 2026-000042"),
            ["C00007.2026-10", "C00042.2026-10"]
        );
    }

    #[test]
    fn what_is_paid_or_only_looks_alike_is_not_named() {
        for text in ["2026-000001", "C00042", "2026-10", "12026-000042", "2026-0000421", "", "谢谢"] {
            assert!(named_in(text).is_empty(), "{text}");
        }
    }
}
