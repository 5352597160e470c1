//! What a user or key is called and what a password must be, as texts that have been checked.

use std::fmt;
use std::str::FromStr;

use super::AccessError;
use super::password::check_password;
use crate::request::Coded;

/// A user's or key's name: 1 to 64 letters, digits, `.`, `_`, `-` or `@`, in lower case. It is the actor's name in
/// the journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccessName(String);

impl AccessName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessName {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_lowercase();
        let fits = (1..=64).contains(&name.chars().count());
        if fits && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@')) {
            Ok(Self(name))
        } else {
            Err(AccessError::InvalidName)
        }
    }
}

impl fmt::Display for AccessName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password someone wants to have. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NewPassword(pub(super) String);

impl FromStr for NewPassword {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_password(text)?;
        Ok(Self(text.to_owned()))
    }
}

/// A secret someone shows. Anything may be tried; its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ShownSecret(pub(super) String);

impl FromStr for ShownSecret {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Longer than any password can be: not worth hashing.
        if text.len() > 1000 { Err(AccessError::InvalidPassword) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword")
    }
}

impl fmt::Debug for ShownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownSecret")
    }
}

impl Coded for AccessError {
    fn code(&self) -> &'static str {
        match self {
            Self::InvalidPassword => "length",
            Self::UserExists { .. }
            | Self::UserNotFound { .. }
            | Self::InvalidName
            | Self::LastAdmin { .. }
            | Self::ApiKeyNotFound { .. }
            | Self::ApiKeyNameTaken { .. }
            | Self::UnknownRole(_)
            | Self::Hashing(_)
            | Self::Randomness(_)
            | Self::Database(_) => "malformed",
        }
    }
}

impl Coded for super::role::UnknownRole {
    fn code(&self) -> &'static str {
        "unknown_value"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_lower_case_and_plain() {
        assert_eq!("Li.Lei@Shop-1".parse::<AccessName>().unwrap().as_str(), "li.lei@shop-1");
        assert_eq!("李雷".parse::<AccessName>().unwrap().as_str(), "李雷");
        for bad in ["", " ", "a b", "a:b", "a/b", "a\0b", &"x".repeat(65)] {
            assert!(bad.parse::<AccessName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", "correct horse".parse::<NewPassword>().unwrap()), "NewPassword");
        assert_eq!(format!("{:?}", "correct horse".parse::<ShownSecret>().unwrap()), "ShownSecret");
    }
}
