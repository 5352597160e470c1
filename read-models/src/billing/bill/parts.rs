//! What a row of `bills` holds besides its columns: notes, what somebody asked to write off, and why it was voided.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{Amounts, BadDebtState, NoteLine};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Money};
use utoipa::ToSchema;

use crate::schema;

/// A credit or debit note of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillNote {
    pub note: u32,
    pub kind: NoteKind,
    pub lines: Vec<NoteLine>,
    #[serde(flatten)]
    pub amounts: Amounts,
    pub reason: Reason,
    pub effective_date: NaiveDate,
}

/// Whether a note makes a bill less or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    Credit,
    Debit,
}

/// Why a bill was taken back, and as of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillVoiding {
    #[schema(value_type = String)]
    pub reason: Reason,
    pub effective_date: NaiveDate,
}

/// What somebody last asked to give up of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadDebt {
    #[schema(value_type = schema::BadDebtState)]
    pub state: BadDebtState,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    #[schema(value_type = String)]
    pub reason: Reason,
    #[schema(value_type = String, example = "user:li")]
    pub requested_by: Actor,
    /// Who approved or rejected it; `null` as long as it waits.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<Actor>,
}
