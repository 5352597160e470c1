//! Rows of `billed_lines` and `revenue_entries`.

use chrono::NaiveDate;
use tallybook_domain::billing::pricing::{ItemCode, Meter};
use tallybook_domain::billing::{BillEvent, BillId, PlanCode};
use tallybook_domain::{CustomerId, Money, RecordedEvent};

use crate::fold::{Column, Fields, FoldFault, Row};

/// A line of a bill as it was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledLineRow {
    pub bill: BillId,
    /// Its number on the bill, from 1.
    pub line: u32,
    pub plan: PlanCode,
    pub plan_version: u32,
    pub item: ItemCode,
    /// None of a fee, and of what brings a bill up to the plan's minimum.
    pub meter: Option<Meter>,
    /// Without tax.
    pub amount: Money,
}

/// What an event added to revenue or took off it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevenueEntryRow {
    pub effective_date: NaiveDate,
    pub position: u64,
    /// Its place among the entries of its event: 0, 1 …
    pub entry: u64,
    pub customer: CustomerId,
    pub bill: BillId,
    /// The line of the bill; all of them, if none is named.
    pub line: Option<u32>,
    pub kind: RevenueKind,
    /// Without tax; negative where it takes off.
    pub amount: Money,
}

/// What adds to revenue or takes off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevenueKind {
    Issued,
    DebitNote,
    CreditNote,
    Voided,
}

impl RevenueKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::DebitNote => "debit_note",
            Self::CreditNote => "credit_note",
            Self::Voided => "voided",
        }
    }
}

impl RevenueEntryRow {
    /// The entry of an event over the whole bill.
    pub(super) fn of(
        event: &RecordedEvent,
        change: &BillEvent,
        kind: RevenueKind,
        amount: Money,
    ) -> Result<Self, FoldFault> {
        Ok(Self {
            effective_date: change.effective_date().ok_or(FoldFault::NoEffectiveDate)?,
            position: event.position,
            entry: 0,
            customer: change.bill().customer(),
            bill: change.bill().clone(),
            line: None,
            kind,
            amount,
        })
    }
}

impl Row for BilledLineRow {
    const TABLE: &'static str = "billed_lines";
    const COLUMNS: &'static [Column] = &[
        Column::text("bill"),
        Column::number("line"),
        Column::text("plan"),
        Column::number("plan_version"),
        Column::text("item"),
        Column::text("meter"),
        Column::text("currency"),
        Column::amount("amount"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.bill);
        fields.put_count(self.line.into());
        fields.put(&self.plan);
        fields.put_count(self.plan_version.into());
        fields.put(&self.item);
        fields.put_option(self.meter.as_ref());
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
    }
}

impl Row for RevenueEntryRow {
    const TABLE: &'static str = "revenue_entries";
    const COLUMNS: &'static [Column] = &[
        Column::date("effective_date"),
        Column::number("position"),
        Column::number("entry"),
        Column::text("customer"),
        Column::text("bill"),
        Column::number("line"),
        Column::text("kind"),
        Column::text("currency"),
        Column::amount("amount"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_date(self.effective_date);
        fields.put_count(self.position);
        fields.put_count(self.entry);
        fields.put(&self.customer);
        fields.put(&self.bill);
        match self.line {
            Some(line) => fields.put_count(line.into()),
            None => fields.put_null(),
        }
        fields.put(self.kind.as_str());
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
    }
}
