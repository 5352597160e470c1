//! What rules would have done with past receipts, beside what people have done with them.
//!
//! A fold of the journal: bills, payers and receipts stand as they stood when a person first wrote off a receipt, moved
//! it to the wallet or paid it back, and the rules are asked at that moment, with what was said of the receipt when it
//! came in. What people have done is what of it stands at the end; what they have undone is wrong. Must never change
//! anything.

mod report;
mod seen;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use tallybook_domain::billing::{BillEvent, BillId, BillNumber, BillingEvent};
use tallybook_domain::customers::CustomerEvent;
use tallybook_domain::settlement::matching::{
    KnownPayer, Matcher, OpenBill, OpenBills, RuleSet, TakenByRules,
};
use tallybook_domain::settlement::write_off::LegSource;
use tallybook_domain::settlement::{ReceiptEvent, ReceiptId, SettlementEvent, WriteOffEvent};
use tallybook_domain::{BookEvent, CustomerId, Money, MoneyError};

pub use report::{BacktestReport, Compared, Tally};

use self::seen::Seen;
use crate::billing::owed_by;

#[derive(Debug)]
pub struct Backtest {
    matcher: Matcher,
    from: NaiveDate,
    to: NaiveDate,
    receipts: Seen,
}

impl Backtest {
    /// Of receipts that came in between two days, both included.
    pub fn new(rules: RuleSet, from: NaiveDate, to: NaiveDate) -> Self {
        let (bills, payers) = (OpenBills::default(), std::iter::empty::<KnownPayer>().collect());
        let (oldest_first, taken) = (BTreeSet::new(), TakenByRules::default());
        let matcher = Matcher { rules, rules_version: 0, bills, payers, oldest_first, taken };
        Self { matcher, from, to, receipts: Seen::default() }
    }

