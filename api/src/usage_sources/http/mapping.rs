//! Where in a JSON answer which records are.
//!
//! Numbers are read as they are written, never as floats.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde_json::value::RawValue;
use tallybook_domain::billing::quarantine::CollectedRecord;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_domain::{CustomerId, Month};

use super::settings::{Constant, FieldSetting, RecordSettings};
use crate::usage_sources::Brought;

/// Names from the outside in.
type Path = Vec<String>;

#[derive(Debug)]
pub(super) struct Mapping {
    list: Path,
    meter: Field,
    date: Field,
    quantity: Field,
    reference: Field,
    next: Option<Path>,
}

#[derive(Debug)]
enum Field {
    At(Path),
    Same(String),
}

impl Mapping {
    pub(super) fn new(settings: &RecordSettings, source: &SourceName) -> Result<Self, String> {
        let list = if settings.path.is_empty() { Path::new() } else { path(&settings.path)? };
        let reference = match &settings.reference {
            Some(reference) => Field::of(reference)?,
            None => Field::Same(source.to_string()),
        };
        Ok(Self {
            list,
            meter: Field::of(&settings.meter)?,
            date: Field::of(&settings.date)?,
            quantity: Field::of(&settings.quantity)?,
            reference,
            next: settings.next.as_deref().map(path).transpose()?,
        })
    }

    /// Adds the records of an answer about a customer's month; the answer is where the next page is.
    pub(super) fn read(
        &self,
        text: &str,
        customer: &CustomerId,
        month: Month,
        brought: &mut Brought,
    ) -> Result<Option<String>, String> {
        let no_json = |_| "the answer is not JSON".to_owned();
        let answer: &RawValue = serde_json::from_str(text).map_err(no_json)?;
        let no_list = || "the answer has no list of records where one is expected".to_owned();
        let list = find(answer, &self.list).ok_or_else(no_list)?;
        let records: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| no_list())?;
        for (place, record) in (1..).zip(records) {
            match self.record(record, month) {
                Ok(record) => brought.records.push((customer.clone(), record)),
                Err(reason) => brought.unreadable.push(format!("record {place}: {reason}")),
            }
        }
        let next = self.next.as_ref().and_then(|next| find(answer, next)).and_then(text_of);
        Ok(next.filter(|next| !next.is_empty()))
    }

    fn record(&self, record: &RawValue, month: Month) -> Result<CollectedRecord, String> {
        let date = self.date.text(record).ok_or("the date is missing")?;
        let day: NaiveDate = day(&date).ok_or_else(|| format!("the date {} is none", Shown(&date)))?;
        if !month.contains(day) {
            return Err(format!("{day} is not in {month}"));
        }
        let wrong = |what: &str, text: &str, error: &dyn fmt::Display| {
            format!("the {what} {} is none: it {error}", Shown(text))
        };
        let meter = self.meter.text(record).ok_or("the meter is missing")?;
        let reference = self.reference.text(record).ok_or("the reference is missing")?;
        Ok(CollectedRecord {
            meter: meter.parse().map_err(|error| wrong("meter", &meter, &error))?,
            date: day,
            reference: reference.parse().map_err(|error| wrong("reference", &reference, &error))?,
            // Whatever it is: what is no quantity is put aside and shown as it came.
            quantity: self.quantity.raw(record),
        })
    }
}

impl Field {
    fn of(setting: &FieldSetting) -> Result<Self, String> {
        match setting {
            FieldSetting::Named(name) => path(name).map(Self::At),
            FieldSetting::Same(Constant { constant }) => Ok(Self::Same(constant.clone())),
        }
    }

    fn text(&self, record: &RawValue) -> Option<String> {
        match self {
            Self::At(path) => text_of(find(record, path)?),
            Self::Same(constant) => Some(constant.clone()),
        }
    }

    fn raw(&self, record: &RawValue) -> String {
        match self {
            Self::At(path) => find(record, path)
                .map_or_else(String::new, |value| text_of(value).unwrap_or_else(|| value.get().to_owned())),
            Self::Same(constant) => constant.clone(),
        }
    }
}

fn path(dotted: &str) -> Result<Path, String> {
    let names: Path = dotted.split('.').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) {
        return Err(format!("{dotted:?} is no name of a member"));
    }
    Ok(names)
}

