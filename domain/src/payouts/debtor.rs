//! Who pays: our own account at the bank, as it stands in a batch.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::deposits::{AccountName, AccountNumber};
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A bank: its BIC (ISO 9362, 8 or 11 characters), or its CNAPS number (联行号, 12 digits).
    BankCode,
    |code: SmolStr| if is_bic(&code) || is_cnaps(&code) { Ok(code) } else { Err(BANK_CODE) }
);
shown_as_written!(BankCode);

const BANK_CODE: InvalidText =
    InvalidText::Malformed { expected: "ICBKCNBJ (a BIC) or 102100099996 (a CNAPS number)" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debtor {
    pub name: AccountName,
    pub account: AccountNumber,
    pub bank_code: BankCode,
}

impl BankCode {
    pub fn is_cnaps(&self) -> bool {
        is_cnaps(self.as_str())
    }
}

fn is_cnaps(code: &str) -> bool {
    code.len() == 12 && code.bytes().all(|digit| digit.is_ascii_digit())
}

/// The pattern of ISO 20022's `BICFIDec2014Identifier`.
fn is_bic(code: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_uppercase();
    let either = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    matches!(code.len(), 8 | 11)
        && code.bytes().enumerate().all(|(place, byte)| match place {
            4 | 5 => capital(byte),
            _ => either(byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_is_named_by_bic_or_cnaps() {
        for good in ["ICBKCNBJ", "ICBKCNBJSHI", "DEUTDEFF500", "102100099996"] {
            assert_eq!(good.parse::<BankCode>().unwrap().as_str(), good);
        }
        assert!("102100099996".parse::<BankCode>().unwrap().is_cnaps());
        for bad in ["", "ICBKCNB", "icbkcnbj", "ICBK1NBJ", "ICBKCNBJS", "10210009999", "1021000999961"] {
            assert!(bad.parse::<BankCode>().is_err(), "{bad}");
        }
    }
}
