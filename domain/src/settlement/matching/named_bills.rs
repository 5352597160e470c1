//! Which bills a payer has named: ids and numbers in the text of a payment, or in its reference.
//!
//! By their form alone, whether there is such a bill or anything is owed of it: a bill that is paid already, or another
//! customer's, is named all the same.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::FreeReceipt;
use crate::billing::{BillId, BillNumber};

/// How many pieces an id can be written in: `C00042 2026 10 d1`.
const PIECES: usize = 4;
/// More are not looked at: nobody names as many bills by hand.
const MOST_PIECES: usize = 400;
/// What may stand between the pieces of one id or number; full-width ones are these by then.
const SEPARATORS: [char; 9] = ['-', '.', '/', '_', ' ', '‐', '‑', '–', '—'];
const HYPHENS: [&str; 5] = ["-", "‐", "‑", "–", "—"];
/// What digits without a hyphen have to follow to be a bill's number; the longest first.
const WORDS: [&str; 7] = ["账单编号", "账单号", "账单", "发票号码", "发票号", "发票", "单号"];
const LATIN_WORDS: [&str; 5] = ["INVOICE", "BILL", "INV", "NO", "NR"];

/// A bill as the payer has named it. Shows itself as it is spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamedBill {
    Id(BillId),
    Number(BillNumber),
}

