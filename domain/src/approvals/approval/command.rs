//! What can be wanted of an approval.

use chrono::{DateTime, Utc};

use super::Given;
use crate::actor::Actor;
use crate::approvals::{ApprovalId, ApprovalSubject, ApprovalTerms};
use crate::ids::CustomerId;
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalCommand {
    Request {
        asked: Asked,
        /// Those of its kind that count now.
        terms: ApprovalTerms,
        rules_version: u32,
        now: DateTime<Utc>,
    },
    Give {
        deciding: Deciding,
        reason: Option<Reason>,
        /// Who cannot sign in any more: what they gave before does not count.
        gone: Vec<Actor>,
        now: DateTime<Utc>,
    },
    /// Whoever asked takes it back this way.
    Reject {
        deciding: Deciding,
        reason: Reason,
    },
    Expire {
        approval: ApprovalId,
        now: DateTime<Utc>,
    },
    /// What it is about has come to an end without it.
    Close {
        closed_by: Actor,
        reason: Option<Reason>,
    },
}

/// What is asked for, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub subject: ApprovalSubject,
    pub customer: Option<CustomerId>,
    /// One in each currency; none if it is about no money.
    pub amounts: Vec<Money>,
    pub why: Option<Reason>,
    pub requested_by: Requester,
}

/// Who decides what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    pub subject: ApprovalSubject,
    /// The round that was meant: who decides what was asked before must not decide what is asked now.
    pub round: Option<u32>,
    pub given: Given,
}
