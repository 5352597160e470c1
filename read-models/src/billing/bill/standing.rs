//! How a bill stands on a day. What is settled or overdue follows from what is left and the day, and is stored nowhere.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder};
use tallybook_domain::InvalidText;
use tallybook_domain::billing::BillState;
use utoipa::ToSchema;

use super::BillRow;

/// One of them at a time: what is overdue is no longer only issued, or partly settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum BillStanding {
    /// Calculated, owed by nobody.
    Draft,
    /// Owed and untouched, and not overdue.
    Issued,
    /// Something was settled or written off, something is left, and it is not overdue.
    PartlySettled,
    /// Nothing is left.
    Settled,
    /// Something is left after the due date.
    Overdue,
    Voided,
}

/// A bill, and how it stands on the day on which it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillOnDay {
    #[serde(flatten)]
    pub bill: BillRow,
    /// Which bill of the whole month: 1 is the first. `null` of a bill of late usage.
    #[schema(example = 1)]
    pub revision: Option<u32>,
    pub status: BillStanding,
}

impl BillOnDay {
    pub(super) fn new(bill: BillRow, today: NaiveDate) -> Self {
        Self { revision: bill.id.revision(), status: BillStanding::of(&bill, today), bill }
    }
}

impl BillStanding {
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Issued, Self::PartlySettled, Self::Settled, Self::Overdue, Self::Voided];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::PartlySettled => "partly_settled",
            Self::Settled => "settled",
            Self::Overdue => "overdue",
            Self::Voided => "voided",
        }
    }

    /// How a bill stands on a day.
    pub fn of(bill: &BillRow, today: NaiveDate) -> Self {
        match bill.state {
            BillState::Draft => Self::Draft,
            BillState::Voided => Self::Voided,
            BillState::Issued if !bill.open.is_positive() => Self::Settled,
            BillState::Issued if bill.due_date.is_some_and(|due_date| due_date < today) => Self::Overdue,
            BillState::Issued if bill.settled.is_zero() && bill.written_off.is_zero() => Self::Issued,
            BillState::Issued => Self::PartlySettled,
        }
    }

    /// Narrows a query to the bills that stand so on a day.
    pub(super) fn narrow(self, today: NaiveDate, query: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Draft => query.push(" AND state = 'draft'"),
            Self::Issued => query
                .push(
                    " AND state = 'issued' AND open > 0 AND settled = 0 AND written_off = 0 AND due_date >= ",
                )
                .push_bind(today),
            Self::PartlySettled => query
                .push(" AND open > 0 AND (settled <> 0 OR written_off <> 0) AND due_date >= ")
                .push_bind(today),
            Self::Settled => query.push(" AND state = 'issued' AND open = 0"),
            Self::Overdue => query.push(" AND open > 0 AND due_date < ").push_bind(today),
            Self::Voided => query.push(" AND state = 'voided'"),
        };
    }
}

impl std::fmt::Display for BillStanding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for BillStanding {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let expected = "draft, issued, partly_settled, settled, overdue or voided";
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == word)
            .ok_or(InvalidText::Malformed { expected })
    }
}
