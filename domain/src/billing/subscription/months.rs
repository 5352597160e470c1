//! Which months a change of plan touches.

use std::iter::successors;

use chrono::NaiveDate;

use super::SubscriptionRefusal;
use crate::ids::CustomerId;
use crate::month::Month;

/// How many months before today's a plan can still change.
pub const MOST_MONTHS_BACK: usize = 24;

/// The months from a change's to today's, whose bills it would contradict: none, if it begins in a later month.
/// Refuses a day too long ago.
pub fn months_changed(
    customer: &CustomerId,
    from: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<Month>, SubscriptionRefusal> {
    // Outside the months there are nothing is billed.
    let Some(now) = Month::of(today) else { return Ok(Vec::new()) };
    let back = successors(Some(now), |month| month.previous());
    let earliest = back.take(1 + MOST_MONTHS_BACK).last().unwrap_or(now).first_day();
    if from < earliest {
        return Err(SubscriptionRefusal::TooLongAgo { customer: customer.clone(), from, earliest });
    }
    let months = successors(Month::of(from), |month| month.next());
    Ok(months.take_while(|month| *month <= now).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: &str) -> Result<Vec<String>, SubscriptionRefusal> {
        let day = |text: &str| text.parse().unwrap();
        let months = months_changed(&CustomerId::from_number(42), day(from), day("2026-11-21"))?;
        Ok(months.iter().map(Month::to_string).collect())
    }

    #[test]
    fn a_change_touches_the_months_from_its_own_to_todays() {
        assert_eq!(changed("2026-11-30").unwrap(), ["2026-11"]);
        assert_eq!(changed("2026-11-01").unwrap(), ["2026-11"]);
        assert_eq!(changed("2026-08-31").unwrap(), ["2026-08", "2026-09", "2026-10", "2026-11"]);
        assert_eq!(changed("2026-12-01").unwrap(), [""; 0]);
        assert_eq!(changed("+10000-01-01").unwrap(), [""; 0]);
    }

    #[test]
    fn a_change_reaches_24_months_back() {
        assert_eq!(changed("2024-11-01").unwrap().len(), 25);
        let (from, earliest) = ("2024-10-31".parse().unwrap(), "2024-11-01".parse().unwrap());
        let customer = CustomerId::from_number(42);
        assert_eq!(changed("2024-10-31"), Err(SubscriptionRefusal::TooLongAgo { customer, from, earliest }));
    }
}
