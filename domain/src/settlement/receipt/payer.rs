//! Who paid, as far as the bank said, and what they wrote with it.
//!
//! Stored in full, as the destination of a withdrawal is: whose the money is, is found by it.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::deposits::{AccountName, AccountNumber};
use crate::text::{self, shown_as_written, text_type};

text_type!(
    /// What the payer wrote with the payment (摘要, 附言): 1 to 500 characters.
    RemittanceText,
    |remittance: SmolStr| text::line(remittance, 500)
);
shown_as_written!(RemittanceText);

/// The payer's name and account; either may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<AccountName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountNumber>,
}

impl Payer {
    pub fn is_unknown(&self) -> bool {
        self.name.is_none() && self.account.is_none()
    }
}
