//! The rules over receipts and bills.

use super::draft::{Asking, Claimant, Draft};
use super::evidence::MatchGround;
use super::{
    FreeReceipt, KnownPayers, MatchingRule, OpenBills, Proposal, Proposals, RuleSet, by_age, by_amount,
    by_reference,
};
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::settlement::write_off::LegSource;

/// What receipts are matched with.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub rules: RuleSet,
    pub rules_version: u32,
    pub bills: OpenBills,
    pub payers: KnownPayers,
}

/// What one rule proposes for a receipt, at most.
const ALTERNATIVES: usize = 3;
/// Two customers whose scores are no farther apart fit equally well.
const NEARLY: u8 = 5;

impl Matcher {
    /// Everything one receipt may pay, the surest first: a person chooses.
    pub fn proposals(&self, receipt: &FreeReceipt) -> Result<Proposals, MoneyError> {
        let claimants = self.payers.claimants(receipt);
        let asking = Asking { receipt, free: receipt.free, claimants: &claimants };
        let mut all = Proposals::default();
        for rule in self.rules.rules.iter().filter(|rule| rule.is_on()) {
            for proposal in self.by_rule(rule, &asking, &mut all)? {
                if !all.proposals.iter().any(|known| known.legs == proposal.legs) {
                    all.proposals.push(proposal);
                }
            }
        }
        all.proposals.sort_by_key(|proposal| std::cmp::Reverse(proposal.score));
        Ok(all)
    }

    /// What receipts together may pay: each rule over all of them, in the order given, before the next one. No two
    /// proposals take the same money or the same of a bill.
    pub fn run(&mut self, receipts: &[FreeReceipt]) -> Result<Proposals, MoneyError> {
        let mut left: Vec<Left> = receipts.iter().map(|receipt| Left::of(receipt, &self.payers)).collect();
        let mut all = Proposals::default();
        let rules: Vec<MatchingRule> = self.rules.rules.iter().filter(|rule| rule.is_on()).cloned().collect();
        for rule in rules {
            for Left { receipt, claimants } in &mut left {
                if !receipt.free.is_positive() {
                    continue;
                }
                let asking = Asking { receipt, free: receipt.free, claimants };
                let Some(proposal) = self.by_rule(&rule, &asking, &mut all)?.into_iter().next() else {
                    continue;
                };
                self.take(&proposal)?;
                receipt.free = proposal.left;
                // What is left of it is the same customer's.
                claimants.retain(|claimant| claimant.customer == proposal.customer);
                receipt.customer.get_or_insert_with(|| proposal.customer.clone());
                all.proposals.push(proposal);
            }
        }
        Ok(all)
    }

    /// What the first rule that finds something would do with a receipt.
    pub fn first(&self, receipt: &FreeReceipt) -> Result<Option<Proposal>, MoneyError> {
        let claimants = self.payers.claimants(receipt);
        let asking = Asking { receipt, free: receipt.free, claimants: &claimants };
        for rule in self.rules.rules.iter().filter(|rule| rule.is_on()) {
            let proposals = self.by_rule(rule, &asking, &mut Proposals::default())?;
            if let Some(first) = proposals.into_iter().next() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// The bills of a proposal are owed less from here on.
    pub fn take(&mut self, proposal: &Proposal) -> Result<(), MoneyError> {
        proposal.legs.iter().try_for_each(|leg| self.bills.take(&leg.bill, leg.amount))
    }

    /// The surest first.
    fn by_rule(
        &self,
        rule: &MatchingRule,
        asking: &Asking<'_>,
        all: &mut Proposals,
    ) -> Result<Vec<Proposal>, MoneyError> {
        let mut drafts = self.drafts(rule, asking, all)?;
        drafts.sort_by_key(|draft| std::cmp::Reverse(MatchGround::score(&draft.grounds)));
        drafts.truncate(ALTERNATIVES);
        doubt(&mut drafts);
        let propose = |draft: Draft| draft.propose(asking, rule.name(), self.rules_version);
        drafts.into_iter().map(propose).collect()
    }

    fn drafts(
        &self,
        rule: &MatchingRule,
        asking: &Asking<'_>,
        all: &mut Proposals,
    ) -> Result<Vec<Draft>, MoneyError> {
        let claimants = asking.claimants.iter();
        Ok(match rule {
            MatchingRule::Reference { .. } => by_reference::draft(self, asking)?.into_iter().collect(),
            MatchingRule::ExactBill { .. } => {
                let mut drafts: Vec<Draft> =
                    claimants.filter_map(|claimant| by_amount::exact_bill(self, asking, claimant)).collect();
                if drafts.is_empty() && asking.receipt.customer.is_none() {
                    drafts.extend(by_amount::only_bill(self, asking));
                }
                drafts
            }
            MatchingRule::ExactBills { most, .. } => {
                let found = claimants.map(|claimant| by_amount::exact_bills(self, asking, claimant, *most));
                let (drafts, given_up): (Vec<Option<Draft>>, Vec<_>) = found.unzip();
                all.given_up.extend(given_up.into_iter().flatten());
                drafts.into_iter().flatten().collect()
            }
            MatchingRule::WithinTolerance { .. } => {
                let Some(tolerance) = self.rules.tolerance() else { return Ok(Vec::new()) };
                let near =
                    claimants.map(|claimant| by_amount::within_tolerance(self, asking, claimant, tolerance));
                near.filter_map(Result::transpose).collect::<Result<_, _>>()?
            }
            MatchingRule::OldestFirst { customers, .. } => {
                let draft = |claimant| by_age::draft(self, asking, claimant, customers);
                claimants.filter_map(draft).collect()
            }
        })
    }

    /// How alike the payer's name is to a customer nobody would have thought of by it.
    pub(super) fn unlike(&self, asking: &Asking<'_>, customer: &CustomerId) -> Vec<MatchGround> {
        let alike = self.payers.alike(&asking.receipt.payer, customer);
        alike.into_iter().map(|alike| MatchGround::PayerName { alike }).collect()
    }
}

/// What is left of a receipt between the rules, and whose it may be.
struct Left {
    receipt: FreeReceipt,
    claimants: Vec<Claimant>,
}

impl Left {
    fn of(receipt: &FreeReceipt, payers: &KnownPayers) -> Self {
        Self { receipt: receipt.clone(), claimants: payers.claimants(receipt) }
    }
}

/// Where another customer fits nearly as well as the first, neither is sure.
fn doubt(drafts: &mut [Draft]) {
    let score = |draft: &Draft| MatchGround::score(&draft.grounds).hundredths();
    let (Some(first), Some(second)) = (drafts.first(), drafts.get(1)) else { return };
    if score(first).saturating_sub(score(second)) > NEARLY || first.customer == second.customer {
        return;
    }
    let (one, other) = (first.customer.clone(), second.customer.clone());
    drafts[0].grounds.push(MatchGround::OtherCustomer { customer: other });
    drafts[1].grounds.push(MatchGround::OtherCustomer { customer: one });
}

impl Proposal {
    /// What it takes of the receipt.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.left.currency());
        let money = self.legs.iter().filter(|leg| matches!(leg.source, LegSource::Receipt(_)));
        money.map(|leg| leg.amount).try_fold(zero, |sum, amount| sum.checked_add(amount))
    }
}
