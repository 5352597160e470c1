//! Why an event cannot be folded. Such an event stops its projection; it is never skipped.

use tallybook_domain::{Money, MoneyError, RecordedEvent};

/// What is wrong between an event and the rows it meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldFault {
    #[error("{table} has no row {key}")]
    Missing { table: &'static str, key: String },
    #[error("{table} has a row {key} already")]
    AlreadyThere { table: &'static str, key: String },
    #[error("the row {key} of {table} was not loaded before folding")]
    NotLoaded { table: &'static str, key: String },
    #[error("{0}")]
    Money(#[from] MoneyError),
    #[error("{what} would be {amount}")]
    Negative { what: &'static str, amount: Money },
    #[error("{what} is too large to add to")]
    Overflow { what: &'static str },
    #[error("the event has no effective date although it moves money")]
    NoEffectiveDate,
}

/// A fault with the event it happened at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{projection} cannot fold event {position} ({event_type} of {aggregate_id}): {fault}")]
pub struct FoldError {
    pub projection: &'static str,
    pub position: u64,
    pub event_type: &'static str,
    pub aggregate_id: String,
    pub fault: FoldFault,
}

impl FoldError {
    pub fn new(projection: &'static str, event: &RecordedEvent, fault: FoldFault) -> Self {
        Self {
            projection,
            position: event.position,
            event_type: event.event.event_type(),
            aggregate_id: event.aggregate_id.clone(),
            fault,
        }
    }
}
