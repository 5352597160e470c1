//! What can be asked of a bill.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BillPart, NoteLine, StepDate};
use crate::actor::Actor;
use crate::billing::{BillId, BillNumber};
use crate::ids::{WalletId, WriteOffId};
use crate::money::{Currency, Money};
use crate::requester::Requester;
use crate::settlement::write_off::Leg;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillCommand {
    Draft {
        bill: BillId,
        currency: Currency,
        parts: Vec<BillPart>,
        replaces: Option<BillId>,
    },
    /// What late usage makes more.
    DraftDelta {
        bill: BillId,
        currency: Currency,
        parts: Vec<BillPart>,
        /// The month's bill to which it is the difference.
        amends: BillId,
    },
    Issue {
        bill: BillId,
        number: BillNumber,
        issue_date: NaiveDate,
        due_date: NaiveDate,
    },
    Void {
        bill: BillId,
        reason: Reason,
        date: StepDate,
    },
    /// The customer owes less.
    Credit {
        bill: BillId,
        lines: NoteLines,
        reason: Reason,
        date: StepDate,
    },
    /// The customer owes more.
    Debit {
        bill: BillId,
        lines: NoteLines,
        reason: Reason,
        date: StepDate,
    },
    OpenDispute {
        bill: BillId,
        reason: Reason,
    },
    /// The customer was right, or was not.
    CloseDispute {
        bill: BillId,
        won: bool,
        reason: Reason,
    },
    RequestBadDebt {
        bill: BillId,
        amount: Money,
        reason: Reason,
        requested_by: Requester,
    },
    ApproveBadDebt {
        bill: BillId,
        /// What is approved: refused if something else is asked for by now. Whatever is asked for, if nothing is said.
        amount: Option<Money>,
        approved_by: Actor,
        date: StepDate,
    },
    RejectBadDebt {
        bill: BillId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// As much as the wallet has and the bill needs.
    PayFromWallet {
        bill: BillId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// The wallet gets back what it paid, or a part of it.
    ReturnPayment {
        bill: BillId,
        wallet: WalletId,
        amount: Money,
        effective_date: NaiveDate,
    },
    /// A leg of a write-off settles a part.
    Apply {
        write_off: WriteOffId,
        leg: Leg,
        date: StepDate,
    },
    /// The leg is undone, on a date its write-off has judged.
    Reopen {
        write_off: WriteOffId,
        leg: Leg,
        effective_date: NaiveDate,
    },
}

/// What a note is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteLines {
    /// Everything that is left of the bill.
    Whole,
    /// So much, without tax, of these lines by their numbers on the bill.
    Lines(Vec<(u32, Money)>),
    /// So much of these lines, with so much tax: a part of a difference over several bills.
    Exact(Vec<NoteLine>),
}

/// A step of a bill, as it is named where it cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillAction {
    Issue,
    Void,
    Credit,
    Debit,
    Dispute,
    WriteOff,
    Pay,
    ReturnPayment,
    Settle,
    Regenerate,
    SettleLateUsage,
}

impl BillAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Void => "void",
            Self::Credit => "credit",
            Self::Debit => "debit",
            Self::Dispute => "dispute",
            Self::WriteOff => "write off",
            Self::Pay => "pay",
            Self::ReturnPayment => "return a payment of",
            Self::Settle => "settle",
            Self::Regenerate => "regenerate",
            Self::SettleLateUsage => "settle late usage of",
        }
    }
}

impl std::fmt::Display for BillAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
