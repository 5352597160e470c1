//! The stream of what is not believed of a customer's month, and an entry of it.

use smol_str::{SmolStr, format_smolstr};

use crate::billing::UsageId;
use crate::ids::CustomerId;
use crate::month::Month;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// What is put aside of a customer's month: `C00042.2026-10.quarantine`.
    UsageQuarantineId,
    |text| if whole(&text).is_some() { Ok(text) } else { Err(WHOLE) }
);
text_type!(
    /// One value that was put aside: `C00042.2026-10.q3` is the third of its month.
    QuarantinedId,
    |text| if entry(&text).is_some() { Ok(text) } else { Err(ENTRY) }
);
shown_as_written!(UsageQuarantineId, QuarantinedId);

const WHOLE: InvalidText = InvalidText::Malformed { expected: "C00042.2026-10.quarantine" };
const ENTRY: InvalidText = InvalidText::Malformed { expected: "C00042.2026-10.q3" };
const PROVEN: &str = "an id of quarantine is checked when it is made";

impl UsageQuarantineId {
    pub fn new(customer: &CustomerId, month: Month) -> Self {
        Self(format_smolstr!("{customer}.{month}.quarantine"))
    }

    pub fn customer(&self) -> CustomerId {
        whole(&self.0).expect(PROVEN).0
    }

    pub fn month(&self) -> Month {
        whole(&self.0).expect(PROVEN).1
    }

    /// Where the usage belongs, once it is believed.
    pub fn usage(&self) -> UsageId {
        UsageId::new(&self.customer(), self.month())
    }

    /// An entry, from 1.
    pub fn entry(&self, number: u32) -> QuarantinedId {
        QuarantinedId(format_smolstr!("{}.{}.q{number}", self.customer(), self.month()))
    }
}

impl QuarantinedId {
    pub fn quarantine(&self) -> UsageQuarantineId {
        let (customer, month, _) = entry(&self.0).expect(PROVEN);
        UsageQuarantineId::new(&customer, month)
    }

    /// From 1.
    pub fn number(&self) -> u32 {
        entry(&self.0).expect(PROVEN).2
    }
}

fn whole(text: &SmolStr) -> Option<(CustomerId, Month)> {
    let (customer, month) = text.strip_suffix(".quarantine")?.split_once('.')?;
    Some((customer.parse().ok()?, month.parse().ok()?))
}

fn entry(text: &SmolStr) -> Option<(CustomerId, Month, u32)> {
    let (month, number) = text.rsplit_once(".q")?;
    let (customer, month) = month.split_once('.')?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let number = number.parse().ok().filter(|_| digits)?;
    Some((customer.parse().ok()?, month.parse().ok()?, number))
}
