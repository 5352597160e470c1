//! What has happened to the bill numbers of a year.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BillNumbersEvent {
    /// The bills issued together with this event have these numbers, both ends included.
    BillNumbersTaken { year: i32, first: u64, last: u64 },
}

const TAKEN: EventKind = EventKind::first_version("BillNumbersTaken");

impl BillNumbersEvent {
    pub const KINDS: [EventKind; 1] = [TAKEN];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::BillNumbersTaken { .. } => TAKEN,
        }
    }
}

impl DomainEvent for BillNumbersEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
