//! A source as the settings describe it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveTime;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tallybook_domain::billing::quarantine::Plausibility;
use tallybook_domain::billing::usage_source::SourceName;

use super::folder::FolderSettings;
use super::http::HttpSettings;
use super::told;

/// One `[[usage_sources]]`. A key that no kind of source knows is refused.
#[derive(Clone, PartialEq)]
pub struct SourceSettings {
    pub usual: UsualSettings,
    pub(super) kind: KindSettings,
}

#[derive(Clone, PartialEq)]
pub(super) enum KindSettings {
    Http(HttpSettings),
    Folder(FolderSettings),
}

/// What all kinds of sources have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsualSettings {
    pub name: SourceName,
    /// When it is asked each day; without it, by hand only.
    #[serde(default, deserialize_with = "time_of_day")]
    pub at: Option<NaiveTime>,
    /// Whose time that is; the book's, if not given.
    #[serde(default)]
    pub time_zone: Option<Tz>,
    /// On so many first days of a month the month before is asked for as well.
    #[serde(default = "three")]
    pub previous_month_days: u8,
    /// Whether another quantity under the same reference corrects the one recorded.
    #[serde(default)]
    pub corrections: bool,
    #[serde(default = "ten")]
    pub implausible_factor: Decimal,
    #[serde(default = "thirty")]
    pub implausible_window_days: u16,
    #[serde(default = "three_records")]
    pub implausible_least_records: u16,
    /// How often a request that fails is repeated, at most.
    #[serde(default = "three")]
    pub retries: u8,
    /// Before the first repetition; twice as long before each further one.
    #[serde(default = "one_second")]
    pub retry_after_milliseconds: u32,
}

const USUAL: [&str; 10] = [
    "name",
    "at",
    "time_zone",
    "previous_month_days",
    "corrections",
    "implausible_factor",
    "implausible_window_days",
    "implausible_least_records",
    "retries",
    "retry_after_milliseconds",
];
const MOST_RETRIES: u8 = 3;
const LONGEST_WINDOW: u16 = 92;
const LONGEST_PAUSE: u32 = 60_000;

fn three() -> u8 {
    3
}

fn ten() -> Decimal {
    Decimal::TEN
}

fn thirty() -> u16 {
    30
}

fn three_records() -> u16 {
    3
}

fn one_second() -> u32 {
    1_000
}

fn time_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "off" {
        return Ok(None);
    }
    let time = Some(&text).filter(|text| text.len() == 5);
    let time = time.and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok());
    time.map(Some).ok_or_else(|| serde::de::Error::custom("expected a time such as 03:30, or off"))
}

impl UsualSettings {
    pub(super) fn plausibility(&self) -> Plausibility {
        Plausibility {
            factor: self.implausible_factor,
            window_days: self.implausible_window_days,
            least_records: self.implausible_least_records,
            corrections: self.corrections,
        }
    }

    fn check(&self) -> Result<(), String> {
        let wrong = if self.implausible_factor < Decimal::ONE {
            "implausible_factor must be at least 1"
        } else if !(1..=LONGEST_WINDOW).contains(&self.implausible_window_days) {
            "implausible_window_days must be 1 to 92"
        } else if self.implausible_least_records == 0 {
            "implausible_least_records must be at least 1"
        } else if self.retries > MOST_RETRIES {
            "retries must be 0 to 3"
        } else if self.retry_after_milliseconds > LONGEST_PAUSE {
            "retry_after_milliseconds must be at most 60000"
        } else if self.previous_month_days > 28 {
            "previous_month_days must be 0 to 28"
        } else {
            return Ok(());
        };
        Err(format!("usage source {}: {wrong}", self.name))
    }
}

impl<'de> Deserialize<'de> for SourceSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = BTreeMap::<String, Value>::deserialize(deserializer)?;
        Self::read(table).map_err(serde::de::Error::custom)
    }
}

