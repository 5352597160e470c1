//! The rules over one receipt and the bills.

use super::draft::{Asking, Claimant, Draft};
use super::evidence::MatchGround;
use super::{
    FreeReceipt, GivenUp, KnownPayers, MatchingRule, OpenBills, Proposal, Proposals, RuleSet, by_age,
    by_amount, by_reference,
};
use crate::ids::CustomerId;
use crate::money::MoneyError;

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
const NEARLY: i32 = 5;

impl Matcher {
    /// Everything one receipt may pay, the surest first: a person chooses.
    pub fn proposals(&self, receipt: &FreeReceipt) -> Result<Proposals, MoneyError> {
        let claimants = self.payers.claimants(receipt);
        let asking = Asking { receipt, bills: &self.bills, free: receipt.free, claimants: &claimants };
        let mut all = Proposals::default();
        for rule in self.rules_on() {
            for proposal in self.by_rule(rule, &asking, &mut all.given_up)? {
                if !all.proposals.iter().any(|known| known.legs == proposal.legs) {
                    all.proposals.push(proposal);
                }
            }
        }
        all.proposals.sort_by_key(|proposal| std::cmp::Reverse(proposal.score));
        Ok(all)
    }

    pub(super) fn rules_on(&self) -> impl Iterator<Item = &MatchingRule> {
        self.rules.rules.iter().filter(|rule| rule.is_on())
    }

    /// The surest first.
    pub(super) fn by_rule(
        &self,
        rule: &MatchingRule,
        asking: &Asking<'_>,
        given_up: &mut Vec<GivenUp>,
    ) -> Result<Vec<Proposal>, MoneyError> {
        let mut drafts = self.drafts(rule, asking, given_up)?;
        let before = if self.has_taken(rule, asking)? {
            let asking = Asking { bills: &self.bills, ..*asking };
            self.drafts(rule, &asking, &mut Vec::new())?
        } else {
            Vec::new()
        };
        doubt(&mut drafts, &before);
        if asking.receipt.undone {
            drafts.iter_mut().for_each(|draft| draft.doubt(MatchGround::UndoneBefore));
        }
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.score()));
        drafts.truncate(ALTERNATIVES);
        let propose = |draft: Draft| draft.propose(asking, rule.name(), self.rules_version);
        drafts.into_iter().map(propose).collect()
    }

    /// Whether less is owed by those it may be than when the run began, so that a bill may look like the only one that
    /// fits.
    fn has_taken(&self, rule: &MatchingRule, asking: &Asking<'_>) -> Result<bool, MoneyError> {
        match rule {
            MatchingRule::Reference { .. } | MatchingRule::OldestFirst { .. } => return Ok(false),
            MatchingRule::ExactBill { .. }
            | MatchingRule::ExactBills { .. }
            | MatchingRule::WithinTolerance { .. } => {}
        }
        let currency = asking.free.currency();
        for Claimant { customer, .. } in asking.claimants {
            if self.bills.sum(customer, currency)? != asking.bills.sum(customer, currency)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn drafts(
        &self,
        rule: &MatchingRule,
        asking: &Asking<'_>,
        given_up: &mut Vec<GivenUp>,
    ) -> Result<Vec<Draft>, MoneyError> {
        let claimants = asking.claimants.iter();
        Ok(match rule {
            MatchingRule::Reference { .. } => by_reference::draft(self, asking)?.into_iter().collect(),
            MatchingRule::ExactBill { .. } => {
                let mut drafts: Vec<Draft> =
                    claimants.filter_map(|claimant| by_amount::exact_bill(asking, claimant)).collect();
                if drafts.is_empty() && asking.receipt.customer.is_none() {
                    drafts.extend(by_amount::only_bill(self, asking));
                }
                drafts
            }
            MatchingRule::ExactBills { most, .. } => {
                let found = claimants.map(|claimant| by_amount::exact_bills(asking, claimant, *most));
                let (drafts, gave_up): (Vec<Option<Draft>>, Vec<_>) = found.unzip();
                given_up.extend(gave_up.into_iter().flatten());
                drafts.into_iter().flatten().collect()
            }
            MatchingRule::WithinTolerance { .. } => {
                let Some(tolerance) = self.rules.tolerance() else { return Ok(Vec::new()) };
                let near = claimants.map(|claimant| by_amount::within_tolerance(asking, claimant, tolerance));
                near.filter_map(Result::transpose).collect::<Result<_, _>>()?
            }
            MatchingRule::OldestFirst { customers, .. } => {
                let draft = |claimant| by_age::draft(asking, claimant, customers);
                claimants.filter_map(draft).collect()
            }
        })
    }

    /// What the payer says for a customer whom something else has brought up, and who is likelier by the payer.
    pub(super) fn who(&self, asking: &Asking<'_>, customer: &CustomerId) -> Vec<MatchGround> {
        if let (Some(_), Some(known)) = (&asking.receipt.customer, asking.claimants.first()) {
            return known.grounds.clone();
        }
        let payer = &asking.receipt.payer;
        let mut grounds: Vec<MatchGround> = self.payers.ground(payer, customer).into_iter().collect();
        let rival = asking.claimants.iter().find(|claimant| claimant.customer != *customer);
        if let Some(rival) = rival.filter(|_| !self.payers.is_likely(payer, customer)) {
            grounds.push(MatchGround::OtherCustomer { customer: rival.customer.clone() });
        }
        grounds
    }
}

/// Where another customer fits nearly as well, or better, none is sure; nor where other bills would have fitted before
/// this run took of them.
fn doubt(drafts: &mut [Draft], before: &[Draft]) {
    let fit = |draft: &Draft| (draft.customer.clone(), draft.fit());
    let fits: Vec<(CustomerId, i32)> = drafts.iter().chain(before).map(fit).collect();
    for draft in drafts {
        let fit = draft.fit();
        let rival = fits.iter().find(|(other, theirs)| *other != draft.customer && theirs + NEARLY >= fit);
        if let Some((customer, _)) = rival {
            draft.doubt(MatchGround::OtherCustomer { customer: customer.clone() });
        }
        let mut same = before.iter().filter(|other| other.customer == draft.customer);
        let others =
            |other: &Draft| other.grounds.contains(&MatchGround::OtherBills) || !other.pays_the_same(draft);
        if same.any(others) {
            draft.doubt(MatchGround::OtherBills);
        }
    }
}
