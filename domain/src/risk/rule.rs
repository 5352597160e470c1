//! One rule of risk, with its parameters.

use serde::{Deserialize, Serialize};

use super::{Ratio, Recent, Window};
use crate::money::Money;
use crate::text::{self, InvalidText};

/// A rule that is off is kept with its parameters, and hits nothing.
///
/// `from` names amounts, one in each currency, below which a withdrawal is too small to matter; in a currency it does
/// not name every withdrawal counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum RiskRule {
    /// More is withdrawn than this part of what was deposited in the window (出金率).
    WithdrawalRate {
        on: bool,
        points: u32,
        window: Window,
        above: Ratio,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
    /// More is asked for in the window than this. A currency without an amount has no limit.
    AmountVelocity { on: bool, points: u32, window: Window, most: Vec<Money> },
    /// More often than this is money asked for in the window, from all wallets of the customer together.
    CountVelocity { on: bool, points: u32, window: Window, most: u32 },
    /// The first withdrawal comes within so many hours of the registration, or of the first deposit.
    FirstWithdrawal {
        on: bool,
        points: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registered_within: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deposited_within: Option<u32>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
    /// What came in lately goes out again: each is at least this part of the other.
    InAndOut {
        on: bool,
        points: u32,
        /// 1, 6, 24 or 72.
        hours: Recent,
        share: Ratio,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
    /// The customer has had money sent elsewhere before, and never to this account.
    NewDestination {
        on: bool,
        points: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
    /// Another customer has had money sent to this account.
    SharedDestination {
        on: bool,
        points: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
    /// More than so many times the average of the last 30 days, once there were enough withdrawals for one.
    AboveAverage {
        on: bool,
        points: u32,
        times: Ratio,
        /// Withdrawals an average takes.
        after: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<Money>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskRuleName {
    WithdrawalRate,
    AmountVelocity,
    CountVelocity,
    FirstWithdrawal,
    InAndOut,
    NewDestination,
    SharedDestination,
    AboveAverage,
    /// Not one that is set: what came in was not known in time, so somebody has to look.
    NotKnown,
}

impl RiskRuleName {
    /// Those that can be set.
    pub const ALL: [Self; 8] = [
        Self::WithdrawalRate,
        Self::AmountVelocity,
        Self::CountVelocity,
        Self::FirstWithdrawal,
        Self::InAndOut,
        Self::NewDestination,
        Self::SharedDestination,
        Self::AboveAverage,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::WithdrawalRate => "withdrawal_rate",
            Self::AmountVelocity => "amount_velocity",
            Self::CountVelocity => "count_velocity",
            Self::FirstWithdrawal => "first_withdrawal",
            Self::InAndOut => "in_and_out",
            Self::NewDestination => "new_destination",
            Self::SharedDestination => "shared_destination",
            Self::AboveAverage => "above_average",
            Self::NotKnown => "not_known",
        }
    }
}

impl std::str::FromStr for RiskRuleName {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "withdrawal_rate, amount_velocity, count_velocity, first_withdrawal, in_and_out, \
                                new_destination, shared_destination or above_average";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}

impl std::fmt::Display for RiskRuleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl RiskRule {
    pub fn name(&self) -> RiskRuleName {
        match self {
            Self::WithdrawalRate { .. } => RiskRuleName::WithdrawalRate,
            Self::AmountVelocity { .. } => RiskRuleName::AmountVelocity,
            Self::CountVelocity { .. } => RiskRuleName::CountVelocity,
            Self::FirstWithdrawal { .. } => RiskRuleName::FirstWithdrawal,
            Self::InAndOut { .. } => RiskRuleName::InAndOut,
            Self::NewDestination { .. } => RiskRuleName::NewDestination,
            Self::SharedDestination { .. } => RiskRuleName::SharedDestination,
            Self::AboveAverage { .. } => RiskRuleName::AboveAverage,
        }
    }

    /// There may be one of a name for each.
    pub fn window(&self) -> Option<Window> {
        match self {
            Self::WithdrawalRate { window, .. }
            | Self::AmountVelocity { window, .. }
            | Self::CountVelocity { window, .. } => Some(*window),
            Self::FirstWithdrawal { .. }
            | Self::InAndOut { .. }
            | Self::NewDestination { .. }
            | Self::SharedDestination { .. }
            | Self::AboveAverage { .. } => None,
        }
    }

    pub fn is_on(&self) -> bool {
        match self {
            Self::WithdrawalRate { on, .. }
            | Self::AmountVelocity { on, .. }
            | Self::CountVelocity { on, .. }
            | Self::FirstWithdrawal { on, .. }
            | Self::InAndOut { on, .. }
            | Self::NewDestination { on, .. }
            | Self::SharedDestination { on, .. }
            | Self::AboveAverage { on, .. } => *on,
        }
    }

    /// What a hit counts.
    pub fn points(&self) -> u32 {
        match self {
            Self::WithdrawalRate { points, .. }
            | Self::AmountVelocity { points, .. }
            | Self::CountVelocity { points, .. }
            | Self::FirstWithdrawal { points, .. }
            | Self::InAndOut { points, .. }
            | Self::NewDestination { points, .. }
            | Self::SharedDestination { points, .. }
            | Self::AboveAverage { points, .. } => *points,
        }
    }

    /// Amounts below which it hits nothing.
    pub(super) fn from(&self) -> &[Money] {
        match self {
            Self::AmountVelocity { .. } | Self::CountVelocity { .. } => &[],
            Self::WithdrawalRate { from, .. }
            | Self::FirstWithdrawal { from, .. }
            | Self::InAndOut { from, .. }
            | Self::NewDestination { from, .. }
            | Self::SharedDestination { from, .. }
            | Self::AboveAverage { from, .. } => from,
        }
    }
}
