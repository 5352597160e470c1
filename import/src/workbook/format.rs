//! Numbers of a sheet as texts, as people see them.

use calamine::DataRef;

use crate::source::{Oddity, SourceCell};

/// The first number with more digits than a spreadsheet keeps.
const ROUNDED_FROM: f64 = 1e15;

/// The cell as it looks with its number format.
pub(super) fn cell(value: &DataRef<'_>, format: Option<&str>) -> SourceCell {
    let plain = |text: &str| SourceCell { text: text.trim().to_owned(), oddity: None };
    match value {
        DataRef::Empty => SourceCell::default(),
        DataRef::String(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Bool(true) => plain("TRUE"),
        DataRef::Bool(false) => plain("FALSE"),
        DataRef::Int(number) => SourceCell { text: padded(number.to_string(), format), oddity: None },
        DataRef::Float(number) => SourceCell {
            text: padded(shown(*number), format),
            oddity: (number.abs() >= ROUNDED_FROM).then_some(Oddity::Rounded),
        },
        // Hours that were counted are no day.
        DataRef::DateTime(date) if date.is_duration() => {
            SourceCell { text: shown(date.as_f64()), oddity: Some(Oddity::Date) }
        }
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            SourceCell { text: format!("{year}-{month:02}-{day:02}"), oddity: Some(Oddity::Date) }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            SourceCell { text: text.clone(), oddity: Some(Oddity::Date) }
        }
        DataRef::Error(error) => SourceCell { text: error.to_string(), oddity: Some(Oddity::Formula) },
    }
}

/// The number with the fifteen digits that spreadsheets show of it: what comes after them is the dust of binary
/// fractions, as in 0.1 + 0.2. Up to fifteen digits, it is what was typed.
fn shown(number: f64) -> String {
    format!("{number:.14e}").parse().unwrap_or(number).to_string()
}

/// More digits than any number that is filled up with zeros has.
const MOST_ZEROS: usize = 64;

/// A format of zeros alone, such as `00000`, shows a number with zeros in front.
fn padded(digits: String, format: Option<&str>) -> String {
    let zeros =
        format.filter(|format| format.bytes().all(|byte| byte == b'0')).map_or(0, str::len).min(MOST_ZEROS);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { format!("{digits:0>zeros$}") } else { digits }
}
