//! What an approval is called: what it is about, and how often that was asked for.

use smol_str::{SmolStr, format_smolstr};

use super::{ApprovalKind, ApprovalSubject};
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// An approval: its subject and its round, from 1, such as `refund.RP3XP6RJ5HNHZQAV0.2`.
    ApprovalId,
    |text| if parts(&text).is_some() { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(ApprovalId);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "refund.RP3XP6RJ5HNHZQAV0.1" };
const PROVEN: &str = "an approval's id is checked when it is made";

impl ApprovalId {
    /// `round` is from 1: how often this was asked for.
    pub fn new(subject: &ApprovalSubject, round: u32) -> Self {
        Self(format_smolstr!("{subject}.{round}"))
    }

    pub fn subject(&self) -> ApprovalSubject {
        parts(&self.0).expect(PROVEN).0
    }

    pub fn round(&self) -> u32 {
        parts(&self.0).expect(PROVEN).1
    }

    pub fn kind(&self) -> ApprovalKind {
        self.subject().kind()
    }
}

fn parts(text: &SmolStr) -> Option<(ApprovalSubject, u32)> {
    let (subject, round) = text.rsplit_once('.')?;
    let number = round.parse::<u32>().ok().filter(|number| *number > 0 && number.to_string() == round)?;
    Some((subject.parse().ok()?, number))
}
