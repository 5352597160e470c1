//! What can be asked of a receipt.

use chrono::NaiveDate;

use super::{OwnAccount, Payer, ReceiptId, RemittanceText};
use crate::actor::Actor;
use crate::deposits::{BankReference, DepositMethod};
use crate::ids::{CustomerId, WriteOffId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

/// Money that came in, as it is entered. Its id is that of its account and reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMoney {
    pub account: OwnAccount,
    pub reference: BankReference,
    pub amount: Money,
    pub method: DepositMethod,
    /// The book's today, if nothing is said.
    pub received_date: Option<NaiveDate>,
    /// The day it was received, if nothing is said, or the day from which on it was reversed before, if that is later.
    pub effective_date: Option<NaiveDate>,
    pub customer: Option<CustomerId>,
    pub payer: Payer,
    pub text: Option<RemittanceText>,
    /// Said of money that is there although the same was recorded and reversed before.
    pub again: bool,
}

impl ReceivedMoney {
    pub fn receipt(&self) -> ReceiptId {
        ReceiptId::of(&self.account, &self.reference)
    }
}

/// `today` is the book's day, by which a date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptCommand {
    Record {
        received: ReceivedMoney,
        /// Whether it has its reference to itself from here on, among deposits and the receipts of all accounts.
        holds_reference: bool,
        today: NaiveDate,
    },
    Identify {
        receipt: ReceiptId,
        customer: CustomerId,
        /// The write-off with which the rules of matching say so.
        matched: Option<WriteOffId>,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// A leg of a write-off of the customer's bills takes a part.
    Apply {
        receipt: ReceiptId,
        customer: CustomerId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The leg is undone, on a date its write-off has judged.
    Free {
        receipt: ReceiptId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
    Reverse {
        receipt: ReceiptId,
        /// Which time it was recorded is meant; the last, if nothing is said.
        entry: Option<u32>,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// Into the customer's wallet of the receipt's currency.
    MoveToWallet {
        receipt: ReceiptId,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// What went there comes back.
    ReturnFromWallet {
        receipt: ReceiptId,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    RequestRefund {
        receipt: ReceiptId,
        amount: Money,
        reason: Reason,
        requested_by: Requester,
    },
    ApproveRefund {
        receipt: ReceiptId,
        /// What is approved: refused if something else is asked for by now. Whatever is asked for, if nothing is said.
        amount: Option<Money>,
        approved_by: Actor,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The bank sent back what was paid.
    ReturnRefund {
        receipt: ReceiptId,
        amount: Money,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    RejectRefund {
        receipt: ReceiptId,
        rejected_by: Actor,
        reason: Reason,
    },
}
