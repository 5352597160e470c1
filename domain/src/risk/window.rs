//! How far back a rule looks. Few, so that what was known of a withdrawal answers for any rules.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

/// Days of business, the one of the request among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl Window {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub fn days(self) -> u64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Window {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "day, week or month")
    }
}

/// Hours before the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum Recent {
    Hour,
    SixHours,
    Day,
    ThreeDays,
}

impl Recent {
    pub const ALL: [Self; 4] = [Self::Hour, Self::SixHours, Self::Day, Self::ThreeDays];

    pub fn hours(self) -> u32 {
        match self {
            Self::Hour => 1,
            Self::SixHours => 6,
            Self::Day => 24,
            Self::ThreeDays => 72,
        }
    }
}

impl From<Recent> for u32 {
    fn from(recent: Recent) -> Self {
        recent.hours()
    }
}

impl TryFrom<u32> for Recent {
    type Error = InvalidText;

    fn try_from(hours: u32) -> Result<Self, Self::Error> {
        const EXPECTED: InvalidText = InvalidText::Malformed { expected: "1, 6, 24 or 72" };
        Self::ALL.into_iter().find(|recent| recent.hours() == hours).ok_or(EXPECTED)
    }
}