impl std::fmt::Display for NamedBill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(bill) => write!(f, "{bill}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// In the order in which they are named, each once. Banks number their payments too: in the reference, digits are a
/// bill's number only with its hyphen.
pub(super) fn named(receipt: &FreeReceipt) -> Vec<NamedBill> {
    let text = receipt.text.as_ref().map_or("", |text| text.as_str());
    let mut named = Written::of(text, true).bills();
    for bill in Written::of(receipt.reference.as_str(), false).bills() {
        if !named.contains(&bill) {
            named.push(bill);
        }
    }
    named
}

/// A text without differences of width and case, and where its letters and digits stand.
struct Written {
    text: String,
    pieces: Vec<Range<usize>>,
    /// Whether digits after a word are a number.
    words: bool,
}

impl Written {
    fn of(text: &str, words: bool) -> Self {
        let text = text.nfkc().collect::<String>().to_ascii_uppercase();
        let mut pieces: Vec<Range<usize>> = Vec::new();
        for (at, _) in text.char_indices().filter(|(_, letter)| letter.is_ascii_alphanumeric()) {
            match pieces.last_mut() {
                Some(piece) if piece.end == at => piece.end += 1,
                Some(_) | None => pieces.push(at..at + 1),
            }
        }
        pieces.truncate(MOST_PIECES);
        Self { text, pieces, words }
    }

    fn bills(&self) -> Vec<NamedBill> {
        let mut named: Vec<NamedBill> = Vec::new();
        let mut at = 0;
        // Where the number before ends, which a word has made one: others may follow it.
        let mut listed = None;
        while at < self.pieces.len() {
            let ends =
                (at + 1..=self.pieces.len().min(at + PIECES)).rev().filter(|end| self.is_one(at, *end));
            let found = ends
                .map(|end| (end, self.id(at, end).or_else(|| self.number(at, end, listed == Some(at)))))
                .find_map(|(end, bill)| bill.map(|bill| (end, bill)));
            let Some((end, bill)) = found else {
                at += 1;
                continue;
            };
            let number = matches!(bill, NamedBill::Number(_));
            listed = (number && self.lists(end)).then_some(end);
            if !named.contains(&bill) {
                named.push(bill);
            }
            at = end;
        }
        named
    }

    /// What stands between a piece and the one before it.
    fn gap(&self, at: usize) -> Option<&str> {
        let before = self.pieces.get(at.checked_sub(1)?)?;
        Some(&self.text[before.end..self.pieces.get(at)?.start])
    }

    fn piece(&self, at: usize) -> &str {
        &self.text[self.pieces[at].clone()]
    }

    /// Whether only one separator or two stand between the pieces.
    fn is_one(&self, at: usize, end: usize) -> bool {
        let separated = |gap: &str| {
            (1..=2).contains(&gap.chars().count()) && gap.chars().all(|letter| SEPARATORS.contains(&letter))
        };
        (at + 1..end).all(|at| self.gap(at).is_some_and(separated))
    }

    /// Whether the next piece is the next of a list.
    fn lists(&self, at: usize) -> bool {
        self.gap(at).is_some_and(|gap| gap.chars().all(|letter| ",、;+&和及与 ".contains(letter)))
    }

    fn id(&self, at: usize, end: usize) -> Option<NamedBill> {
        let whole: String = (at..end).map(|at| self.piece(at)).collect();
        let rest = whole.strip_prefix('C')?;
        let digits = &rest[..rest.find(['R', 'D']).unwrap_or(rest.len())];
        let which = rest[digits.len()..].to_ascii_lowercase();
        let (customer, month) = digits.split_at_checked(digits.len().checked_sub(6)?)?;
        // Its first piece is the customer, or all of it.
        let first = self.piece(at).len();
        if first != 1 + customer.len() && first < 1 + digits.len() {
            return None;
        }
        let (year, month) = month.split_at(4);
        let point = if which.is_empty() { "" } else { "." };
        format!("C{customer}.{year}-{month}{point}{which}").parse().ok().map(NamedBill::Id)
    }

    /// `2026-000042` wherever it stands alone; its digits without the hyphen only after a word.
    fn number(&self, at: usize, end: usize, listed: bool) -> Option<NamedBill> {
        let first = self.piece(at);
        let bare = first.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let letters = &first[..first.len() - bare.len()];
        let (glued, start) = (LATIN_WORDS.contains(&letters), self.pieces[at].start);
        if !(letters.is_empty() || glued) || self.is_part(at, glued) || self.is_part(end, true) {
            return None;
        }
        let spelled = end == at + 2 && self.gap(at + 1).is_some_and(|gap| HYPHENS.contains(&gap));
        let after_word = || self.words && (glued || listed || is_after_word(&self.text[..start]));
        if !spelled && !after_word() {
            return None;
        }
        let rest = (at + 1..end).map(|at| self.piece(at));
        let parts: Vec<&str> = std::iter::once(bare).chain(rest).filter(|part| !part.is_empty()).collect();
        let (year, number) = match parts.as_slice() {
            [whole] if !spelled => whole.split_at_checked(4)?,
            [year, number] if year.len() == 4 => (*year, *number),
            _ => return None,
        };
        let plausible = year.starts_with("19") || year.starts_with("20");
        plausible.then(|| format!("{year}-{number}").parse().ok()).flatten().map(NamedBill::Number)
    }

    /// Whether what stands before a piece hangs on to it, as in `HT-2026-000042`, if that is no word.
    fn is_part(&self, at: usize, whatever: bool) -> bool {
        let tight = |gap: &str| {
            let mut letters = gap.chars();
            let separator =
                letters.next().is_some_and(|letter| !" /".contains(letter) && SEPARATORS.contains(&letter));
            separator && letters.next().is_none()
        };
        let word = || at.checked_sub(1).is_some_and(|at| LATIN_WORDS.contains(&self.piece(at)));
        self.gap(at).is_some_and(tight) && (whatever || !word())
    }
}

fn is_after_word(before: &str) -> bool {
    let before =
        before.trim_end_matches(|letter: char| ":#(\"'".contains(letter) || SEPARATORS.contains(&letter));
    if let Some((word, rest)) = WORDS.iter().find_map(|word| Some((*word, before.strip_suffix(word)?))) {
        // 转账单 and 订单号 are no bills.
        return match word {
            "单号" => !rest.ends_with(char::is_alphanumeric),
            _ => !rest.ends_with('转'),
        };
    }
    let latin = LATIN_WORDS.iter().find_map(|word| before.strip_suffix(word));
    latin.is_some_and(|rest| !rest.ends_with(|letter: char| letter.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_in(text: &str) -> Vec<String> {
        Written::of(text, true).bills().iter().map(NamedBill::to_string).collect()
    }

    #[test]
    fn ids_are_found_however_they_are_separated() {
        for text in [
            "C00042.2026-10",
            "付C00042.2026-10账单款",
            "c00042 2026/10",
            "C00042202610",
            "INV C00042.2026-10.",
            "Ｃ０００４２．２０２６－１０",
        ] {
            assert_eq!(named_in(text), ["C00042.2026-10"], "{text}");
        }
        assert_eq!(
            named_in("C00042.2026-10.d1 C00042 2026 10 r2"),
            ["C00042.2026-10.d1", "C00042.2026-10.r2"]
        );
    }

    #[test]
    fn numbers_are_found_with_their_hyphen_or_after_a_word() {
        for text in [
            "2026-000042",
            "账单号2026-000042货款",
            "NO2026000042",
            "Ｎｏ.２０２６-０００042",
            "№ 2026000042",
            "bill (2026 000042)",
            "账单：2026000042",
            "单号 2026.000042",
            "INV-2026-000042",
            "Invoice No. 2026000042",
        ] {
            assert_eq!(named_in(text), ["2026-000042"], "{text}");
        }
        assert_eq!(named_in("账单 2026000042、2026000043"), ["2026-000042", "2026-000043"]);
    }

    #[test]
    fn the_longest_name_counts_and_each_bill_once() {
        assert_eq!(
            named_in("2026-000007, C00042.2026-10 und 2026-000007"),
            ["2026-000007", "C00042.2026-10"]
        );
    }

    #[test]
    fn what_only_looks_alike_is_not_named() {
        for text in [
            "C00042",
            "2026-10",
            "12026-000042",
            "2026-0000421",
            "HT-2026-000042",
            "HT2026-000042",
            "2026-000042-01",
            "0755-123456",
            "2026000042",
            "电话 2026000042",
            "订单号 2026000042",
            "转账单号：2026000042",
            "2026年服务费，收据 000042",
            "账单 2026 年服务费 000042",
            "C00042 的 2026-10",
            "",
            "谢谢",
        ] {
            assert!(named_in(text).is_empty(), "{text}: {:?}", named_in(text));
        }
    }

    #[test]
    fn text_and_reference_are_searched_apart_and_a_reference_only_for_what_is_spelled_out() {
        let named_by = |text: &str, reference: &str| -> Vec<String> {
            let receipt = super::super::tests::receipt(Some(42), "1.00");
            let reference = reference.parse().unwrap();
            let text = Some(text.parse().unwrap());
            named(&FreeReceipt { reference, text, ..receipt }).iter().map(NamedBill::to_string).collect()
        };
        assert!(named_by("款项 2026", "000042").is_empty());
        assert!(named_by("货款", "2026000042").is_empty());
        assert!(named_by("账单", "NO2026000042").is_empty());
        assert_eq!(named_by("账单", "2026-000042"), ["2026-000042"]);
        assert_eq!(named_by("C00042.2026-10", "C00042.2026-10"), ["C00042.2026-10"]);
    }
}
