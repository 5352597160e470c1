//! What banks write into cells: amounts, dates, times, currencies.

use chrono::NaiveDate;
use tallybook_domain::{Currency, Money, MoneyError};
use unicode_normalization::UnicodeNormalization;

/// The text, or `None` for an empty cell: banks also fill those with dashes.
pub fn filled(cell: &str) -> Option<&str> {
    let empty = cell.chars().all(|c| matches!(c, '-' | '–' | '—' | '―' | '－' | '−') || c.is_whitespace());
    (!empty).then_some(cell)
}

/// An amount with its sign, thousands separators and currency marks: `-2,600.00`, `¥1.5`, `+3`, `100.00元`.
pub fn amount(text: &str, currency: Currency) -> Result<Money, String> {
    let refuse = |why: &dyn std::fmt::Display| format!("amount {text:?}: {why}");
    let plain: String = text.nfkc().map(|c| if c == '\u{2212}' { '-' } else { c }).collect();
    let unmarked = plain.trim().trim_end_matches('元').trim_end();
    // The sign stands before or after the currency mark.
    let (outer, rest) = signed(unmarked);
    let (inner, rest) = signed(rest.strip_prefix('¥').unwrap_or(rest).trim_start());
    let negative = match (outer, inner) {
        (None, sign) | (sign, None) => sign == Some(Sign::Minus),
        (Some(_), Some(_)) => return Err(refuse(&"is no amount")),
    };
    let digits = digits(rest).map_err(|why| refuse(&why))?;
    let sign = if negative { "-" } else { "" };
    Money::parse(&format!("{sign}{digits}"), currency).map_err(|error| match error {
        MoneyError::Malformed => refuse(&"is no amount"),
        MoneyError::TooPrecise { .. }
        | MoneyError::OutOfRange
        | MoneyError::CurrencyMismatch { .. }
        | MoneyError::UnknownCurrency { .. } => refuse(&error),
    })
}

/// A number as computers write it, of one with thousands separators, a sign or digits of full width.
pub fn number(text: &str) -> Result<String, &'static str> {
    let plain: String = text.nfkc().map(|c| if c == '\u{2212}' { '-' } else { c }).collect();
    let (sign, rest) = signed(plain.trim());
    let digits = digits(rest)?;
    Ok(if sign == Some(Sign::Minus) { format!("-{digits}") } else { digits })
}

/// Without the commas that separate thousands, and with the zero before the point that some leave out.
fn digits(text: &str) -> Result<String, &'static str> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (text, String::new()),
    };
    let whole = ungrouped(whole).ok_or("its thousands separators are misplaced")?;
    let whole = if whole.is_empty() && !fraction.is_empty() { "0" } else { &whole };
    Ok(format!("{whole}{fraction}"))
}

#[derive(PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

fn signed(text: &str) -> (Option<Sign>, &str) {
    if let Some(rest) = text.strip_prefix('-') {
        return (Some(Sign::Minus), rest.trim_start());
    }
    match text.strip_prefix('+') {
        Some(rest) => (Some(Sign::Plus), rest.trim_start()),
        None => (None, text),
    }
}

/// Digits without their commas, if those separate thousands.
fn ungrouped(digits: &str) -> Option<String> {
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let well_placed =
        rest.is_empty() || matches!(first.len(), 1..=3) && rest.iter().all(|group| group.len() == 3);
    well_placed.then(|| std::iter::once(first).chain(rest).collect())
}

/// A date, and the text of the time of day where one follows it in the same cell. Year first in every form:
/// `2026-03-10`, `2026/3/10`, `2026.03.10`, `2026年3月10日`, `20260310`, `20260310 09:05:11`, `20260310090511`.
pub fn date(text: &str) -> Result<(NaiveDate, Option<String>), String> {
    let plain: String = text.nfkc().collect();
    compact_date(plain.trim())
        .or_else(|| separated_date(plain.trim()))
        .ok_or_else(|| format!("date {text:?}: is no date such as 2026-03-10"))
}

fn compact_date(text: &str) -> Option<(NaiveDate, Option<String>)> {
    let (day, rest) = text.split_at_checked(8)?;
    if !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| day[range].parse().ok();
    let date = NaiveDate::from_ymd_opt(day[..4].parse().ok()?, number(4..6)?, number(6..8)?)?;
    Some((date, time_after(rest)?))
}

