//! What a source is called, and a run of it.

use smol_str::{SmolStr, format_smolstr};

use crate::text::{InvalidText, line, shown_as_written, text_type};

text_type!(
    /// A source as the settings call it: 1 to 40 lower-case letters, digits, `_` and `-`, of which the first two kinds
    /// may begin it.
    SourceName,
    |text| if is_name(&text) { Ok(text) } else { Err(NAME) }
);
text_type!(
    /// A run of a source: `meters.7` is the seventh of `meters`.
    UsageRunId,
    |text| if parts(&text).is_some() { Ok(text) } else { Err(RUN) }
);
text_type!(
    /// The name of a file that a source has brought: 1 to 255 characters.
    SourceFile,
    |text| line(text, 255)
);
shown_as_written!(SourceName, UsageRunId, SourceFile);

const NAME: InvalidText = InvalidText::Malformed { expected: "meters: lower-case letters, digits, _ and -" };
const RUN: InvalidText = InvalidText::Malformed { expected: "meters.7" };
const LONGEST: usize = 40;
const PROVEN: &str = "the id of a run is checked when it is made";

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= LONGEST
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || matches!(byte, b'_' | b'-'))
}

impl UsageRunId {
    pub fn new(source: &SourceName, number: u64) -> Self {
        Self(format_smolstr!("{source}.{number}"))
    }

    pub fn source(&self) -> SourceName {
        parts(&self.0).expect(PROVEN).0
    }

    /// From 1.
    pub fn number(&self) -> u64 {
        parts(&self.0).expect(PROVEN).1
    }
}

fn parts(text: &SmolStr) -> Option<(SourceName, u64)> {
    let (source, number) = text.split_once('.')?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let number = number.parse().ok().filter(|_| digits)?;
    Some((source.parse().ok()?, number))
}
