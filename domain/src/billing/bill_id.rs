//! What a bill is called: whose it is, for which month, and which of that month's bills.

use smol_str::{SmolStr, format_smolstr};

use crate::ids::CustomerId;
use crate::month::Month;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A bill: its customer and month (`C00042.2026-10`), then which revision if not the first (`C00042.2026-10.r2`),
    /// or which bill of the difference (`C00042.2026-10.d1`).
    BillId,
    |text| if parts(&text).is_some() { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(BillId);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "C00042.2026-10 or C00042.2026-10.r2" };
const PROVEN: &str = "a bill's id is checked when it is made";

/// Which of a month's bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The whole month: 1, or a later one after the one before was voided.
    Revision(u32),
    /// What late usage makes more than was billed.
    Delta(u32),
}

impl BillId {
    /// The first bill of a month.
    pub fn new(customer: &CustomerId, month: Month) -> Self {
        Self(format_smolstr!("{customer}.{month}"))
    }

    /// The bill of the same month in place of voided ones; from 1, which is the first. `None` for 0.
    #[must_use]
    pub fn revised(&self, revision: u32) -> Option<Self> {
        match revision {
            0 => None,
            1 => Some(self.first()),
            revision => Some(Self(format_smolstr!("{}.r{revision}", self.first()))),
        }
    }

    /// The revision that follows this one; `None` for the bill of a difference.
    #[must_use]
    pub fn next_revision(&self) -> Option<Self> {
        self.revised(self.revision()?.checked_add(1)?)
    }

    /// A bill of the difference that late usage makes; from 1. `None` for 0.
    #[must_use]
    pub fn delta(&self, number: u32) -> Option<Self> {
        (number > 0).then(|| Self(format_smolstr!("{}.d{number}", self.first())))
    }

    fn first(&self) -> Self {
        let (customer, month, _) = self.parts();
        Self::new(&customer, month)
    }

    pub fn customer(&self) -> CustomerId {
        self.parts().0
    }

    pub fn month(&self) -> Month {
        self.parts().1
    }

    /// 1 is the first; `None` for the bill of a difference.
    pub fn revision(&self) -> Option<u32> {
        match self.parts().2 {
            Which::Revision(revision) => Some(revision),
            Which::Delta(_) => None,
        }
    }

    /// From 1 among the bills of late usage; 0 for one of the whole month.
    pub fn delta_number(&self) -> u32 {
        match self.parts().2 {
            Which::Revision(_) => 0,
            Which::Delta(number) => number,
        }
    }

    /// Whether it bills late usage only.
    pub fn is_delta(&self) -> bool {
        self.revision().is_none()
    }

    fn parts(&self) -> (CustomerId, Month, Which) {
        parts(&self.0).expect(PROVEN)
    }
}

fn parts(text: &SmolStr) -> Option<(CustomerId, Month, Which)> {
    let mut parts = text.splitn(3, '.');
    let customer = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let which = parts.next().map_or(Some(Which::Revision(1)), which)?;
    Some((customer, month, which))
}

fn which(text: &str) -> Option<Which> {
    match text.split_at_checked(1)? {
        ("r", revision) => number(revision, 2).map(Which::Revision),
        ("d", delta) => number(delta, 1).map(Which::Delta),
        _ => None,
    }
}

/// A number in its one spelling, not below `least`.
fn number(text: &str, least: u32) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|number| plain && *number >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(text: &str) -> BillId {
        text.parse().unwrap()
    }

    #[test]
    fn a_bill_names_its_customer_month_and_revision() {
        let first = BillId::new(&CustomerId::from_number(42), "2026-10".parse().unwrap());
        assert_eq!(first.as_str(), "C00042.2026-10");
        assert_eq!(first, bill("C00042.2026-10"));
        assert_eq!((first.revision(), first.is_delta()), (Some(1), false));
        let second = bill("C00042.2026-10.r2");
        assert_eq!(first.revised(2), Some(second.clone()));
        assert_eq!(second.revised(1), Some(first.clone()));
        assert_eq!(second.revision(), Some(2));
        assert_eq!(first.next_revision(), Some(second.clone()));
        let delta = bill("C00042.2026-10.d1");
        assert_eq!(second.delta(1), Some(delta.clone()));
        assert_eq!((delta.revision(), delta.is_delta(), delta.next_revision()), (None, true, None));
        assert_eq!((delta.delta_number(), second.delta_number()), (1, 0));
        assert_eq!(delta.customer(), CustomerId::from_number(42));
        assert_eq!(delta.month().to_string(), "2026-10");
        assert_eq!((first.revised(0), first.delta(0)), (None, None));
    }

    #[test]
    fn a_bill_has_one_spelling() {
        for bad in [
            "",
            "C00042",
            "C00042.2026-13",
            "C00042.2026-10.",
            "C00042.2026-10.r1",
            "C00042.2026-10.r02",
            "C00042.2026-10.d0",
            "C00042.2026-10.x2",
            "C00042.2026-10.r+2",
            "C00042.2026-10.r2.d1",
            "C42.2026-10",
        ] {
            assert!(bad.parse::<BillId>().is_err(), "{bad}");
        }
    }
}
