//! What a delegation is called: who made it, and which of theirs it is.

use smol_str::{SmolStr, format_smolstr};

use crate::actor::Actor;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A delegation: who delegates, and a number from 1, such as `user:wang.3`.
    DelegationId,
    |text| if parts(&text).is_some() { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(DelegationId);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "user:wang.3" };
const PROVEN: &str = "a delegation's id is checked when it is made";

impl DelegationId {
    pub fn new(delegator: &Actor, number: u32) -> Self {
        Self(format_smolstr!("{delegator}.{number}"))
    }

    pub fn delegator(&self) -> Actor {
        parts(&self.0).expect(PROVEN).0
    }

    pub fn number(&self) -> u32 {
        parts(&self.0).expect(PROVEN).1
    }
}

fn parts(text: &SmolStr) -> Option<(Actor, u32)> {
    let (delegator, number) = text.rsplit_once('.')?;
    let given = number.parse::<u32>().ok().filter(|given| *given > 0 && given.to_string() == number)?;
    Some((delegator.parse().ok()?, given))
}
