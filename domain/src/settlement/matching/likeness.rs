//! How alike two names are.
//!
//! By the number of letters to change, add, drop or swap: names of companies are short, and one other character may be
//! another company, so that a likeness that forgives more at the end than at the beginning would mislead.

use unicode_normalization::UnicodeNormalization;

use super::Score;

/// What says only that it is a company, as written after [`bare`]; the longest first.
const FORMS: [&str; 14] = [
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "公司",
    "companylimited",
    "coltd",
    "limited",
    "ltd",
    "incorporated",
    "inc",
    "corporation",
    "corp",
    "gmbh",
    "llc",
];

/// A name as it is compared: letters and digits only, without differences of width and case, and without what it says
/// of the form of the company. A name that is nothing else stays.
pub(super) fn bare(name: &str) -> String {
    let letters = name.nfkc().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric());
    let whole: String = letters.collect();
    let without = FORMS.iter().find_map(|form| whole.strip_suffix(form)).filter(|rest| !rest.is_empty());
    without.map(str::to_owned).unwrap_or(whole)
}

/// Of two bare names: the part of the longer one's letters that need not be changed.
pub(super) fn alike(one: &str, other: &str) -> Score {
    let longest = one.chars().count().max(other.chars().count());
    if longest == 0 {
        return Score::default();
    }
    let changes = strsim::osa_distance(one, other).min(longest);
    let kept = (longest - changes) * 100 / longest;
    Score::clamped(i32::try_from(kept).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(one: &str, other: &str) -> String {
        alike(&bare(one), &bare(other)).to_string()
    }

    #[test]
    fn width_case_spacing_and_form_make_no_difference() {
        assert_eq!(of("ＡＣＭＥ Trading Co., Ltd.", "Acme Trading"), "1.00");
        assert_eq!(of("上海青松贸易有限公司", "上海青松贸易股份有限公司"), "1.00");
        assert_eq!(of("Acme Company Limited", "ACME"), "1.00");
        assert_eq!(bare("有限公司"), "有限公司");
        assert_eq!(of("（）", "Acme"), "0.00");
    }

    #[test]
    fn another_character_counts_by_the_length_of_the_name() {
        assert_eq!(of("上海青松贸易有限公司", "上海青柏贸易有限公司"), "0.83");
        assert_eq!(of("Acme Trading", "Acme Tradign"), "0.90");
        assert_eq!(of("Acme", "Zenith"), "0.00");
    }
}
