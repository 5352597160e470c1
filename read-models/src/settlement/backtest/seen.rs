//! Receipts and write-offs as a back-test has seen them so far.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::matching::{FreeReceipt, KnownPayer, Proposal};
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{ReceiptEvent, ReceiptId, WriteOffId};
use tallybook_domain::{CustomerId, Money, MoneyError};

#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) receipts: BTreeMap<ReceiptId, Receipt>,
    /// The legs of write-offs that stand.
    pub(super) standing: BTreeMap<WriteOffId, Vec<Leg>>,
    /// Write-offs that rules have proposed.
    matched: BTreeSet<WriteOffId>,
}

#[derive(Debug)]
pub(super) struct Receipt {
    /// As it came in, and what of it is free by now.
    as_entered: FreeReceipt,
    /// Whose it is by now.
    customer: Option<CustomerId>,
    received_date: NaiveDate,
    reversed: bool,
    /// Rules have written it off by themselves, and nobody has undone that.
    left_out: bool,
    /// What of it is in the wallet or was paid back: people have put it elsewhere.
    gone: Money,
    /// Bills it was taken from again.
    undone: BTreeSet<BillId>,
    /// What the rules said; `None` before they are asked.
    pub(super) answer: Option<Vec<Proposal>>,
}

impl Receipt {
    fn is_asked_for(&self, from: NaiveDate, to: NaiveDate) -> bool {
        let waits = self.answer.is_none() && !self.left_out && !self.reversed;
        waits && (from..=to).contains(&self.received_date)
    }

    /// Whether it says anything of what people do.
    pub(super) fn counts(&self) -> bool {
        !self.left_out && !self.reversed
    }

    /// Whether people have said that a proposal is not what the money was for.
    pub(super) fn speaks_against(&self, proposal: &Proposal) -> bool {
        self.gone.is_positive() || proposal.legs.iter().any(|leg| self.undone.contains(&leg.bill))
    }

    fn add(&mut self, change: Money) -> Result<(), MoneyError> {
        self.as_entered.free = self.as_entered.free.checked_add(change)?;
        Ok(())
    }

    fn leave(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.gone = self.gone.checked_add(amount)?;
        Ok(())
    }
}

impl Seen {
    pub(super) fn take_in(&mut self, event: &ReceiptEvent) -> Result<(), MoneyError> {
        if let ReceiptEvent::ReceiptRecorded {
            receipt,
            reference,
            amount,
            received_date,
            customer,
            payer,
            text,
            ..
        } = event
        {
            let as_entered = FreeReceipt {
                receipt: receipt.clone(),
                customer: customer.clone(),
                by_rules: false,
                undone: false,
                position: 0,
                pays: Vec::new(),
                free: *amount,
                reference: reference.clone(),
                payer: payer.clone(),
                text: text.clone(),
            };
            let (customer, received_date) = (customer.clone(), *received_date);
            let entered = Receipt {
                as_entered,
                customer,
                received_date,
                reversed: false,
                left_out: false,
                gone: Money::zero(amount.currency()),
                undone: BTreeSet::new(),
                answer: None,
            };
            self.receipts.insert(receipt.clone(), entered);
            return Ok(());
        }
        let Some(known) = self.receipts.get_mut(event.receipt()) else { return Ok(()) };
        match event {
            ReceiptEvent::ReceiptRecorded { .. } | ReceiptEvent::ReceiptIdentified { .. } => Ok(()),
            ReceiptEvent::AdvanceRefunded { amount, .. } => known.leave(*amount),
            ReceiptEvent::AdvanceMovedToWallet { amount, .. } => {
                known.leave(*amount)?;
                known.add(amount.negate())
            }
            ReceiptEvent::AdvanceMovedBack { amount, .. }
            | ReceiptEvent::AdvanceRefundReturned { amount, .. } => {
                known.leave(amount.negate())?;
                known.add(*amount)
            }
            ReceiptEvent::ReceiptApplied { amount, .. }
            | ReceiptEvent::AdvanceRefundRequested { amount, .. } => known.add(amount.negate()),
            ReceiptEvent::ReceiptFreed { amount, .. }
            | ReceiptEvent::AdvanceRefundRejected { amount, .. } => known.add(*amount),
            ReceiptEvent::ReceiptReversed { .. } => {
                known.reversed = true;
                Ok(())
            }
        }
    }

