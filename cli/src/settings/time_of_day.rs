//! When, within a day, something begins by itself.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveTime;
use serde::Deserialize;

/// A time of the book's time zone, such as `02:30`; `off` for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(Option<NaiveTime>);

impl TimeOfDay {
    pub const OFF: Self = Self(None);

    pub fn time(self) -> Option<NaiveTime> {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        // `chrono` alone would take `2:5`.
        let time = Some(text).filter(|text| text.len() == 5);
        let time = time.and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok());
        time.map(|time| Self(Some(time))).ok_or_else(|| "must be a time such as 02:30, or off".to_owned())
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => write!(f, "{}", time.format("%H:%M")),
            None => f.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_hours_and_minutes_or_off() {
        for good in ["00:00", "02:30", "23:59", "off"] {
            assert_eq!(good.parse::<TimeOfDay>().unwrap().to_string(), good);
        }
        for wrong in ["", "2:30", "24:00", "02:60", "02:30:00", "+2:30", "on"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }
}
