//! From a JSON value to a type of the domain.

use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tallybook_domain::billing::pricing::InvalidDecimal;
use tallybook_domain::deposits::Destination;
use tallybook_domain::ledger::UnknownAccount;
use tallybook_domain::{Currency, InvalidText, Money, MoneyError};
use tallybook_projector::InvalidViewName;
use tallybook_read_models::UnknownSort;
use tallybook_read_models::explain::UnknownPart;

use super::body::object;
use super::json::{JsonKind, JsonValue};

/// Why a text is not a value: a stable word for machines beside the sentence for people.
pub(crate) trait Coded: std::fmt::Display {
    fn code(&self) -> &'static str {
        "malformed"
    }
}

impl Coded for std::convert::Infallible {}

impl Coded for InvalidText {
    fn code(&self) -> &'static str {
        InvalidText::code(self)
    }
}

impl Coded for MoneyError {
    fn code(&self) -> &'static str {
        MoneyError::code(self)
    }
}

impl Coded for InvalidDecimal {
    fn code(&self) -> &'static str {
        InvalidDecimal::code(self)
    }
}

impl Coded for InvalidViewName {}

impl Coded for UnknownSort {
    fn code(&self) -> &'static str {
        "unknown_value"
    }
}

impl Coded for UnknownPart {
    fn code(&self) -> &'static str {
        "unknown_value"
    }
}

impl Coded for UnknownAccount {
    fn code(&self) -> &'static str {
        "unknown_value"
    }
}

/// A value written as a JSON string.
pub(crate) fn text<T: FromStr<Err: Coded>>(value: JsonValue<'_, '_>) -> Option<T> {
    let (text, value) = value.string()?;
    match text.parse() {
        Ok(parsed) => Some(parsed),
        Err(error) => value.refuse(error.code(), error.to_string()),
    }
}

/// A business date, `YYYY-MM-DD`.
pub(crate) fn date(value: JsonValue<'_, '_>) -> Option<NaiveDate> {
    let (text, value) = value.string()?;
    match parse_date(&text) {
        Some(date) => Some(date),
        None => value.refuse("malformed", "must be a date like 2026-03-31"),
    }
}

/// `chrono` alone would take `2026-3-1` and ` +2026-03-01`.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { text.parse().ok() } else { None }
}

/// An array of at most `most` values, each read by itself: `None` in the place of one that cannot be read.
pub(crate) fn list<T>(
    value: JsonValue<'_, '_>,
    most: usize,
    read: impl Fn(JsonValue<'_, '_>) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(value.raw.get()) else {
        return value.wrong_type("an array");
    };
    if values.len() > most {
        return value.refuse("too_long", format!("must have at most {most} entries"));
    }
    let JsonValue { raw: _, pointer, errors } = value;
    let read = |(at, raw)| read(JsonValue { raw, pointer: format!("{pointer}/{at}"), errors });
    Some(values.into_iter().enumerate().map(read).collect())
}

/// A count within bounds, as a JSON number.
pub(crate) fn number(value: JsonValue<'_, '_>, bounds: RangeInclusive<u32>) -> Option<u32> {
    if value.kind() != JsonKind::Number {
        return value.wrong_type("a whole number");
    }
    match value.raw.get().parse() {
        Ok(number) if bounds.contains(&number) => Some(number),
        Ok(_) | Err(_) => {
            let (first, last) = bounds.into_inner();
            value.refuse("out_of_range", format!("must be a whole number from {first} to {last}"))
        }
    }
}

/// `{"amount": "12.34", "currency": "CNY"}`; the amount is never a JSON number.
pub(crate) fn money(value: JsonValue<'_, '_>) -> Option<Money> {
    object(value, |money| {
        let currency = money.required("currency", |value| {
            let (code, value) = value.string()?;
            match Currency::parse(&code) {
                Ok(currency) => Some(currency),
                Err(error) => value.refuse(error.code(), error.to_string()),
            }
        });
        money.required("amount", |value| {
            let (digits, value) = value.string()?;
            // An unknown currency is told already; the amount is then held to the most decimals there are.
            match Money::parse(&digits, currency.unwrap_or(Currency::CNY)) {
                Ok(money) => currency.map(|_| money),
                Err(MoneyError::TooPrecise { .. }) if currency.is_none() => None,
                Err(error) => value.refuse(error.code(), error.to_string()),
            }
        })
    })
}

/// A list or an object of texts. `None` inside: it is empty.
pub(crate) fn collection<T: DeserializeOwned>(
    value: JsonValue<'_, '_>,
    expected: &'static str,
) -> Option<Option<T>> {
    let empty = value.raw.get().bytes().filter(|byte| !byte.is_ascii_whitespace()).count() == 2;
    if empty && matches!(value.kind(), JsonKind::Array | JsonKind::Object) {
        return Some(None);
    }
    match serde_json::from_str(value.raw.get()) {
        Ok(read) => Some(Some(read)),
        Err(_) => value.refuse("malformed", format!("must be {expected}")),
    }
}

/// The account a withdrawal is paid into.
pub(crate) fn destination(value: JsonValue<'_, '_>) -> Option<Destination> {
    object(value, |destination| {
        let account_name = destination.required("account_name", text);
        let account_number = destination.required("account_number", text);
        let bank_name = destination.optional("bank_name", text);
        Some(Destination { account_name: account_name?, account_number: account_number?, bank_name })
    })
}
