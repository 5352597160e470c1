//! What the reminders of a bill are called in the journal.

use smol_str::format_smolstr;

use crate::billing::BillId;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// The reminders of a bill: its id, then `.reminders` (`C00042.2026-10.reminders`).
    ReminderId,
    |text| match text.strip_suffix(SUFFIX).map(str::parse::<BillId>) {
        Some(Ok(_)) => Ok(text),
        Some(Err(_)) | None => Err(InvalidText::Malformed { expected: "C00042.2026-10.reminders" }),
    }
);
shown_as_written!(ReminderId);

const SUFFIX: &str = ".reminders";

impl ReminderId {
    pub fn of(bill: &BillId) -> Self {
        Self(format_smolstr!("{bill}{SUFFIX}"))
    }
}
