//! A row of `advance_entries`.

use chrono::NaiveDate;
use smol_str::SmolStr;
use tallybook_domain::{CustomerId, Money};

use crate::fold::{Column, Fields, Row};

/// What an event made of what is left of a receipt or a credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceEntryRow {
    /// The receipt or the credit note.
    pub source: SmolStr,
    pub position: u64,
    pub effective_date: NaiveDate,
    pub kind: AdvanceKind,
    /// Whose it is from here on, where the event says so; nobody's after a receipt was recorded without a customer.
    pub customer: Option<CustomerId>,
    pub reference: Option<String>,
    /// Negative where less is left from then on.
    pub amount: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdvanceKind {
    Received,
    Identified,
    Granted,
    Applied,
    Freed,
    MovedToWallet,
    MovedBack,
    Refunded,
    RefundReturned,
    Reversed,
}

impl AdvanceKind {
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Identified,
        Self::Granted,
        Self::Applied,
        Self::Freed,
        Self::MovedToWallet,
        Self::MovedBack,
        Self::Refunded,
        Self::RefundReturned,
        Self::Reversed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Identified => "identified",
            Self::Granted => "granted",
            Self::Applied => "applied",
            Self::Freed => "freed",
            Self::MovedToWallet => "moved_to_wallet",
            Self::MovedBack => "moved_back",
            Self::Refunded => "refunded",
            Self::RefundReturned => "refund_returned",
            Self::Reversed => "reversed",
        }
    }
}

impl Row for AdvanceEntryRow {
    const TABLE: &'static str = "advance_entries";
    const COLUMNS: &'static [Column] = &[
        Column::text("source"),
        Column::number("position"),
        Column::date("effective_date"),
        Column::text("kind"),
        Column::text("customer"),
        Column::text("reference"),
        Column::text("currency"),
        Column::amount("amount"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.source);
        fields.put_count(self.position);
        fields.put_date(self.effective_date);
        fields.put(self.kind.as_str());
        fields.put_option(self.customer.as_ref());
        fields.put_option(self.reference.as_ref());
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
    }
}
