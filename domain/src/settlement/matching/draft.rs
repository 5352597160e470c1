//! What one rule would do with a receipt, before it is numbered and scored.

use std::collections::BTreeSet;

use super::evidence::MatchGround;
use super::minor::{Minor, major};
use super::named_bills::NamedBill;
use super::{OpenBill, OpenBills, Proposal, RuleName};
use crate::billing::BillId;
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::settlement::receipt::ReceiptId;
use crate::settlement::write_off::{DifferenceReason, Leg, LegSource};

/// Somebody whose money it may be, and why.
#[derive(Debug, Clone)]
pub(super) struct Claimant {
    pub(super) customer: CustomerId,
    pub(super) grounds: Vec<MatchGround>,
}

/// A receipt on its way through the rules.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) receipt: &'a super::FreeReceipt,
    /// What is owed by now.
    pub(super) bills: &'a OpenBills,
    /// What is free of it by now.
    pub(super) free: Money,
    pub(super) claimants: &'a [Claimant],
    /// What the payer has named.
    pub(super) named: &'a [NamedBill],
}

#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) customer: CustomerId,
    pub(super) payments: Vec<Payment>,
    pub(super) reason: Option<DifferenceReason>,
    pub(super) grounds: Vec<MatchGround>,
}

/// So much of a bill is paid, and so much of it is written off for a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) bill: BillId,
    pub(super) paid: Minor,
    pub(super) difference: Minor,
}

/// Pays bills in their order until the money is used up. What is short is written off, if `forgive` says so; else it
/// stays open.
pub(super) fn pay<'a>(
    bills: impl IntoIterator<Item = &'a OpenBill>,
    money: Minor,
    forgive: bool,
) -> Vec<Payment> {
    let mut left = money;
    let mut payments = Vec::new();
    for bill in bills {
        let open = super::minor::minor(bill.open);
        let paid = open.min(left);
        let difference = if forgive { open - paid } else { 0 };
        if paid + difference == 0 {
            break;
        }
        left -= paid;
        payments.push(Payment { bill: bill.bill.clone(), paid, difference });
    }
    payments
}

impl Draft {
    pub(super) fn score(&self) -> i32 {
        i32::from(MatchGround::score(&self.grounds).hundredths())
    }

    /// What speaks for it, without what speaks against it.
    pub(super) fn fit(&self) -> i32 {
        self.grounds.iter().map(MatchGround::points).filter(|points| *points > 0).sum()
    }

    /// Whether it is about the same bills as another.
    pub(super) fn pays_the_same(&self, other: &Self) -> bool {
        let bills = |draft: &Self| -> BTreeSet<BillId> {
            draft.payments.iter().map(|payment| payment.bill.clone()).collect()
        };
        bills(self) == bills(other)
    }

    pub(super) fn pays(&self, bill: &BillId) -> bool {
        self.payments.iter().any(|payment| payment.bill == *bill)
    }

    /// One more reason, said once.
    pub(super) fn doubt(&mut self, ground: MatchGround) {
        let said = |known: &MatchGround| std::mem::discriminant(known) == std::mem::discriminant(&ground);
        if !self.grounds.iter().any(said) {
            self.grounds.push(ground);
        }
    }

    /// The legs that take money come first.
    pub(super) fn propose(
        self,
        asking: &Asking<'_>,
        rule: RuleName,
        rules_version: u32,
    ) -> Result<Proposal, MoneyError> {
        let receipt = asking.receipt.receipt.clone();
        let legs = self.legs(&receipt, asking.free)?;
        let paid: Minor = self.payments.iter().map(|payment| payment.paid).sum();
        let left = asking.free.checked_sub(major(paid, asking.free.currency())?)?;
        let score = MatchGround::score(&self.grounds);
        let Self { customer, grounds, .. } = self;
        Ok(Proposal { receipt, customer, legs, left, rule, rules_version, score, grounds })
    }

    fn legs(&self, receipt: &ReceiptId, free: Money) -> Result<Vec<Leg>, MoneyError> {
        let money = self
            .payments
            .iter()
            .map(|payment| (LegSource::Receipt(receipt.clone()), &payment.bill, payment.paid));
        let differences = self.reason.into_iter().flat_map(|reason| {
            let source = LegSource::Difference(reason);
            self.payments.iter().map(move |payment| (source.clone(), &payment.bill, payment.difference))
        });
        let taken = money.chain(differences).filter(|(_, _, amount)| *amount > 0);
        let numbered = (1..).zip(taken).map(|(leg, (source, bill, amount))| {
            let (bill, amount) = (bill.clone(), major(amount, free.currency())?);
            Ok(Leg { leg, source, bill, amount })
        });
        numbered.collect()
    }
}
