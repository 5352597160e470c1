//! The stream of what a customer used in a month.

use chrono::NaiveDate;
use smol_str::{SmolStr, format_smolstr};

use crate::ids::CustomerId;
use crate::month::Month;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A customer's usage in a month: `C00042.2026-10.usage`.
    UsageId,
    |text| if parts(&text).is_some() { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(UsageId);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "C00042.2026-10.usage" };
const PROVEN: &str = "a usage id is checked when it is made";

impl UsageId {
    pub fn new(customer: &CustomerId, month: Month) -> Self {
        Self(format_smolstr!("{customer}.{month}.usage"))
    }

    /// Where what was used on a day belongs. A day outside the months there are belongs to the nearest, which refuses it.
    pub fn on(customer: &CustomerId, date: NaiveDate) -> Self {
        Self::new(customer, Month::nearest(date))
    }

    pub fn customer(&self) -> CustomerId {
        parts(&self.0).expect(PROVEN).0
    }

    pub fn month(&self) -> Month {
        parts(&self.0).expect(PROVEN).1
    }
}

fn parts(text: &SmolStr) -> Option<(CustomerId, Month)> {
    let (customer, month) = text.strip_suffix(".usage")?.split_once('.')?;
    Some((customer.parse().ok()?, month.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_names_its_customer_and_month() {
        let customer = CustomerId::from_number(42);
        let usage = UsageId::on(&customer, "2026-10-31".parse().unwrap());
        assert_eq!(usage.as_str(), "C00042.2026-10.usage");
        assert_eq!(usage, UsageId::new(&customer, "2026-10".parse().unwrap()));
        assert_eq!((usage.customer(), usage.month().to_string().as_str()), (customer.clone(), "2026-10"));
        for bad in ["C00042.2026-10", "C00042.usage", "C42.2026-10.usage", "C00042.2026-1.usage", ".usage"] {
            assert!(bad.parse::<UsageId>().is_err(), "{bad}");
        }
    }
}
