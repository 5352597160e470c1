//! Figures that can be explained.

use std::str::FromStr;

use chrono::NaiveDate;
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, WalletId};

use crate::deposits::{DailyTotals, Wallets};
use crate::fold::Projection;
use crate::ledger::GeneralLedger;
use crate::query::DateRange;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    Wallet {
        wallet: WalletId,
        part: WalletPart,
    },
    /// The balance of an account, of all sub-accounts for a sum of such; debits count positive.
    Account {
        account: AccountCode,
        currency: Currency,
        /// The last effective date that counts; all, if it is not given.
        as_of: Option<NaiveDate>,
    },
    /// What the dashboard says of the days of a period.
    Turnover {
        part: TurnoverPart,
        currency: Currency,
        range: DateRange,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletPart {
    Balance,
    Held,
    Available,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnoverPart {
    Deposits,
    Reversals,
    Withdrawals,
    Returns,
    Net,
}

impl Figure {
    pub fn currency(&self) -> Currency {
        match self {
            Self::Wallet { wallet, .. } => wallet.currency(),
            Self::Account { currency, .. } | Self::Turnover { currency, .. } => *currency,
        }
    }

    /// The projection that shows it.
    pub fn shown_by(&self) -> &'static str {
        match self {
            Self::Wallet { .. } => Wallets::NAME,
            Self::Account { .. } => GeneralLedger::NAME,
            Self::Turnover { .. } => DailyTotals::NAME,
        }
    }

    /// The projection whose lines lead to the events; `None` where they are found without one.
    pub fn lines_of(&self) -> Option<&'static str> {
        match self {
            Self::Wallet { .. } => None,
            Self::Account { .. } | Self::Turnover { .. } => Some(GeneralLedger::NAME),
        }
    }
}

impl WalletPart {
    pub const ALL: [Self; 3] = [Self::Balance, Self::Held, Self::Available];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Held => "held",
            Self::Available => "available",
        }
    }
}

impl TurnoverPart {
    pub const ALL: [Self; 5] = [Self::Deposits, Self::Reversals, Self::Withdrawals, Self::Returns, Self::Net];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposits => "deposits",
            Self::Reversals => "reversals",
            Self::Withdrawals => "withdrawals",
            Self::Returns => "returns",
            Self::Net => "net",
        }
    }
}

/// A word that names no such figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", known.join(", "))]
pub struct UnknownPart {
    pub known: Vec<&'static str>,
}

impl FromStr for WalletPart {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        let unknown = || UnknownPart { known: Self::ALL.map(Self::as_str).to_vec() };
        Self::ALL.into_iter().find(|part| part.as_str() == word).ok_or_else(unknown)
    }
}

impl FromStr for TurnoverPart {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        let unknown = || UnknownPart { known: Self::ALL.map(Self::as_str).to_vec() };
        Self::ALL.into_iter().find(|part| part.as_str() == word).ok_or_else(unknown)
    }
}
