//! The rules over many receipts: what is written off by itself, and what waits.
//!
//! Only what is written off takes: a proposal that waits for a person hides no bill from a surer one, and no other bill
//! or customer from the doubt.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::draft::{Asking, Claimant};
use super::named_bills::{NamedBill, named};
use super::{FreeReceipt, GivenUp, Matcher, MatchingRule, OpenBills, Proposal, Proposals};
use crate::ids::CustomerId;
use crate::money::MoneyError;

impl Matcher {
    /// What receipts together may pay: each rule over all of them, before the next one, what is surest first and then in
    /// the order given. No two proposals that are written off by themselves take the same money or the same of a bill. A
    /// receipt for which one waits is not asked for further.
    pub fn run(&self, receipts: &[FreeReceipt]) -> Result<Proposals, MoneyError> {
        let left = receipts.iter().map(|receipt| Left::of(receipt, self)).collect();
        let mut run = Run { matcher: self, bills: self.bills.clone(), left, all: Proposals::default() };
        for rule in self.rules_on() {
            run.go_over(rule)?;
        }
        Ok(run.all)
    }

    /// The same for one receipt alone, without a look at all bills.
    pub fn run_one(&self, receipt: &FreeReceipt) -> Result<Vec<Proposal>, MoneyError> {
        let mut left = Left::of(receipt, self);
        // Once something is taken, only bills of the same customer count.
        let mut rest: Option<OpenBills> = None;
        let mut found = Vec::new();
        for rule in self.rules_on() {
            let bills = rest.as_ref().unwrap_or(&self.bills);
            let Some(proposal) = left.ask(self, rule, bills, &mut Vec::new())? else { continue };
            if proposal.is_automatic(&self.rules) {
                let mut bills = rest.unwrap_or_else(|| self.bills.only_of(&proposal.customer));
                bills.take_all(&proposal)?;
                rest = Some(bills);
            }
            left.keep(&proposal, self);
            found.push(proposal);
        }
        Ok(found)
    }
}

struct Run<'a> {
    matcher: &'a Matcher,
    /// What is owed by now.
    bills: OpenBills,
    left: Vec<Left>,
    all: Proposals,
}

impl Run<'_> {
    fn go_over(&mut self, rule: &MatchingRule) -> Result<(), MoneyError> {
        let mut found = Vec::new();
        for (at, left) in self.left.iter().enumerate() {
            let proposal = left.ask(self.matcher, rule, &self.bills, &mut self.all.given_up)?;
            found.extend(proposal.map(|proposal| (at, proposal)));
        }
        found.sort_by_key(|(_, proposal)| Reverse(proposal.score));
        let mut taken: HashSet<CustomerId> = HashSet::new();
        for (at, proposal) in found {
            let stale = taken.contains(&proposal.customer);
            let proposal = if stale {
                self.left[at].ask(self.matcher, rule, &self.bills, &mut Vec::new())?
            } else {
                Some(proposal)
            };
            let Some(proposal) = proposal else { continue };
            if proposal.is_automatic(&self.matcher.rules) {
                self.bills.take_all(&proposal)?;
                taken.insert(proposal.customer.clone());
            }
            self.left[at].keep(&proposal, self.matcher);
            self.all.proposals.push(proposal);
        }
        Ok(())
    }
}

/// What is left of a receipt between the rules, and whose it may be.
struct Left {
    receipt: FreeReceipt,
    claimants: Vec<Claimant>,
    named: Vec<NamedBill>,
    waits: bool,
}

impl Left {
    fn of(receipt: &FreeReceipt, matcher: &Matcher) -> Self {
        let (claimants, named) = (matcher.payers.claimants(receipt), named(receipt));
        Self { receipt: receipt.clone(), claimants, named, waits: false }
    }

    fn ask(
        &self,
        matcher: &Matcher,
        rule: &MatchingRule,
        bills: &OpenBills,
        given_up: &mut Vec<GivenUp>,
    ) -> Result<Option<Proposal>, MoneyError> {
        let Self { receipt, claimants, named, waits } = self;
        if *waits || !receipt.free.is_positive() {
            return Ok(None);
        }
        let asking = Asking { receipt, bills, free: receipt.free, claimants, named };
        Ok(matcher.by_rule(rule, &asking, given_up)?.into_iter().next())
    }

    fn keep(&mut self, proposal: &Proposal, matcher: &Matcher) {
        self.waits = !proposal.is_automatic(&matcher.rules);
        self.receipt.free = proposal.left;
        self.receipt.pays.extend(proposal.legs.iter().map(|leg| leg.bill.clone()));
        // What is left of it is the same customer's.
        self.claimants.retain(|claimant| claimant.customer == proposal.customer);
        self.receipt.customer.get_or_insert_with(|| proposal.customer.clone());
    }
}
