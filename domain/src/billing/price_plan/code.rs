//! What a price plan is called.

use smol_str::SmolStr;

use crate::text::{self, InvalidText, shown_as_written, text_type};

text_type!(
    /// A plan's code, chosen by people: a letter or digit, then up to 39 letters, digits, `_` or `-`.
    PlanCode,
    |text| if is_code(&text) { Ok(text) } else { Err(EXPECTED) }
);

text_type!(
    /// A plan's name as people write it: 1 to 200 characters.
    PlanName,
    |name: SmolStr| text::line(name, 200)
);
shown_as_written!(PlanCode, PlanName);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "standard-2026" };

impl PlanCode {
    /// The id of the plan's stream.
    pub fn stream(&self) -> String {
        format!("plan.{}", self.as_str())
    }
}

fn is_code(text: &SmolStr) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    first && rest && text.len() <= 40
}
