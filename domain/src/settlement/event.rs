//! What has happened in settlement, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::credit_note::{CreditNote, CreditNoteEvent};
use super::matching_rules::{MatchingRules, MatchingRulesEvent};
use super::receipt::{Receipt, ReceiptEvent};
use super::statement::{Statement, StatementEvent};
use super::write_off::{WriteOff, WriteOffEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettlementEvent {
    Receipt(ReceiptEvent),
    CreditNote(CreditNoteEvent),
    WriteOff(WriteOffEvent),
    MatchingRules(MatchingRulesEvent),
    Statement(StatementEvent),
}

impl SettlementEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Receipt(_) => Receipt::TYPE,
            Self::CreditNote(_) => CreditNote::TYPE,
            Self::WriteOff(_) => WriteOff::TYPE,
            Self::MatchingRules(_) => MatchingRules::TYPE,
            Self::Statement(_) => Statement::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Receipt(event) => event.kind(),
            Self::CreditNote(event) => event.kind(),
            Self::WriteOff(event) => event.kind(),
            Self::MatchingRules(event) => event.kind(),
            Self::Statement(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Receipt(event) => event.receipt().to_string(),
            Self::CreditNote(event) => event.credit_note().to_string(),
            Self::WriteOff(event) => event.write_off().to_string(),
            Self::MatchingRules(_) => MatchingRules::STREAM.to_owned(),
            Self::Statement(event) => event.statement().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Receipt(event) => payload(event),
            Self::CreditNote(event) => payload(event),
            Self::WriteOff(event) => payload(event),
            Self::MatchingRules(event) => payload(event),
            Self::Statement(event) => payload(event),
        }
    }
}

impl From<ReceiptEvent> for BookEvent {
    fn from(event: ReceiptEvent) -> Self {
        Self::Settlement(SettlementEvent::Receipt(event))
    }
}

impl From<CreditNoteEvent> for BookEvent {
    fn from(event: CreditNoteEvent) -> Self {
        Self::Settlement(SettlementEvent::CreditNote(event))
    }
}

impl From<WriteOffEvent> for BookEvent {
    fn from(event: WriteOffEvent) -> Self {
        Self::Settlement(SettlementEvent::WriteOff(event))
    }
}

impl From<MatchingRulesEvent> for BookEvent {
    fn from(event: MatchingRulesEvent) -> Self {
        Self::Settlement(SettlementEvent::MatchingRules(event))
    }
}

impl From<StatementEvent> for BookEvent {
    fn from(event: StatementEvent) -> Self {
        Self::Settlement(SettlementEvent::Statement(event))
    }
}