impl SourceSettings {
    /// When it is asked, in words.
    pub fn when(&self) -> String {
        match (self.usual.at, &self.kind) {
            (Some(at), _) => format!("at {}", at.format("%H:%M")),
            (None, KindSettings::Folder(_)) => "whenever a file comes".to_owned(),
            (None, KindSettings::Http(_)) => "by hand".to_owned(),
        }
    }

    fn read(mut table: BTreeMap<String, Value>) -> Result<Self, String> {
        let kind = table.remove("kind");
        let (usual, own): (Map<_, _>, Map<_, _>) =
            table.into_iter().partition(|(key, _)| USUAL.contains(&key.as_str()));
        let usual: UsualSettings = told::read(usual).map_err(|wrong| format!("a usage source: {wrong}"))?;
        usual.check()?;
        let wrong = |wrong: String| format!("usage source {}: {wrong}", usual.name);
        let kind = match kind.as_ref().and_then(Value::as_str) {
            Some("http") => KindSettings::Http(told::read(own).map_err(wrong)?),
            Some("folder") => KindSettings::Folder(told::read(own).map_err(wrong)?),
            Some(_) | None => {
                return Err(format!("usage source {}: kind must be http or folder", usual.name));
            }
        };
        Ok(Self { usual, kind })
    }
}

impl fmt::Debug for SourceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is its own may hold secrets.
        f.debug_struct("SourceSettings").field("usual", &self.usual).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(more: Value) -> Result<SourceSettings, String> {
        let mut all = json!({
            "name": "meters", "kind": "http", "url": "https://meters.example/{customer}?month={month}",
            "records": {"meter": "meter", "date": "day", "quantity": "count"},
        });
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        serde_json::from_value(all).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        let usual = read(json!({})).unwrap().usual;
        assert_eq!((usual.at, usual.previous_month_days, usual.corrections), (None, 3, false));
        assert_eq!((usual.implausible_factor, usual.retries), (Decimal::TEN, 3));
        let usual = read(json!({"at": "03:30", "time_zone": "Europe/Berlin"})).unwrap().usual;
        assert_eq!(usual.at, NaiveTime::from_hms_opt(3, 30, 0));
        assert_eq!(usual.time_zone, Some(Tz::Europe__Berlin));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_key_and_without_its_value() {
        for (wrong, told) in [
            (json!({"headers": "Bearer s3cret"}), "headers: expected a map"),
            (json!({"headers": ["s3cret"]}), "headers: expected a map"),
            (json!({"headers": {"Authorization": ["s3cret"]}}), "headers: expected a text for each"),
            (json!({"headers": {"Authorization": {"text": "s3cret"}}}), "headers: expected a text for each"),
            (json!({"timeout_seconds": "s3cret, expected x"}), "timeout_seconds: expected u16"),
            (json!({"time_zone": "s3cret"}), "time_zone: "),
            (json!({"at": "s3cret"}), "at: expected a time"),
            (json!({"name": "S3cret s3cret"}), "name: "),
            (json!({"url": null}), "url: expected a string"),
            (json!({"nmae": "s3cret"}), "unknown field `nmae`"),
        ] {
            let refusal = read(wrong).unwrap_err();
            assert!(refusal.contains(told) && !refusal.contains("3cret"), "{refusal}");
        }
    }

    #[test]
    fn what_is_misspelt_or_out_of_range_is_refused() {
        for wrong in [
            json!({"nmae": "x"}),
            json!({"kind": "carrier pigeon"}),
            json!({"kind": null}),
            json!({"name": "Meters"}),
            json!({"at": "3:30"}),
            json!({"time_zone": "Mars/Base"}),
            json!({"implausible_factor": 0.5}),
            json!({"implausible_window_days": 0}),
            json!({"implausible_window_days": 93}),
            json!({"implausible_least_records": 0}),
            json!({"retries": 4}),
            json!({"previous_month_days": 29}),
            json!({"retry_after_milliseconds": 60_001}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
