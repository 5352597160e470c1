//! The ways in which money comes in.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositMethod {
    BankTransfer,
    WechatPay,
    Alipay,
    Cash,
}

impl DepositMethod {
    pub const ALL: [Self; 4] = [Self::BankTransfer, Self::WechatPay, Self::Alipay, Self::Cash];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BankTransfer => "bank_transfer",
            Self::WechatPay => "wechat_pay",
            Self::Alipay => "alipay",
            Self::Cash => "cash",
        }
    }
}

impl std::fmt::Display for DepositMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for DepositMethod {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "bank_transfer, wechat_pay, alipay or cash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_has_one_spelling_everywhere() {
        for method in DepositMethod::ALL {
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{method}\""));
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        assert!("cheque".parse::<DepositMethod>().is_err());
    }
}
