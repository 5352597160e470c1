//! What has happened to a write-off.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Leg, WriteOffId};
use crate::actor::Actor;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::requester::Requester;
use crate::settlement::matching::MatchEvidence;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WriteOffEvent {
    /// A difference is above its maker's limit: nothing happens before somebody else approves.
    WriteOffProposed {
        write_off: WriteOffId,
        customer: CustomerId,
        legs: Vec<Leg>,
        #[serde(flatten)]
        requested_by: Requester,
        effective_date: NaiveDate,
        /// Of one that the rules of matching have found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matched: Option<MatchEvidence>,
    },
    WriteOffRejected {
        write_off: WriteOffId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// Each leg's source has less from here on, and its bill is owed less.
    WriteOffPosted {
        write_off: WriteOffId,
        customer: CustomerId,
        legs: Vec<Leg>,
        /// Of one that was proposed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<Actor>,
        effective_date: NaiveDate,
        /// Of one that the rules of matching have found, and that did not have to wait.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matched: Option<MatchEvidence>,
    },
    /// A leg is undone, mirrored exactly; the others stand.
    WriteOffLegReversed {
        write_off: WriteOffId,
        #[serde(flatten)]
        leg: Leg,
        reason: Reason,
        effective_date: NaiveDate,
    },
}

const PROPOSED: EventKind = EventKind::first_version("WriteOffProposed");
const REJECTED: EventKind = EventKind::first_version("WriteOffRejected");
const POSTED: EventKind = EventKind::first_version("WriteOffPosted");
const LEG_REVERSED: EventKind = EventKind::first_version("WriteOffLegReversed");

impl WriteOffEvent {
    pub const KINDS: [EventKind; 4] = [PROPOSED, REJECTED, POSTED, LEG_REVERSED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::WriteOffProposed { .. } => PROPOSED,
            Self::WriteOffRejected { .. } => REJECTED,
            Self::WriteOffPosted { .. } => POSTED,
            Self::WriteOffLegReversed { .. } => LEG_REVERSED,
        }
    }

    pub fn write_off(&self) -> &WriteOffId {
        match self {
            Self::WriteOffProposed { write_off, .. }
            | Self::WriteOffRejected { write_off, .. }
            | Self::WriteOffPosted { write_off, .. }
            | Self::WriteOffLegReversed { write_off, .. } => write_off,
        }
    }

    /// The business date of steps that settle bills or open them again.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::WriteOffPosted { effective_date, .. }
            | Self::WriteOffLegReversed { effective_date, .. } => Some(*effective_date),
            Self::WriteOffProposed { .. } | Self::WriteOffRejected { .. } => None,
        }
    }
}

impl DomainEvent for WriteOffEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
