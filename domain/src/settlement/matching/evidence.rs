//! What speaks for a proposal and against it: each ground in words, with what it adds to the score.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{RuleName, Score};
use crate::billing::BillId;
use crate::deposits::AccountNumber;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::settlement::write_off::DifferenceReason;

/// Why a write-off was made by itself, kept with it for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchEvidence {
    pub rule: RuleName,
    /// The version of the book's rules; 0 is what a book begins with.
    pub rules_version: u32,
    pub score: Score,
    /// In words.
    pub reasons: Vec<SmolStr>,
}

/// Shows itself in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchGround {
    /// Of one bill.
    AmountEqual,
    SetEqual {
        bills: usize,
    },
    /// Everything the customer owes in the currency.
    AllOwed {
        bills: usize,
    },
    /// Less than the bills that were named are owed.
    Short {
        open: Money,
    },
    /// More than the bills that were named are owed.
    Over {
        free: Money,
    },
    Within {
        difference: Money,
        reason: DifferenceReason,
    },
    OverWithin {
        free: Money,
    },
    OldestFirst,
    /// The customer is one of those the rule names.
    SettlesSo,
    CustomerKnown {
        customer: CustomerId,
    },
    PayerAccount {
        account: AccountNumber,
    },
    PayerName {
        alike: Score,
    },
    Named {
        bill: BillId,
    },
    /// The payer has named a bill it does not pay, which may be paid already or another customer's: whatever the score, a
    /// person has to do it.
    NamesAnother {
        named: SmolStr,
    },
    /// Other bills, or other sets of them, that fit as well.
    OtherBills,
    /// Another customer whom it fits nearly as well.
    OtherCustomer {
        customer: CustomerId,
    },
    /// More names share letters with the payer's than are compared.
    NamesUnseen,
    /// A person has undone or rejected a write-off of the receipt: whatever the score, a person has to do the next.
    UndoneBefore,
}

impl MatchGround {
    /// In hundredths. `docs/matching.md` has the same table.
    pub fn points(&self) -> i32 {
        match self {
            Self::AmountEqual | Self::AllOwed { .. } => 50,
            Self::SetEqual { .. } => 45,
            Self::Within { .. } | Self::OverWithin { .. } => 40,
            Self::Short { .. } | Self::Over { .. } => 30,
            Self::OldestFirst => 20,
            Self::SettlesSo | Self::CustomerKnown { .. } | Self::PayerAccount { .. } => 30,
            Self::PayerName { alike } if *alike >= ALIKE => 30 * i32::from(alike.hundredths()) / 100,
            Self::PayerName { .. } => 0,
            Self::Named { .. } => 20,
            Self::NamesAnother { .. } | Self::OtherBills | Self::OtherCustomer { .. } | Self::NamesUnseen => {
                -20
            }
            Self::UndoneBefore => 0,
        }
    }

    /// Whether a person has to look, whatever the score.
    pub(super) fn needs_person(&self) -> bool {
        match self {
            Self::NamesAnother { .. } | Self::UndoneBefore => true,
            Self::AmountEqual
            | Self::SetEqual { .. }
            | Self::AllOwed { .. }
            | Self::Short { .. }
            | Self::Over { .. }
            | Self::Within { .. }
            | Self::OverWithin { .. }
            | Self::OldestFirst
            | Self::SettlesSo
            | Self::CustomerKnown { .. }
            | Self::PayerAccount { .. }
            | Self::PayerName { .. }
            | Self::Named { .. }
            | Self::OtherBills
            | Self::OtherCustomer { .. }
            | Self::NamesUnseen => false,
        }
    }

    /// The sum of what all of them add; of bills that were named, one counts.
    pub(super) fn score(grounds: &[Self]) -> Score {
        let named = grounds.iter().filter(|ground| matches!(ground, Self::Named { .. }));
        let repeated: i32 = named.skip(1).map(Self::points).sum();
        Score::clamped(grounds.iter().map(Self::points).sum::<i32>() - repeated)
    }
}

/// From here on two names may be the same.
pub(super) const ALIKE: Score = Score::four_fifths();

impl std::fmt::Display for MatchGround {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AmountEqual => f.write_str("amount equal"),
            Self::SetEqual { bills } => write!(f, "amount equal to {bills} bills together"),
            Self::AllOwed { bills } => write!(f, "amount equal to all {bills} open bills"),
            Self::Short { open } => write!(f, "{open} of the bills named stays open"),
            Self::Over { free } => write!(f, "{free} more than the bills named; it stays free"),
            Self::Within { difference, reason } => {
                write!(f, "{difference} less than owed, within tolerance as {reason}")
            }
            Self::OverWithin { free } => write!(f, "{free} more than owed, within tolerance; it stays free"),
            Self::OldestFirst => f.write_str("the oldest bills first"),
            Self::SettlesSo => f.write_str("the customer settles so"),
            Self::CustomerKnown { customer } => write!(f, "of customer {customer}"),
            Self::PayerAccount { account } => write!(f, "payer account {account} remembered"),
            Self::PayerName { alike } => write!(f, "payer name {alike} alike"),
            Self::Named { bill } => write!(f, "bill number {bill} in text"),
            Self::NamesAnother { named } => write!(f, "the payer names {named}, which it does not pay"),
            Self::OtherBills => f.write_str("other bills fit as well"),
            Self::OtherCustomer { customer } => write!(f, "customer {customer} fits nearly as well"),
            Self::NamesUnseen => f.write_str("more names are like it than were compared"),
            Self::UndoneBefore => f.write_str("a person has undone or rejected a write-off of it"),
        }
    }
}
