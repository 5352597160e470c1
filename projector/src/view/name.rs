//! The name of a view.

use std::fmt;
use std::str::FromStr;

/// Lower-case letters, digits and `_`, so that it needs no quoting as part of a schema's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ViewName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 lower-case letters, digits and _, beginning with a letter")]
pub struct InvalidViewName;

impl ViewName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ViewName {
    type Err = InvalidViewName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if begins_well && plain && text.len() <= 40 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidViewName)
        }
    }
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_no_quoting() {
        for good in ["march", "m2026_03", &"a".repeat(40)] {
            assert_eq!(good.parse::<ViewName>().unwrap().as_str(), good);
        }
        for bad in ["", "3rd", "_x", "March", "m-3", "m;drop", "m\"", "三月", &"a".repeat(41)] {
            assert_eq!(bad.parse::<ViewName>(), Err(InvalidViewName), "{bad}");
        }
    }
}
