//! What rules and people have done, side by side.

use std::collections::BTreeMap;

use serde::Serialize;
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::matching::{Proposal, RuleName, RuleSet, Score};
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::{Money, MoneyError};

use super::seen::Seen;

/// Wrong ones that are shown, those by most first.
const SHOWN: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BacktestReport {
    /// Receipts that came in on these days, apart from those rules have written off by themselves.
    pub receipts: u64,
    /// Of them, those people have written off.
    pub by_people: u64,
    /// Of those, the ones for which the rules find nothing.
    pub not_found: u64,
    /// What the rules propose, all of them together.
    pub matched: Tally,
    /// The same of what they would post by themselves.
    pub automatic: Tally,
    pub by_rule: BTreeMap<RuleName, Tally>,
    pub wrong: Vec<Compared>,
}

/// How many, and how right they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub proposals: u64,
    /// The same amounts to the same bills.
    pub as_people_did: u64,
    /// Less than people have done, and nothing they have not.
    pub partly: u64,
    /// Something people have not done.
    pub wrong: u64,
    /// What they would have put where people have not, by currency.
    pub wrong_by: Vec<Money>,
    /// Of receipts people have not written off.
    pub not_done: u64,
}

/// A proposal beside what people have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub receipt: ReceiptId,
    pub rule: RuleName,
    pub score: Score,
    pub reasons: String,
    pub wrong_by: Money,
    pub proposed: Vec<Leg>,
    pub people: Vec<Leg>,
}

/// To each bill: money, and what it need not pay.
type Sums = BTreeMap<(BillId, bool), Money>;

pub(super) fn compare(rules: &RuleSet, seen: Seen) -> Result<BacktestReport, MoneyError> {
    let mut done = seen.legs_by_receipt();
    let mut report = BacktestReport::default();
    for (receipt, known) in seen.receipts {
        let Some(answer) = known.answer.as_ref().filter(|_| known.counts()) else { continue };
        let people: Vec<Leg> = done.remove(&receipt).into_iter().flatten().collect();
        report.receipts += 1;
        report.by_people += u64::from(!people.is_empty());
        match answer {
            None => report.not_found += u64::from(!people.is_empty()),
            Some(proposal) => report.count(rules, proposal, people)?,
        }
    }
    report.wrong.sort_by(|one, other| {
        other.wrong_by.amount().cmp(&one.wrong_by.amount()).then_with(|| one.receipt.cmp(&other.receipt))
    });
    report.wrong.truncate(SHOWN);
    Ok(report)
}

impl BacktestReport {
    fn count(&mut self, rules: &RuleSet, proposal: &Proposal, people: Vec<Leg>) -> Result<(), MoneyError> {
        let (proposed, done) = (sums(&proposal.legs)?, sums(&people)?);
        let wrong_by = beyond(&proposed, &done, proposal.left)?;
        let right = if people.is_empty() { None } else { Some(proposed == done) };
        let mut tallies = vec![&mut self.matched, self.by_rule.entry(proposal.rule).or_default()];
        if rules.posts(proposal.score) {
            tallies.push(&mut self.automatic);
        }
        for tally in tallies {
            tally.count(right, wrong_by)?;
        }
        if right == Some(false) && wrong_by.is_positive() {
            self.wrong.push(Compared {
                receipt: proposal.receipt.clone(),
                rule: proposal.rule,
                score: proposal.score,
                reasons: proposal.reasons(),
                wrong_by,
                proposed: proposal.legs.clone(),
                people,
            });
        }
        Ok(())
    }
}

impl Tally {
    /// `right` is `None` where people have done nothing.
    fn count(&mut self, right: Option<bool>, wrong_by: Money) -> Result<(), MoneyError> {
        self.proposals += 1;
        match right {
            None => self.not_done += 1,
            Some(true) => self.as_people_did += 1,
            Some(false) if wrong_by.is_zero() => self.partly += 1,
            Some(false) => {
                self.wrong += 1;
                match self.wrong_by.iter_mut().find(|sum| sum.currency() == wrong_by.currency()) {
                    Some(sum) => *sum = sum.checked_add(wrong_by)?,
                    None => self.wrong_by.push(wrong_by),
                }
            }
        }
        Ok(())
    }
}

fn sums(legs: &[Leg]) -> Result<Sums, MoneyError> {
    let mut sums = Sums::new();
    for Leg { source, bill, amount, .. } in legs {
        let forgiven = matches!(source, LegSource::Difference(_));
        let sum = sums.entry((bill.clone(), forgiven)).or_insert_with(|| Money::zero(amount.currency()));
        *sum = sum.checked_add(*amount)?;
    }
    Ok(sums)
}

/// What of the first is not in the second.
fn beyond(proposed: &Sums, done: &Sums, like: Money) -> Result<Money, MoneyError> {
    let mut beyond = Money::zero(like.currency());
    for (to, amount) in proposed {
        let done = done.get(to).copied().unwrap_or_else(|| Money::zero(amount.currency()));
        if !done.covers(*amount)? {
            beyond = beyond.checked_add(amount.checked_sub(done)?)?;
        }
    }
    Ok(beyond)
}
