//! The rules over one receipt and the bills.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use smol_str::format_smolstr;

use super::draft::{Asking, Draft};
use super::evidence::MatchGround;
use super::named_bills::{NamedBill, named};
use super::{
    FreeReceipt, GivenUp, KnownPayers, MatchingRule, OpenBill, OpenBills, Proposal, Proposals, RuleSet,
    TakenByRules, by_age, by_amount, by_reference,
};
use crate::billing::BillId;
use crate::ids::CustomerId;
use crate::money::MoneyError;

/// What receipts are matched with.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub rules: RuleSet,
    pub rules_version: u32,
    pub bills: OpenBills,
    pub payers: KnownPayers,
    /// Customers in whose files it is said that what is left pays their oldest bills.
    pub oldest_first: BTreeSet<CustomerId>,
    pub taken: TakenByRules,
}

/// What one rule proposes for a receipt, at most.
const ALTERNATIVES: usize = 3;
/// Two customers whose scores are no farther apart fit equally well.
const NEARLY: i32 = 5;

impl Matcher {
    /// Everything one receipt may pay, the surest first: a person chooses.
    pub fn proposals(&self, receipt: &FreeReceipt) -> Result<Proposals, MoneyError> {
        let (claimants, named) = (self.payers.claimants(receipt), named(receipt));
        let (bills, free) = (&self.bills, receipt.free);
        let asking = Asking { receipt, bills, free, claimants: &claimants, named: &named };
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
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(before) = self.before(asking)? {
            let asking_before = Asking { bills: &before, ..*asking };
            let known = if rule.is_by_amount() {
                self.drafts(rule, &asking_before, &mut Vec::new())?
            } else {
                Vec::new()
            };
            doubt(&mut drafts, &known);
            if self.fitted(rule, asking, &asking_before)? {
                drafts.iter_mut().for_each(|draft| draft.doubt(MatchGround::OtherBills));
            }
        } else {
            doubt(&mut drafts, &[]);
        }
        drafts.iter_mut().for_each(|draft| self.doubt_by_name(asking, draft));
        if asking.receipt.undone {
            drafts.iter_mut().for_each(|draft| draft.doubt(MatchGround::UndoneBefore));
        }
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.score()));
        drafts.truncate(ALTERNATIVES);
        let propose = |draft: Draft| draft.propose(asking, rule.name(), self.rules_version);
        drafts.into_iter().map(propose).collect()
    }

    /// What was owed by those it may be before rules took anything since the receipt came in, in this run or before it;
    /// `None` if that is what is owed now. A bill may look like the only one that fits because another is paid.
    fn before(&self, asking: &Asking<'_>) -> Result<Option<Cow<'_, OpenBills>>, MoneyError> {
        let (currency, since) = (asking.free.currency(), asking.receipt.position);
        let customers = || asking.claimants.iter().map(|claimant| &claimant.customer);
        let taken = || customers().flat_map(move |customer| self.taken.since(since, customer, currency));
        if taken().next().is_none() {
            for customer in customers() {
                if self.bills.sum(customer, currency)? != asking.bills.sum(customer, currency)? {
                    return Ok(Some(Cow::Borrowed(&self.bills)));
                }
            }
            return Ok(None);
        }
        let owed = customers().flat_map(|customer| self.bills.oldest(customer, currency));
        let mut before: BTreeMap<&BillId, OpenBill> = owed.map(|bill| (&bill.bill, bill.clone())).collect();
        for taken in taken() {
            let Some(bill) = self.bills.find(&taken.bill) else { continue };
            let bill = before.entry(&bill.bill).or_insert_with(|| bill.clone());
            bill.open = bill.open.checked_add(taken.amount)?;
        }
        Ok(Some(Cow::Owned(before.into_values().collect())))
    }

    /// Whether a rule that comes before this one would have found something before, and does no more.
    fn fitted(
        &self,
        rule: &MatchingRule,
        asking: &Asking<'_>,
        before: &Asking<'_>,
    ) -> Result<bool, MoneyError> {
        if matches!(rule, MatchingRule::Reference { .. }) {
            return Ok(false);
        }
        for earlier in self.rules_on().take_while(|earlier| earlier.name() != rule.name()) {
            if earlier.is_by_amount()
                && !self.drafts(earlier, before, &mut Vec::new())?.is_empty()
                && self.drafts(earlier, asking, &mut Vec::new())?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A bill that is named and not paid, by the draft or by the receipt before, is what the money was for.
    fn doubt_by_name(&self, asking: &Asking<'_>, draft: &mut Draft) {
        let another = asking.named.iter().find(|named| {
            let bill = match named {
                NamedBill::Id(bill) => Some(bill),
                NamedBill::Number(_) => self.bills.named(named).map(|bill| &bill.bill),
            };
            !bill.is_some_and(|bill| draft.pays(bill) || asking.receipt.pays.contains(bill))
        });
        if let Some(named) = another {
            draft.doubt(MatchGround::NamesAnother { named: format_smolstr!("{named}") });
        }
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
                let named = customers.as_deref();
                claimants
                    .filter_map(|claimant| by_age::draft(asking, claimant, (named, &self.oldest_first)))
                    .collect()
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
        let known =
            before.iter().find(|other| other.customer == draft.customer && other.payments == draft.payments);
        if let Some(known) = known.filter(|known| known.score() < draft.score()) {
            draft.grounds.clone_from(&known.grounds);
        }
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
