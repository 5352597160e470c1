//! Other rules on withdrawals of the past: which they would have stopped, and which let through.
//!
//! On what was known then, frozen with each judgement. Pure: whoever reads the journal hands its judgements in.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use tallybook_domain::risk::{RiskHistoryEvent, RiskOutcome, RiskRuleSet, assess};
use tallybook_domain::{Currency, CustomerId, Money, MoneyError, WithdrawalId};

use crate::Total;

/// Withdrawals listed one by one; all are counted.
const LISTED: usize = 100;

#[derive(Debug)]
pub struct RiskReplay {
    rules: RiskRuleSet,
    from: NaiveDate,
    to: NaiveDate,
    withdrawals: u64,
    before: BTreeMap<RiskOutcome, u64>,
    after: BTreeMap<RiskOutcome, u64>,
    stopped: Pile,
    let_through: Pile,
}

/// What the rules would have made of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskReplayReport {
    pub withdrawals: u64,
    /// How many were judged how, by the rules of their day.
    pub before: BTreeMap<RiskOutcome, u64>,
    /// And by these.
    pub after: BTreeMap<RiskOutcome, u64>,
    /// They passed, and would not have.
    pub stopped: Moved,
    /// Somebody had to look, and nobody would have had to.
    pub let_through: Moved,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    pub count: u64,
    /// One for each currency.
    pub amounts: Vec<Total>,
    /// The first hundred.
    pub withdrawals: Vec<MovedWithdrawal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedWithdrawal {
    pub withdrawal: WithdrawalId,
    pub customer: CustomerId,
    pub date: NaiveDate,
    pub amount: Money,
    pub before: RiskOutcome,
    pub after: RiskOutcome,
    pub score: u32,
    /// What the rules that hit say.
    pub reasons: Vec<String>,
}

#[derive(Debug, Default)]
struct Pile {
    count: u64,
    amounts: BTreeMap<Currency, Decimal>,
    withdrawals: Vec<MovedWithdrawal>,
}

impl RiskReplay {
    /// Of withdrawals that were asked for on these days.
    pub fn new(rules: RiskRuleSet, from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            rules,
            from,
            to,
            withdrawals: 0,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            stopped: Pile::default(),
            let_through: Pile::default(),
        }
    }

    pub fn take_in(&mut self, event: &RiskHistoryEvent) -> Result<(), MoneyError> {
        let RiskHistoryEvent::WithdrawalAssessed { customer, withdrawal, date, assessment, .. } = event;
        if *date < self.from || *date > self.to {
            return Ok(());
        }
        let judged = assess(&self.rules, assessment.rules_version, assessment.inputs.clone())?;
        let (before, after) = (assessment.outcome, judged.outcome);
        self.withdrawals += 1;
        *self.before.entry(before).or_default() += 1;
        *self.after.entry(after).or_default() += 1;
        let pile = match (before, after) {
            (RiskOutcome::Pass, RiskOutcome::Review | RiskOutcome::Block) => &mut self.stopped,
            (RiskOutcome::Review | RiskOutcome::Block, RiskOutcome::Pass) => &mut self.let_through,
            (RiskOutcome::Pass, RiskOutcome::Pass)
            | (RiskOutcome::Review | RiskOutcome::Block, RiskOutcome::Review | RiskOutcome::Block) => {
                return Ok(());
            }
        };
        let reasons =
            judged.results.into_iter().filter(|result| result.hit).map(|result| result.reason).collect();
        pile.add(MovedWithdrawal {
            withdrawal: withdrawal.clone(),
            customer: customer.clone(),
            date: *date,
            amount: assessment.inputs.amount,
            before,
            after,
            score: judged.score,
            reasons,
        })
    }

    pub fn finish(self) -> RiskReplayReport {
        RiskReplayReport {
            withdrawals: self.withdrawals,
            before: self.before,
            after: self.after,
            stopped: self.stopped.into(),
            let_through: self.let_through.into(),
        }
    }
}

impl Pile {
    fn add(&mut self, moved: MovedWithdrawal) -> Result<(), MoneyError> {
        let sum = self.amounts.entry(moved.amount.currency()).or_default();
        *sum = sum.checked_add(moved.amount.amount()).ok_or(MoneyError::OutOfRange)?;
        self.count += 1;
        if self.withdrawals.len() < LISTED {
            self.withdrawals.push(moved);
        }
        Ok(())
    }
}

impl From<Pile> for Moved {
    fn from(Pile { count, amounts, withdrawals }: Pile) -> Self {
        let amounts = amounts.into_iter().map(|(currency, sum)| Total::new(sum, currency)).collect();
        Self { count, amounts, withdrawals }
    }
}
