//! Rows of `receivables` and `receivable_entries`.

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::billing::BillId;
use tallybook_domain::{CustomerId, Money};

use crate::fold::{Column, Fields, KeyedRow, Row};
use crate::query::{count, money, spelled};

/// What is owed of an issued bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivableRow {
    pub bill: BillId,
    pub customer: CustomerId,
    pub due_date: NaiveDate,
    /// After all its entries.
    pub open: Money,
    /// The first and the last effective date of its entries.
    pub first_date: NaiveDate,
    pub last_date: NaiveDate,
    /// Where its last entry is recorded.
    pub last_position: u64,
}

/// What an event made of what is owed of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivableEntryRow {
    pub bill: BillId,
    pub position: u64,
    pub effective_date: NaiveDate,
    pub kind: ReceivableKind,
    /// With tax; negative where less is owed from then on.
    pub amount: Money,
}

/// Why more or less is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceivableKind {
    Issued,
    DebitNote,
    CreditNote,
    Voided,
    PaidFromWallet,
    ReturnedToWallet,
    WrittenOff,
    /// A leg of a write-off settled a part with money.
    Applied,
    /// The leg was undone.
    Reopened,
    /// The same with a credit note.
    CreditApplied,
    CreditReopened,
    /// The same with what the customer need not pay.
    DifferenceApplied,
    DifferenceReopened,
}

impl ReceivableKind {
    pub const ALL: [Self; 13] = [
        Self::Issued,
        Self::DebitNote,
        Self::CreditNote,
        Self::Voided,
        Self::PaidFromWallet,
        Self::ReturnedToWallet,
        Self::WrittenOff,
        Self::Applied,
        Self::Reopened,
        Self::CreditApplied,
        Self::CreditReopened,
        Self::DifferenceApplied,
        Self::DifferenceReopened,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::DebitNote => "debit_note",
            Self::CreditNote => "credit_note",
            Self::Voided => "voided",
            Self::PaidFromWallet => "paid_from_wallet",
            Self::ReturnedToWallet => "returned_to_wallet",
            Self::WrittenOff => "written_off",
            Self::Applied => "applied",
            Self::Reopened => "reopened",
            Self::CreditApplied => "credit_applied",
            Self::CreditReopened => "credit_reopened",
            Self::DifferenceApplied => "difference_applied",
            Self::DifferenceReopened => "difference_reopened",
        }
    }
}

impl Row for ReceivableRow {
    const TABLE: &'static str = "receivables";
    const COLUMNS: &'static [Column] = &[
        Column::text("bill"),
        Column::text("customer"),
        Column::text("currency"),
        Column::date("due_date"),
        Column::amount("open"),
        Column::date("first_date"),
        Column::date("last_date"),
        Column::number("last_position"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.bill);
        fields.put(&self.customer);
        fields.put(self.open.currency());
        fields.put_date(self.due_date);
        fields.put_amount(self.open.amount());
        fields.put_date(self.first_date);
        fields.put_date(self.last_date);
        fields.put_count(self.last_position);
    }
}

impl KeyedRow for ReceivableRow {
    const KEY_COLUMNS: usize = 1;
    type Key = BillId;

    fn key(&self) -> BillId {
        self.bill.clone()
    }

    fn encode_key(key: &BillId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for ReceivableRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            bill: spelled(row, "bill")?,
            customer: spelled(row, "customer")?,
            due_date: row.try_get("due_date")?,
            open: money(row, "open", spelled(row, "currency")?)?,
            first_date: row.try_get("first_date")?,
            last_date: row.try_get("last_date")?,
            last_position: count(row, "last_position")?,
        })
    }
}

impl Row for ReceivableEntryRow {
    const TABLE: &'static str = "receivable_entries";
    const COLUMNS: &'static [Column] = &[
        Column::text("bill"),
        Column::number("position"),
        Column::date("effective_date"),
        Column::text("kind"),
        Column::text("currency"),
        Column::amount("amount"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.bill);
        fields.put_count(self.position);
        fields.put_date(self.effective_date);
        fields.put(self.kind.as_str());
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
    }
}