    /// The next event of the journal, from the first on.
    pub fn take_in(&mut self, event: &BookEvent) -> Result<(), MoneyError> {
        match event {
            BookEvent::Customer(event) => self.name(event),
            BookEvent::Billing(BillingEvent::Bill(event)) => self.owe(event)?,
            BookEvent::Settlement(SettlementEvent::Receipt(event)) => self.receive(event)?,
            BookEvent::Settlement(SettlementEvent::WriteOff(event)) => self.write_off(event)?,
            BookEvent::Settlement(
                SettlementEvent::CreditNote(_)
                | SettlementEvent::MatchingRules(_)
                | SettlementEvent::Statement(_),
            )
            | BookEvent::Billing(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => {}
        }
        Ok(())
    }

    /// Receipts nobody has written off are matched with what is open at the end.
    pub fn finish(mut self) -> Result<BacktestReport, MoneyError> {
        for receipt in self.receipts.unasked(self.from, self.to) {
            self.ask(&receipt, None)?;
        }
        report::compare(&self.matcher.rules, self.receipts)
    }

    fn name(&mut self, event: &CustomerEvent) {
        let (customer, name) = match event {
            CustomerEvent::CustomerRegistered { customer, name }
            | CustomerEvent::CustomerRenamed { customer, new_name: name, .. } => {
                (customer, name.as_str().to_owned())
            }
            CustomerEvent::CustomerProfileChanged { customer, changes } => {
                if let Some(change) = &changes.oldest_first {
                    self.settle(customer, change.to == Some(true));
                }
                let short = changes.short_name.as_ref().and_then(|change| change.to.as_ref());
                let Some(short) = short else { return };
                (customer, short.as_str().to_owned())
            }
            CustomerEvent::AccountManagerAssigned { .. }
            | CustomerEvent::CustomerSuspended { .. }
            | CustomerEvent::CustomerReactivated { .. }
            | CustomerEvent::CustomerClosed { .. }
            | CustomerEvent::PersonalDataErased { .. } => return,
        };
        let (customer, names) = (customer.clone(), vec![name]);
        self.matcher.payers.learn(&KnownPayer { customer, names, accounts: Vec::new() });
    }

    /// What the customer's file says of its money, from here on.
    fn settle(&mut self, customer: &CustomerId, oldest_first: bool) {
        if oldest_first {
            self.matcher.oldest_first.insert(customer.clone());
        } else {
            self.matcher.oldest_first.remove(customer);
        }
    }

    fn owe(&mut self, event: &BillEvent) -> Result<(), MoneyError> {
        let Some(change) = owed_by(event) else { return Ok(()) };
        let bill = event.bill();
        let known = self.matcher.bills.find(bill);
        let (number, due_date, before): (Option<BillNumber>, _, _) = match (event, known) {
            (BillEvent::BillIssued { number, due_date, .. }, _) => {
                (Some(number.clone()), *due_date, Money::zero(change.currency()))
            }
            (_, Some(known)) => (known.number.clone(), known.due_date, known.open),
            (_, None) => return Ok(()),
        };
        let open = before.checked_add(change)?;
        self.matcher.bills.put(OpenBill { bill: BillId::clone(bill), number, due_date, open });
        Ok(())
    }

    fn receive(&mut self, event: &ReceiptEvent) -> Result<(), MoneyError> {
        if let Some((receipt, held)) = leaving(event)
            && self.receipts.is_asked_for(receipt, self.from, self.to)
        {
            self.ask(receipt, held)?;
        }
        self.receipts.take_in(event)?;
        let payer_of: Option<(CustomerId, &ReceiptId)> = match event {
            ReceiptEvent::ReceiptRecorded { customer: Some(customer), receipt, .. }
            | ReceiptEvent::ReceiptIdentified { customer, receipt, matched: None, .. } => {
                Some((customer.clone(), receipt))
            }
            // What rules have said teaches nothing.
            ReceiptEvent::ReceiptIdentified { matched: Some(_), .. }
            | ReceiptEvent::ReceiptRecorded { customer: None, .. }
            | ReceiptEvent::ReceiptApplied { .. }
            | ReceiptEvent::ReceiptFreed { .. }
            | ReceiptEvent::ReceiptReversed { .. }
            | ReceiptEvent::AdvanceMovedToWallet { .. }
            | ReceiptEvent::AdvanceMovedBack { .. }
            | ReceiptEvent::AdvanceRefundReturned { .. }
            | ReceiptEvent::AdvanceRefundRequested { .. }
            | ReceiptEvent::AdvanceRefunded { .. }
            | ReceiptEvent::AdvanceRefundRejected { .. } => None,
        };
        if let Some((customer, receipt)) = payer_of {
            self.receipts.identify(receipt, &customer);
        }
        Ok(())
    }

    /// The first time a person writes off a receipt, the rules are asked, before it counts. What rules have done by
    /// themselves says nothing of what people do, before somebody undoes it.
    fn write_off(&mut self, event: &WriteOffEvent) -> Result<(), MoneyError> {
        match event {
            WriteOffEvent::WriteOffPosted { legs, matched, write_off, approved_by, .. } => {
                let approved = approved_by.is_some() && self.receipts.was_matched(write_off);
                let by_rule = matched.is_some() || approved;
                for leg in legs {
                    let LegSource::Receipt(receipt) = &leg.source else { continue };
                    if by_rule {
                        self.receipts.leave_out(receipt);
                    } else if self.receipts.is_asked_for(receipt, self.from, self.to) {
                        self.ask(receipt, None)?;
                    }
                    self.learn(receipt);
                }
                self.receipts.written_off(write_off, legs);
            }
            WriteOffEvent::WriteOffProposed { write_off, matched: Some(_), .. } => {
                self.receipts.matched(write_off);
            }
            WriteOffEvent::WriteOffLegReversed { write_off, leg, .. } => {
                self.receipts.undone(write_off, leg);
            }
            WriteOffEvent::WriteOffProposed { matched: None, .. }
            | WriteOffEvent::WriteOffRejected { .. } => {}
        }
        Ok(())
    }

    /// `held` was free before somebody asked to pay it back.
    fn ask(&mut self, receipt: &ReceiptId, held: Option<Money>) -> Result<(), MoneyError> {
        let Some(mut asked) = self.receipts.free(receipt) else { return Ok(()) };
        if let Some(held) = held {
            asked.free = asked.free.checked_add(held)?;
        }
        let proposals = self.matcher.run_one(&asked)?;
        self.receipts.answer(receipt, proposals);
        Ok(())
    }

    /// The payer of an identified receipt is remembered from its first write-off on: before, the rules would know the
    /// answer.
    fn learn(&mut self, receipt: &ReceiptId) {
        if let Some(payer) = self.receipts.payer(receipt) {
            self.matcher.payers.learn(&payer);
        }
    }
}

/// Money of a receipt that people put elsewhere than to bills, and what of it is no longer free already.
fn leaving(event: &ReceiptEvent) -> Option<(&ReceiptId, Option<Money>)> {
    match event {
        ReceiptEvent::AdvanceMovedToWallet { receipt, .. } => Some((receipt, None)),
        ReceiptEvent::AdvanceRefunded { receipt, amount, .. } => Some((receipt, Some(*amount))),
        ReceiptEvent::ReceiptRecorded { .. }
        | ReceiptEvent::ReceiptIdentified { .. }
        | ReceiptEvent::ReceiptApplied { .. }
        | ReceiptEvent::ReceiptFreed { .. }
        | ReceiptEvent::ReceiptReversed { .. }
        | ReceiptEvent::AdvanceMovedBack { .. }
        | ReceiptEvent::AdvanceRefundReturned { .. }
        | ReceiptEvent::AdvanceRefundRequested { .. }
        | ReceiptEvent::AdvanceRefundRejected { .. } => None,
    }
}
