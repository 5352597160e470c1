//! Into which stretches of days what is owed is sorted (账龄).

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use tallybook_domain::InvalidText;
use utoipa::ToSchema;

/// The last day of each stretch but the last, counted from the due date: rising.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeingBounds(Vec<i32>);

/// Days since it was due; on its due date, too, a bill is not due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaysOverdue {
    /// `null` in the first stretch, which has what is not due, too.
    #[schema(example = 1)]
    pub from_days: Option<i32>,
    /// `null` in the last stretch.
    #[schema(example = 30)]
    pub to_days: Option<i32>,
}

impl AgeingBounds {
    /// How many there may be.
    pub const MOST: usize = 24;
    /// A good ten years.
    pub const LAST_DAY: i32 = 3_700;

    pub(super) fn days(&self) -> &[i32] {
        &self.0
    }

    /// One stretch more than there are bounds.
    pub fn stretches(&self) -> Vec<DaysOverdue> {
        let from = std::iter::once(None).chain(self.0.iter().map(|last| Some(last + 1)));
        let to = self.0.iter().map(|last| Some(*last)).chain([None]);
        from.zip(to).map(|(from_days, to_days)| DaysOverdue { from_days, to_days }).collect()
    }
}

/// Not due, and by months up to a quarter.
impl Default for AgeingBounds {
    fn default() -> Self {
        Self(vec![0, 30, 60, 90])
    }
}

impl FromStr for AgeingBounds {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = InvalidText::Malformed { expected: "rising numbers of days like 0,30,60,90" };
        let days: Vec<i32> = text
            .split(',')
            .map(|word| word.trim().parse().ok().filter(|days| (0..=Self::LAST_DAY).contains(days)))
            .collect::<Option<_>>()
            .ok_or(malformed)?;
        let is_rising = days.windows(2).all(|pair| pair[0] < pair[1]);
        if is_rising && days.len() <= Self::MOST { Ok(Self(days)) } else { Err(malformed) }
    }
}

impl fmt::Display for AgeingBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.0.iter().map(i32::to_string).collect();
        f.write_str(&days.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rising_days() {
        assert_eq!("0,30,60,90".parse(), Ok(AgeingBounds::default()));
        assert_eq!("7".parse::<AgeingBounds>().unwrap().to_string(), "7");
        let many = (0..25).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
        for bad in ["", "0,", "30,0", "0,0", "-1", "3701", "1.5", "x", &many] {
            assert!(bad.parse::<AgeingBounds>().is_err(), "{bad}");
        }
    }

    #[test]
    fn stretches_leave_no_day_out() {
        let stretches = "0,30".parse::<AgeingBounds>().unwrap().stretches();
        let days = stretches.iter().map(|stretch| (stretch.from_days, stretch.to_days));
        assert!(days.eq([(None, Some(0)), (Some(1), Some(30)), (Some(31), None)]));
    }
}
