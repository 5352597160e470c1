//! What the credit alert of a bill or an order is called in the journal.

use smol_str::format_smolstr;

use super::CreditSubject;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A credit alert: the id of its bill or order, then `.credit-alert` (`C00042.2026-10.credit-alert`).
    CreditAlertId,
    |text| match text.strip_suffix(SUFFIX).map(str::parse::<CreditSubject>) {
        Some(Ok(_)) => Ok(text),
        Some(Err(_)) | None => Err(InvalidText::Malformed { expected: "C00042.2026-10.credit-alert" }),
    }
);
shown_as_written!(CreditAlertId);

const SUFFIX: &str = ".credit-alert";

impl CreditAlertId {
    pub fn of(subject: &CreditSubject) -> Self {
        Self(format_smolstr!("{subject}{SUFFIX}"))
    }
}
