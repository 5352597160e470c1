//! What rules and people have done, side by side.

use std::collections::BTreeMap;

use serde::Serialize;
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::matching::{Proposal, RuleName, RuleSet, Score};
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::{Money, MoneyError};

use super::seen::{Receipt, Seen};

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
    /// Something people have not done, or have undone; or of money they have moved to the wallet or paid back.
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
        if answer.is_empty() {
            report.not_found += u64::from(!people.is_empty());
        } else {
            report.count(rules, &known, answer, people)?;
        }
    }
    report.wrong.sort_by(|one, other| {
        other.wrong_by.amount().cmp(&one.wrong_by.amount()).then_with(|| one.receipt.cmp(&other.receipt))
    });
    report.wrong.truncate(SHOWN);
    Ok(report)
}

impl BacktestReport {
    /// All that the rules would have done with a receipt, one proposal after the other.
    fn count(
        &mut self,
        rules: &RuleSet,
        known: &Receipt,
        answer: &[Proposal],
        people: Vec<Leg>,
    ) -> Result<(), MoneyError> {
        let mut done = sums(&people)?;
        let whole = sums(answer.iter().flat_map(|proposal| &proposal.legs))? == done;
        for proposal in answer {
            let proposed = sums(&proposal.legs)?;
            let wrong_by = beyond(&proposed, &mut done, proposal.left)?;
            let nobody = people.is_empty() && !known.speaks_against(proposal);
            let verdict = match (nobody, wrong_by.is_positive(), whole) {
                (true, _, _) => Verdict::NotDone,
                (false, true, _) => Verdict::Wrong(wrong_by),
                (false, false, true) => Verdict::AsPeopleDid,
                (false, false, false) => Verdict::Partly,
            };
            let mut tallies = vec![&mut self.matched, self.by_rule.entry(proposal.rule).or_default()];
            if proposal.is_automatic(rules) {
                tallies.push(&mut self.automatic);
            }
            for tally in tallies {
                tally.count(verdict)?;
            }
            if let Verdict::Wrong(wrong_by) = verdict {
                self.wrong.push(Compared {
                    receipt: proposal.receipt.clone(),
                    rule: proposal.rule,
                    score: proposal.score,
                    reasons: proposal.reasons(),
                    wrong_by,
                    proposed: proposal.legs.clone(),
                    people: people.clone(),
                });
            }
        }
        Ok(())
    }
}

/// How a proposal compares with what people have done.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    AsPeopleDid,
    Partly,
    Wrong(Money),
    NotDone,
}

impl Tally {
    fn count(&mut self, verdict: Verdict) -> Result<(), MoneyError> {
        self.proposals += 1;
        match verdict {
            Verdict::NotDone => self.not_done += 1,
            Verdict::AsPeopleDid => self.as_people_did += 1,
            Verdict::Partly => self.partly += 1,
            Verdict::Wrong(by) => {
                self.wrong += 1;
                match self.wrong_by.iter_mut().find(|sum| sum.currency() == by.currency()) {
                    Some(sum) => *sum = sum.checked_add(by)?,
                    None => self.wrong_by.push(by),
                }
            }
        }
        Ok(())
    }
}

fn sums<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Result<Sums, MoneyError> {
    let mut sums = Sums::new();
    for Leg { source, bill, amount, .. } in legs {
        let forgiven = matches!(source, LegSource::Difference(_));
        let sum = sums.entry((bill.clone(), forgiven)).or_insert_with(|| Money::zero(amount.currency()));
        *sum = sum.checked_add(*amount)?;
    }
    Ok(sums)
}

/// What of the first is not in the second, which has less from here on.
fn beyond(proposed: &Sums, done: &mut Sums, like: Money) -> Result<Money, MoneyError> {
    let mut beyond = Money::zero(like.currency());
    for (to, amount) in proposed {
        let zero = Money::zero(amount.currency());
        let left = done.get(to).copied().unwrap_or(zero);
        let covered = left.covers(*amount)?;
        let common = if covered { *amount } else { left };
        beyond = beyond.checked_add(amount.checked_sub(common)?)?;
        done.insert(to.clone(), left.checked_sub(common)?);
    }
    Ok(beyond)
}