fn find<'j>(value: &'j RawValue, path: &[String]) -> Option<&'j RawValue> {
    let Some((name, rest)) = path.split_first() else { return Some(value) };
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
    find(object.get(name).copied()?, rest)
}

/// A text, or a number as it is written.
fn text_of(value: &RawValue) -> Option<String> {
    let raw = value.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'-' | b'0'..=b'9' => Some(raw.to_owned()),
        _ => None,
    }
}

/// A day, or the day at which a moment is written.
fn day(text: &str) -> Option<NaiveDate> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|_| day.len() == 10)
}

/// What came, not too much of it.
struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(40).collect();
        write!(f, "{shown:?}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(settings: serde_json::Value) -> Mapping {
        let settings: RecordSettings = serde_json::from_value(settings).unwrap();
        Mapping::new(&settings, &"meters".parse().unwrap()).unwrap()
    }

    fn read(mapping: &Mapping, text: &str) -> Result<(Brought, Option<String>), String> {
        let mut brought = Brought::default();
        let (customer, month) = ("C00042".parse().unwrap(), "2026-10".parse().unwrap());
        let next = mapping.read(text, &customer, month, &mut brought)?;
        Ok((brought, next))
    }

    fn nested() -> Mapping {
        mapping(json!({
            "path": "data.items", "meter": {"constant": "calls"}, "date": "at", "quantity": "used.count",
            "reference": "id", "next": "data.next",
        }))
    }

    #[test]
    fn records_are_found_where_the_settings_say() {
        let text = r#"{"data": {"next": "/p2", "items": [
            {"at": "2026-10-05T23:00:00+08:00", "used": {"count": 0.1000000000000000055511151231257827}, "id": 7},
            {"at": "2026-10-06", "used": {"count": "12.50"}, "id": "x"}]}}"#;
        let (brought, next) = read(&nested(), text).unwrap();
        assert_eq!(next.as_deref(), Some("/p2"));
        let seen: Vec<_> = brought
            .records
            .iter()
            .map(|(_, one)| (one.date.to_string(), one.quantity.as_str(), one.reference.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("2026-10-05".into(), "0.1000000000000000055511151231257827", "7"),
                ("2026-10-06".into(), "12.50", "x")
            ]
        );
        assert_eq!(brought.unreadable, Vec::<String>::new());
    }

    #[test]
    fn what_is_no_quantity_comes_as_it_is() {
        let quantity = |value: &str| {
            let text =
                format!(r#"{{"data": {{"items": [{{"at": "2026-10-05", "used": {value}, "id": 7}}]}}}}"#);
            read(&nested(), &text).unwrap().0.records[0].1.quantity.clone()
        };
        for (used, seen) in [
            (r#"{"count": null}"#, "null"),
            (r#"{"count": [1]}"#, "[1]"),
            (r#"{"count": "many"}"#, "many"),
            (r#"{"count": -1e3}"#, "-1e3"),
            ("{}", ""),
            ("3", ""),
        ] {
            assert_eq!(quantity(used), seen, "{used}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_is_told_and_the_others_count() {
        let plain = mapping(json!({"meter": "meter", "date": "day", "quantity": "count"}));
        let text = r#"[{"meter": "calls", "day": "2026-10-05", "count": 1}, {"meter": "calls", "count": 1},
            {"meter": "calls", "day": "2026-09-30", "count": 1}, {"meter": "", "day": "2026-10-05", "count": 1},
            {"meter": "calls", "day": "5.10.2026", "count": 1}, 7]"#;
        let (brought, next) = read(&plain, text).unwrap();
        assert_eq!((brought.records.len(), next), (1, None));
        assert_eq!(brought.records[0].1.reference.as_str(), "meters");
        let told = brought.unreadable.join("; ");
        for part in [
            "record 2: the date is missing",
            "2026-09-30 is not in 2026-10",
            "record 4: the meter",
            "5.10.2026",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn an_answer_that_is_something_else_is_told() {
        for text in ["", "<html>", "{", r#"{"data": {}}"#, r#"{"data": {"items": 3}}"#, "[]", "null"] {
            assert!(read(&nested(), text).is_err(), "{text}");
        }
    }
}
