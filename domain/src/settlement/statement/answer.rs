//! What a customer says to a statement.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText, shown_as_written, text_type};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementAnswer {
    Agrees,
    Disagrees,
}

impl StatementAnswer {
    pub const ALL: [Self; 2] = [Self::Agrees, Self::Disagrees];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
        }
    }
}

impl std::fmt::Display for StatementAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for StatementAnswer {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "agrees or disagrees")
    }
}

text_type!(
    /// Who answered for the customer, as that person has typed it: 1 to 100 characters.
    Signatory,
    |text| text::line(text, 100)
);
shown_as_written!(Signatory);
