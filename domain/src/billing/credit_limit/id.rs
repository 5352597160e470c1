//! What the credit alert of a bill is called in the journal.

use smol_str::format_smolstr;

use crate::billing::BillId;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// The credit alert of a bill: its id, then `.credit-alert` (`C00042.2026-10.credit-alert`).
    CreditAlertId,
    |text| match text.strip_suffix(SUFFIX).map(str::parse::<BillId>) {
        Some(Ok(_)) => Ok(text),
        Some(Err(_)) | None => Err(InvalidText::Malformed { expected: "C00042.2026-10.credit-alert" }),
    }
);
shown_as_written!(CreditAlertId);

const SUFFIX: &str = ".credit-alert";

impl CreditAlertId {
    pub fn of(bill: &BillId) -> Self {
        Self(format_smolstr!("{bill}{SUFFIX}"))
    }
}