    pub(super) fn identify(&mut self, receipt: &ReceiptId, customer: &CustomerId) {
        if let Some(known) = self.receipts.get_mut(receipt) {
            known.customer = Some(customer.clone());
        }
    }

    pub(super) fn is_asked_for(&self, receipt: &ReceiptId, from: NaiveDate, to: NaiveDate) -> bool {
        self.receipts.get(receipt).is_some_and(|known| known.is_asked_for(from, to))
    }

    /// Those of the days of which something is free, and that were never asked for.
    pub(super) fn unasked(&self, from: NaiveDate, to: NaiveDate) -> Vec<ReceiptId> {
        let free = |known: &Receipt| known.as_entered.free.is_positive();
        let unasked = self.receipts.iter().filter(|(_, known)| known.is_asked_for(from, to) && free(known));
        unasked.map(|(receipt, _)| receipt.clone()).collect()
    }

    pub(super) fn free(&self, receipt: &ReceiptId) -> Option<FreeReceipt> {
        self.receipts.get(receipt).map(|known| known.as_entered.clone())
    }

    pub(super) fn answer(&mut self, receipt: &ReceiptId, proposals: Vec<Proposal>) {
        if let Some(known) = self.receipts.get_mut(receipt) {
            known.answer = Some(proposals);
        }
    }

    /// Who paid it, and for whom.
    pub(super) fn payer(&self, receipt: &ReceiptId) -> Option<KnownPayer> {
        let known = self.receipts.get(receipt)?;
        let payer = &known.as_entered.payer;
        Some(KnownPayer {
            customer: known.customer.clone()?,
            names: payer.name.iter().map(|name| name.as_str().to_owned()).collect(),
            accounts: payer.account.iter().cloned().collect(),
        })
    }

    pub(super) fn leave_out(&mut self, receipt: &ReceiptId) {
        if let Some(known) = self.receipts.get_mut(receipt) {
            known.left_out = true;
        }
    }

    pub(super) fn matched(&mut self, write_off: &WriteOffId) {
        self.matched.insert(write_off.clone());
    }

    pub(super) fn was_matched(&self, write_off: &WriteOffId) -> bool {
        self.matched.contains(write_off)
    }

    pub(super) fn written_off(&mut self, write_off: &WriteOffId, legs: &[Leg]) {
        self.standing.insert(write_off.clone(), legs.to_vec());
    }

    /// A person has undone a leg: what rules have done with the receipt by themselves was not right.
    pub(super) fn undone(&mut self, write_off: &WriteOffId, leg: &Leg) {
        if let Some(legs) = self.standing.get_mut(write_off) {
            legs.retain(|known| known.leg != leg.leg);
        }
        let known = of_receipt(&leg.source).and_then(|receipt| self.receipts.get_mut(receipt));
        if let Some(known) = known {
            known.left_out = false;
            known.undone.insert(leg.bill.clone());
        }
    }

    /// The legs that stand of write-offs a receipt has a part in: its own, and their differences.
    pub(super) fn legs_by_receipt(&self) -> BTreeMap<ReceiptId, Vec<Leg>> {
        let mut by_receipt: BTreeMap<ReceiptId, Vec<Leg>> = BTreeMap::new();
        for legs in self.standing.values() {
            let sources: BTreeSet<&ReceiptId> =
                legs.iter().filter_map(|leg| of_receipt(&leg.source)).collect();
            for receipt in sources {
                let own = legs.iter().filter(|leg| match &leg.source {
                    LegSource::Receipt(known) => known == receipt,
                    LegSource::Difference(_) => true,
                    LegSource::Wallet(_) | LegSource::CreditNote(_) => false,
                });
                by_receipt.entry(receipt.clone()).or_default().extend(own.cloned());
            }
        }
        by_receipt
    }
}

fn of_receipt(source: &LegSource) -> Option<&ReceiptId> {
    match source {
        LegSource::Receipt(receipt) => Some(receipt),
        LegSource::Wallet(_) | LegSource::CreditNote(_) | LegSource::Difference(_) => None,
    }
}