fn separated_date(text: &str) -> Option<(NaiveDate, Option<String>)> {
    let (year, rest) = leading_number(text)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.' | '年'))?;
    let (month, rest) = leading_number(&rest[separator.len_utf8()..])?;
    let second = if separator == '年' { '月' } else { separator };
    let (day, rest) = leading_number(rest.strip_prefix(second)?)?;
    let rest = if separator == '年' { rest.strip_prefix('日').unwrap_or(rest) } else { rest };
    if !(1900..=9999).contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((date, time_after(rest)?))
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// `Some(None)`: nothing follows. `None`: something follows that is no time, so this was no date either.
fn time_after(rest: &str) -> Option<Option<String>> {
    let rest = rest.strip_prefix('T').unwrap_or(rest).trim();
    if rest.is_empty() { Some(None) } else { time(rest).map(Some) }
}

/// A time of day as `HH:MM:SS`, whichever way it was written: `9:05`, `09:05:11`, `090511`, `80511`.
pub fn time(text: &str) -> Option<String> {
    let plain: String = text.nfkc().collect();
    let clock = plain.trim().split(['.', '+', 'Z']).next()?;
    let parts: Vec<u32> = if clock.contains(':') {
        clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?
    } else if matches!(clock.len(), 5 | 6) {
        // A spreadsheet drops the zero in front.
        let number: u32 = clock.parse().ok()?;
        vec![number / 10_000, number / 100 % 100, number % 100]
    } else {
        return None;
    };
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 61).then(|| format!("{hour:02}:{minute:02}:{second:02}"))
}

/// A currency by its ISO code or by the name Chinese banks use.
pub fn currency(text: &str) -> Result<Currency, String> {
    let plain: String = text.nfkc().collect();
    let code = match plain.trim() {
        "人民币" | "人民币元" | "人民币(元)" | "元" | "RMB" | "¥" => "CNY",
        "美元" => "USD",
        "港币" | "港元" => "HKD",
        "欧元" => "EUR",
        "日元" => "JPY",
        "英镑" => "GBP",
        "澳大利亚元" | "澳元" => "AUD",
        "加拿大元" | "加元" => "CAD",
        "新加坡元" | "新元" => "SGD",
        "瑞士法郎" => "CHF",
        "韩元" => "KRW",
        "澳门元" => "MOP",
        "新台币" => "TWD",
        other => other,
    };
    Currency::parse(&code.to_ascii_uppercase()).map_err(|error| format!("currency {text:?}: {error}"))
}

/// Whether a spreadsheet has rounded a long number and shows it as `5.3E+19`: its last digits are lost.
pub fn is_rounded_by_spreadsheet(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        exponent
            .strip_prefix('+')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            && mantissa.starts_with(|c: char| c.is_ascii_digit())
            && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cny(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    #[test]
    fn amounts_are_read_as_banks_write_them() {
        for (written, meant) in [
            ("12,693.88", "12693.88"),
            ("-2,600.00", "-2600"),
            ("+3", "3"),
            ("¥1.5", "1.50"),
            ("-¥1.50", "-1.50"),
            ("￥-1.50", "-1.50"),
            ("１２．３０", "12.30"),
            ("−0.01", "-0.01"),
            ("100.00元", "100"),
            (".37", "0.37"),
            ("1,234,567.00", "1234567"),
            ("0", "0"),
        ] {
            assert_eq!(amount(written, Currency::CNY), Ok(cny(meant)), "{written}");
        }
    }

    #[test]
    fn what_is_no_exact_amount_is_refused() {
        for bad in ["abc", "1.234", "1,23", "12,34.00", ",5", "1.2.3", "1e3", "--1", "-¥-1", "1-", "", "¥"]
        {
            assert!(amount(bad, Currency::CNY).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_are_read_year_first_with_or_without_a_time() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        for written in ["2026-03-09", "2026/3/9", "2026.03.09", "2026年3月9日", "20260309", "２０２６-03-09"]
        {
            assert_eq!(date(written), Ok((day, None)), "{written}");
        }
        for written in
            ["20260309 09:05:11", "20260309090511", "2026-03-09T09:05:11+08:00", "2026/3/9 9:05:11"]
        {
            assert_eq!(date(written), Ok((day, Some("09:05:11".into()))), "{written}");
        }
        for bad in ["09/03/2026", "2026-13-01", "2026-02-29", "20260230", "46091", "2026-03-09x", "合计", ""]
        {
            assert!(date(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_one_spelling() {
        for written in ["8:07:59", "08:07:59", "080759", "80759", "08:07:59.123"] {
            assert_eq!(time(written).as_deref(), Some("08:07:59"), "{written}");
        }
        assert_eq!(time("9:05").as_deref(), Some("09:05:00"));
        for bad in ["25:00:00", "08:60", "noon", "1:2:3:4", "123"] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn currencies_go_by_code_or_chinese_name() {
        for written in ["CNY", "cny", "人民币", "人民币元", "RMB"] {
            assert_eq!(currency(written), Ok(Currency::CNY), "{written}");
        }
        assert_eq!(currency("港币").unwrap().code(), "HKD");
        assert!(currency("银子").is_err());
    }

    #[test]
    fn dashes_are_empty_and_rounded_numbers_are_noticed() {
        for empty in ["", "-", "----------", "——"] {
            assert_eq!(filled(empty), None, "{empty}");
        }
        assert_eq!(filled("-71.89"), Some("-71.89"));
        assert!(is_rounded_by_spreadsheet("5.3E+19"));
        assert!(!is_rounded_by_spreadsheet("20001-530000000F000000001"));
        assert!(!is_rounded_by_spreadsheet("1E5"));
    }
}
