//! What has happened to a statement.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Signatory, StatementAnswer, StatementFigures, StatementId};
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::text::{Reason, Remark};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementEvent {
    StatementIssued {
        statement: StatementId,
        customer: CustomerId,
        #[serde(flatten)]
        figures: StatementFigures,
    },
    /// By whoever had the link.
    StatementAnswered {
        statement: StatementId,
        answer: StatementAnswer,
        /// What is wrong, of one that is disagreed with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Remark>,
        answered_by: Signatory,
    },
    /// Its link leads nowhere any more.
    StatementWithdrawn { statement: StatementId, reason: Reason },
}

const ISSUED: EventKind = EventKind::first_version("StatementIssued");
const ANSWERED: EventKind = EventKind::first_version("StatementAnswered");
const WITHDRAWN: EventKind = EventKind::first_version("StatementWithdrawn");

impl StatementEvent {
    pub const KINDS: [EventKind; 3] = [ISSUED, ANSWERED, WITHDRAWN];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::StatementIssued { .. } => ISSUED,
            Self::StatementAnswered { .. } => ANSWERED,
            Self::StatementWithdrawn { .. } => WITHDRAWN,
        }
    }

    pub fn statement(&self) -> &StatementId {
        match self {
            Self::StatementIssued { statement, .. }
            | Self::StatementAnswered { statement, .. }
            | Self::StatementWithdrawn { statement, .. } => statement,
        }
    }
}

impl DomainEvent for StatementEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
