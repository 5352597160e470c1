//! Where a withdrawal's money goes.
//!
//! The account number is stored in full, because the bank needs it. Must never show it in full in logs or on
//! screens: `Display` and `Debug` mask all but the last four characters.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::customers::likeness;
use crate::text::{self, InvalidText, shown_as_written, text_type};

text_type!(
    /// In whose name the account is: 1 to 200 characters.
    AccountName,
    |name: SmolStr| text::line(name, 200)
);

text_type!(
    /// The number of a bank account, or the account name at a payment channel: 4 to 64 characters.
    AccountNumber,
    check_number
);

text_type!(
    /// The bank or payment channel: 1 to 200 characters.
    BankName,
    |name: SmolStr| text::line(name, 200)
);

shown_as_written!(AccountName, BankName);

/// An account the money of a withdrawal is paid into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    pub account_name: AccountName,
    pub account_number: AccountNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<BankName>,
}

fn check_number(text: SmolStr) -> Result<SmolStr, InvalidText> {
    let text = text::line(text, 64)?;
    if text.chars().nth(3).is_none() {
        return Err(InvalidText::Malformed { expected: "an account number of at least four characters" });
    }
    Ok(text)
}

impl AccountNumber {
    /// What is the same however the number is written: of one width, without spaces and signs (`@` names accounts at
    /// channels), in capitals.
    pub fn key(&self) -> String {
        let letters = likeness(self.as_str()).to_uppercase();
        letters.chars().filter(|letter| letter.is_alphanumeric() || *letter == '@').collect()
    }

    /// The number as it may be shown: `••••1234`; a number of up to eight characters shows nothing of itself.
    pub fn masked(&self) -> String {
        let length = self.as_str().chars().count();
        let shown = if length > 8 { 4 } else { 0 };
        let tail: String = self.as_str().chars().skip(length - shown).collect();
        format!("••••{tail}")
    }
}

impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.account_name, self.account_number)?;
        match &self.bank_name {
            Some(bank) => write!(f, " ({bank})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_number_is_masked_wherever_it_is_shown() {
        let destination: Destination = serde_json::from_str(
            r#"{"account_name":"李雷","account_number":"6222021234567890123","bank_name":"工商银行"}"#,
        )
        .unwrap();
        assert_eq!(destination.to_string(), "李雷 ••••0123 (工商银行)");
        assert!(!format!("{destination:?}").contains("622202"));
        assert_eq!("12345678".parse::<AccountNumber>().unwrap().masked(), "••••");
    }

    #[test]
    fn an_account_is_the_same_however_it_is_written() {
        let key = |number: &str| number.parse::<AccountNumber>().unwrap().key();
        for written in
            ["6222 0212-3456", "６２２２０２１２３４５６", "6222.0212.3456", "6222\u{200b}02123456"]
        {
            assert_eq!(key(written), "622202123456", "{written}");
        }
        assert_eq!(key("li@example.com"), key("LI@EXAMPLE.COM"));
        assert_ne!(key("li@example.com"), key("liexample.com"));
    }

    #[test]
    fn an_account_number_is_stored_in_full() {
        let number: AccountNumber = "6222021234567890123".parse().unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), r#""6222021234567890123""#);
    }

    #[test]
    fn an_account_number_has_at_least_four_characters() {
        assert!("123".parse::<AccountNumber>().is_err());
        assert!("1234".parse::<AccountNumber>().is_ok());
        assert!("1".repeat(65).parse::<AccountNumber>().is_err());
    }
}
