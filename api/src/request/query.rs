//! Query parameters, read one by one without giving up at the first fault.
//!
//! Must never ignore a parameter: a misspelt filter would silently answer with everything.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{Months, NaiveDate};

use tallybook_projector::ViewName;
use tallybook_read_models::{DateRange, Period, Sort, SortKey};

use super::values::{Coded, parse_date};
use crate::problem::{FieldError, Problem};

/// The parameters that have not been asked for yet, and what was wrong with the others.
#[derive(Debug)]
pub(crate) struct QueryReader<'a> {
    parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(super) errors: Vec<FieldError>,
}

impl<'a> QueryReader<'a> {
    pub(crate) fn new(query: Option<&'a str>) -> Self {
        let parameters = match query {
            None | Some("") => Vec::new(),
            Some(query) => form_urlencoded::parse(query.as_bytes()).collect(),
        };
        Self { parameters, errors: Vec::new() }
    }

    /// A parameter as it was written. An empty one counts as left out.
    pub(crate) fn raw(&mut self, name: &'static str) -> Option<Cow<'a, str>> {
        let at = self.parameters.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.parameters.swap_remove(at);
        if value.contains('\0') {
            self.refuse(name, "control_character", "must not contain control characters");
            return None;
        }
        if value.is_empty() { None } else { Some(value) }
    }

    pub(crate) fn optional<T: FromStr<Err: Coded>>(&mut self, name: &'static str) -> Option<T> {
        let value = self.raw(name)?;
        match value.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.refuse(name, error.code(), error.to_string());
                None
            }
        }
    }

    pub(crate) fn required<T: FromStr<Err: Coded>>(&mut self, name: &'static str) -> Option<T> {
        if self.parameters.iter().any(|(given, value)| given == name && !value.is_empty()) {
            return self.optional(name);
        }
        self.need(name);
        None
    }

    pub(crate) fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let value = self.raw(name)?;
        let date = parse_date(&value);
        if date.is_none() {
            self.refuse(name, "malformed", "must be a date like 2026-03-31");
        }
        date
    }

    /// A month like `2026-03`, from its first to its last day.
    pub(crate) fn month(&mut self, name: &'static str) -> Option<Period> {
        let value = self.raw(name)?;
        let month = parse_date(&format!("{value}-01")).and_then(|first| {
            let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
            Period::new(first, last).ok()
        });
        if month.is_none() {
            self.refuse(name, "malformed", "must be a month like 2026-03");
        }
        month
    }

    /// Refuses a parameter that was left out. An empty one is taken away, so that it is not reported as unknown besides.
    pub(crate) fn need(&mut self, name: &'static str) {
        if !self.parameters.iter().any(|(given, value)| given == name && !value.is_empty()) {
            self.parameters.retain(|(given, _)| given != name);
            self.refuse(name, "missing", "is needed");
        }
    }

    /// The business dates `from` and `to`, both included, both optional.
    pub(crate) fn dates(&mut self) -> DateRange {
        let (from, to) = (self.date("from"), self.date("to"));
        DateRange::new(from, to).unwrap_or_else(|error| {
            self.refuse("to", "out_of_range", error.to_string());
            DateRange::default()
        })
    }

    /// The order of a list; its own, if none is asked for.
    pub(crate) fn sort<K: SortKey>(&mut self) -> Sort<K> {
        self.optional("sort").unwrap_or(K::DEFAULT)
    }

    /// The view to read in; the live tables, if none is named.
    pub(crate) fn view(&mut self) -> Option<ViewName> {
        self.optional("view")
    }

    /// A whole number within bounds.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = self.raw(name)?;
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse::<u64>() {
            Ok(number) if digits && bounds.contains(&number) => Some(number),
            Ok(_) | Err(_) => {
                let detail = match (bounds.start(), bounds.end()) {
                    (0, &u64::MAX) => "must be a whole number".to_owned(),
                    (first, last) => format!("must be a whole number from {first} to {last}"),
                };
                self.refuse(name, "out_of_range", detail);
                None
            }
        }
    }

    /// `true` or `false`; left out is `false`.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.choice(name).unwrap_or(false)
    }

    /// As `flag`, and `true` if there is nothing but its name: `?mine`.
    pub(crate) fn named(&mut self, name: &'static str) -> bool {
        match self.parameters.iter().position(|(given, value)| given == name && value.is_empty()) {
            Some(at) => {
                self.parameters.swap_remove(at);
                true
            }
            None => self.flag(name),
        }
    }

    /// `true` or `false`, and neither if left out.
    pub(crate) fn choice(&mut self, name: &'static str) -> Option<bool> {
        match self.raw(name)?.as_ref() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.refuse(name, "malformed", "must be true or false");
                None
            }
        }
    }

    pub(crate) fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError { pointer: format!("?{name}"), code, detail: detail.into() });
    }

    /// Everything that was wrong, together with the parameters nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        let errors = self.into_errors();
        if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
    }

    pub(super) fn into_errors(mut self) -> Vec<FieldError> {
        for (name, _) in std::mem::take(&mut self.parameters) {
            let name: String = name.chars().take(100).collect();
            self.refuse(&name, "unknown", "is not known here, or given twice");
        }
        self.errors
    }
}
