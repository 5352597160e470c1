//! The rules of a book, and from which score on somebody has to look.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Ratio, Recent, RiskOutcome, RiskRule, RiskRuleName, Window};
use crate::money::{Currency, Money};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRuleSet {
    /// From this score on somebody has to look at a withdrawal before it is approved.
    pub review_from: u32,
    /// From this score on, and who lets it go may not be the one who approves it.
    pub block_from: u32,
    /// Each kind at most once, those that look at a window once for each.
    pub rules: Vec<RiskRule>,
}

/// The most points a rule may count, and the highest score somebody may wait for.
pub const MOST_POINTS: u32 = 1_000;

/// Why rules cannot be what somebody wrote. `rule` counts from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRiskRules {
    #[error("a review begins at 1 to {MOST_POINTS} points, not {review_from}")]
    ReviewFrom { review_from: u32 },
    #[error("a block begins where reviews do or later, at {MOST_POINTS} points at most, not {block_from}")]
    BlockFrom { block_from: u32 },
    #[error("{name} is there already")]
    Repeated { rule: usize, name: RiskRuleName },
    #[error("a rule counts {MOST_POINTS} points at most, not {points}")]
    Points { rule: usize, points: u32 },
    #[error("{amount} cannot be a limit: it has to be positive, and the only one of its currency")]
    Amount { rule: usize, amount: Money },
    #[error("{name} needs a limit above zero")]
    NoLimit { rule: usize, name: RiskRuleName },
}

impl InvalidRiskRules {
    /// Where it is, as a JSON pointer.
    pub fn pointer(&self) -> String {
        match self {
            Self::ReviewFrom { .. } => "/review_from".to_owned(),
            Self::BlockFrom { .. } => "/block_from".to_owned(),
            Self::Repeated { rule, .. }
            | Self::Points { rule, .. }
            | Self::Amount { rule, .. }
            | Self::NoLimit { rule, .. } => format!("/rules/{rule}"),
        }
    }

    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ReviewFrom { .. } | Self::BlockFrom { .. } | Self::Points { .. } => "out_of_range",
            Self::Repeated { .. } => "repeated_rule",
            Self::Amount { .. } => "amount",
            Self::NoLimit { .. } => "no_limit",
        }
    }
}

impl RiskRuleSet {
    /// What a book begins with: no single sign of a small withdrawal stops it, many at once or a great hurry do.
    pub fn beginning() -> Self {
        let from = || vec![yuan(50_000)];
        let amounts =
            |window, most| RiskRule::AmountVelocity { on: true, points: 60, window, most: vec![yuan(most)] };
        let counts = |window, most| RiskRule::CountVelocity { on: true, points: 60, window, most };
        Self {
            review_from: 60,
            block_from: 100,
            rules: vec![
                RiskRule::WithdrawalRate {
                    on: true,
                    points: 30,
                    window: Window::Month,
                    above: Ratio::percent(95),
                    from: from(),
                },
                amounts(Window::Day, 1_000_000),
                amounts(Window::Week, 3_000_000),
                amounts(Window::Month, 10_000_000),
                counts(Window::Day, 20),
                counts(Window::Week, 60),
                counts(Window::Month, 200),
                RiskRule::FirstWithdrawal {
                    on: true,
                    points: 20,
                    registered_within: Some(72),
                    deposited_within: Some(24),
                    from: from(),
                },
                RiskRule::InAndOut {
                    on: true,
                    points: 30,
                    hours: Recent::Day,
                    share: Ratio::percent(80),
                    from: from(),
                },
                RiskRule::NewDestination { on: true, points: 20, from: from() },
                RiskRule::SharedDestination { on: true, points: 40, from: from() },
                RiskRule::AboveAverage {
                    on: true,
                    points: 30,
                    times: Ratio::percent(500),
                    after: 3,
                    from: from(),
                },
            ],
        }
    }

    /// What a score means.
    pub fn outcome(&self, score: u32) -> RiskOutcome {
        if score >= self.block_from {
            RiskOutcome::Block
        } else if score >= self.review_from {
            RiskOutcome::Review
        } else {
            RiskOutcome::Pass
        }
    }

    /// Every rule, whether it is on or not, has to make sense.
    pub fn check(&self) -> Result<(), InvalidRiskRules> {
        let (review_from, block_from) = (self.review_from, self.block_from);
        if !(1..=MOST_POINTS).contains(&review_from) {
            return Err(InvalidRiskRules::ReviewFrom { review_from });
        }
        if !(review_from..=MOST_POINTS).contains(&block_from) {
            return Err(InvalidRiskRules::BlockFrom { block_from });
        }
        for (rule, known) in self.rules.iter().enumerate() {
            let name = known.name();
            let same = |before: &&RiskRule| before.name() == name && before.window() == known.window();
            if self.rules.iter().take(rule).any(|before| same(&before)) {
                return Err(InvalidRiskRules::Repeated { rule, name });
            }
            if known.points() > MOST_POINTS {
                return Err(InvalidRiskRules::Points { rule, points: known.points() });
            }
            check_amounts(rule, known.from())?;
            check_limit(rule, known)?;
        }
        Ok(())
    }
}

fn check_limit(rule: usize, known: &RiskRule) -> Result<(), InvalidRiskRules> {
    let is_limited = match known {
        RiskRule::WithdrawalRate { above, .. } => !above.is_zero(),
        RiskRule::AmountVelocity { most, .. } => {
            check_amounts(rule, most)?;
            !most.is_empty()
        }
        RiskRule::CountVelocity { most, .. } => *most > 0,
        RiskRule::FirstWithdrawal { registered_within, deposited_within, .. } => {
            let hours = [*registered_within, *deposited_within];
            !hours.contains(&Some(0)) && hours.iter().any(Option::is_some)
        }
        RiskRule::InAndOut { share, .. } => !share.is_zero(),
        RiskRule::AboveAverage { times, after, .. } => !times.is_zero() && *after > 0,
        RiskRule::NewDestination { .. } | RiskRule::SharedDestination { .. } => true,
    };
    if is_limited { Ok(()) } else { Err(InvalidRiskRules::NoLimit { rule, name: known.name() }) }
}

fn check_amounts(rule: usize, amounts: &[Money]) -> Result<(), InvalidRiskRules> {
    for (place, amount) in amounts.iter().enumerate() {
        let repeated = amounts.iter().take(place).any(|before| before.currency() == amount.currency());
        if repeated || !amount.is_positive() {
            return Err(InvalidRiskRules::Amount { rule, amount: *amount });
        }
    }
    Ok(())
}

fn yuan(whole: u32) -> Money {
    Money::new(Decimal::from(whole), Currency::CNY).expect("a whole number of yuan is money")
}
