//! The rules of a book, in their order, and from which score on a proposal may be posted by itself.

use serde::{Deserialize, Serialize};

use super::minor::{Minor, minor};
use super::{MatchingRule, RuleName, Score};
use crate::billing::pricing::Rate;
use crate::money::Money;
use crate::settlement::write_off::DifferenceReason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Nothing is posted by itself without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_from: Option<Score>,
    /// Each kind at most once; they are tried in this order.
    pub rules: Vec<MatchingRule>,
}

/// The most bills one set may have.
const MOST_BILLS: u8 = 12;

/// Why rules cannot be what somebody wrote. `rule` counts from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRules {
    #[error("{name} is there already")]
    Repeated { rule: usize, name: RuleName },
    #[error("a set has 2 to {MOST_BILLS} bills, not {most}")]
    SetSize { rule: usize, most: u8 },
    #[error("a tolerance needs an absolute amount, a rate, or both")]
    NoTolerance { rule: usize },
    #[error("{amount} is no tolerance: it has to be positive, and the only one of its currency")]
    Tolerance { rule: usize, amount: Money },
}

impl InvalidRules {
    /// Which rule it is about, from 0.
    pub fn rule(&self) -> usize {
        match self {
            Self::Repeated { rule, .. }
            | Self::SetSize { rule, .. }
            | Self::NoTolerance { rule }
            | Self::Tolerance { rule, .. } => *rule,
        }
    }

    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Repeated { .. } => "repeated_rule",
            Self::SetSize { .. } => "set_size",
            Self::NoTolerance { .. } => "no_tolerance",
            Self::Tolerance { .. } => "tolerance",
        }
    }
}

/// Of what is owed, one part in so many is forgiven, where nobody has said a rate.
const PART_BY_DEFAULT: Minor = 5;
/// Never more than one part in so many: a difference is not above the money that pays.
const PART_AT_MOST: Minor = 2;

/// How much less than what is owed is taken as all of it, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance<'a> {
    absolute: &'a [Money],
    rate: Option<Rate>,
    pub(super) reason: DifferenceReason,
}

impl Tolerance<'_> {
    /// Of so much that is owed: the smaller of what the limits allow, a fifth if there is no rate, and never more than half.
    /// Nothing in a currency without a limit of its own, if others have one.
    pub(super) fn of(&self, owed: Money) -> Minor {
        let currency = owed.currency();
        let absolute = match self.absolute.iter().find(|limit| limit.currency() == currency) {
            Some(limit) => Some(minor(*limit)),
            None if self.absolute.is_empty() => None,
            None => Some(0),
        };
        let part = match self.rate {
            Some(rate) => rate.of(owed).map_or(0, minor),
            None => minor(owed) / PART_BY_DEFAULT,
        };
        let part = part.min(minor(owed) / PART_AT_MOST);
        absolute.map_or(part, |absolute| absolute.min(part))
    }
}

impl RuleSet {
    /// What a book begins with: proposals by what is certain, nothing written off for a difference, nothing by itself.
    pub fn beginning() -> Self {
        Self {
            automatic_from: None,
            rules: vec![
                MatchingRule::Reference { on: true },
                MatchingRule::ExactBill { on: true },
                MatchingRule::ExactBills { on: true, most: MOST_BILLS },
                MatchingRule::OldestFirst { on: false, customers: Some(Vec::new()) },
            ],
        }
    }

    /// Whether a proposal of this score may be posted by itself.
    pub fn posts(&self, score: Score) -> bool {
        self.automatic_from.is_some_and(|from| score >= from)
    }

    pub(super) fn tolerance(&self) -> Option<Tolerance<'_>> {
        self.rules.iter().find_map(|rule| match rule {
            MatchingRule::WithinTolerance { on: true, absolute, rate, reason } => {
                Some(Tolerance { absolute, rate: *rate, reason: *reason })
            }
            MatchingRule::WithinTolerance { .. }
            | MatchingRule::Reference { .. }
            | MatchingRule::ExactBill { .. }
            | MatchingRule::ExactBills { .. }
            | MatchingRule::OldestFirst { .. } => None,
        })
    }

    /// Every rule, whether it is on or not, has to make sense.
    pub fn check(&self) -> Result<(), InvalidRules> {
        for (rule, known) in self.rules.iter().enumerate() {
            let name = known.name();
            if self.rules.iter().take(rule).any(|before| before.name() == name) {
                return Err(InvalidRules::Repeated { rule, name });
            }
            match known {
                MatchingRule::ExactBills { most, .. } if !(2..=MOST_BILLS).contains(most) => {
                    return Err(InvalidRules::SetSize { rule, most: *most });
                }
                MatchingRule::WithinTolerance { absolute, rate, .. } => {
                    check_tolerance(rule, absolute, *rate)?;
                }
                MatchingRule::ExactBills { .. }
                | MatchingRule::Reference { .. }
                | MatchingRule::ExactBill { .. }
                | MatchingRule::OldestFirst { .. } => {}
            }
        }
        Ok(())
    }
}

fn check_tolerance(rule: usize, absolute: &[Money], rate: Option<Rate>) -> Result<(), InvalidRules> {
    if absolute.is_empty() && rate.is_none() {
        return Err(InvalidRules::NoTolerance { rule });
    }
    for (place, amount) in absolute.iter().enumerate() {
        let repeated = absolute.iter().take(place).any(|before| before.currency() == amount.currency());
        if repeated || !amount.is_positive() {
            return Err(InvalidRules::Tolerance { rule, amount: *amount });
        }
    }
    Ok(())
}
