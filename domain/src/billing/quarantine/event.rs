//! What has happened to usage that is not believed.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{GivenText, UsageQuarantineId};
use crate::billing::pricing::{Meter, Quantity};
use crate::billing::usage::UsageReference;
use crate::billing::usage_source::UsageRunId;
use crate::event::EventKind;
use crate::text::{InvalidText, word};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageQuarantineEvent {
    /// These came in a run and are numbered on from those before.
    UsageQuarantined {
        quarantine: UsageQuarantineId,
        run: UsageRunId,
        first: u32,
        held: Vec<HeldUsage>,
    },
    /// A person believes it, with this quantity: it is recorded in the same decision.
    QuarantinedUsageAccepted {
        quarantine: UsageQuarantineId,
        number: u32,
        quantity: Quantity,
    },
    QuarantinedUsageDismissed {
        quarantine: UsageQuarantineId,
        number: u32,
    },
}

/// A value that is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldUsage {
    pub meter: Meter,
    pub date: NaiveDate,
    pub reference: UsageReference,
    /// The quantity as it came.
    pub given: GivenText,
    pub reason: QuarantineReason,
    /// What was recorded under the same reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Quantity>,
    /// What a record of the meter had been on average, where that is the reason; cut to twelve decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<Quantity>,
}

/// Why a value is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    NotANumber,
    Negative,
    /// Above 10^15, or with more than twelve decimals.
    OutOfRange,
    /// Many times what a record of the customer and meter has been on average.
    AboveAverage,
    /// Another quantity is recorded, and the source may not correct it.
    Changed,
}

/// How it stands with a value that was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineState {
    Waiting,
    Accepted,
    Dismissed,
}

impl QuarantineReason {
    pub const ALL: [Self; 5] =
        [Self::NotANumber, Self::Negative, Self::OutOfRange, Self::AboveAverage, Self::Changed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotANumber => "not_a_number",
            Self::Negative => "negative",
            Self::OutOfRange => "out_of_range",
            Self::AboveAverage => "above_average",
            Self::Changed => "changed",
        }
    }
}

impl QuarantineState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Accepted, Self::Dismissed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Dismissed => "dismissed",
        }
    }
}

impl fmt::Display for QuarantineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for QuarantineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for QuarantineState {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        word(text, Self::ALL, Self::as_str, "waiting, accepted or dismissed")
    }
}

const QUARANTINED: EventKind = EventKind::first_version("UsageQuarantined");
const ACCEPTED: EventKind = EventKind::first_version("QuarantinedUsageAccepted");
const DISMISSED: EventKind = EventKind::first_version("QuarantinedUsageDismissed");

impl UsageQuarantineEvent {
    pub const KINDS: [EventKind; 3] = [QUARANTINED, ACCEPTED, DISMISSED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::UsageQuarantined { .. } => QUARANTINED,
            Self::QuarantinedUsageAccepted { .. } => ACCEPTED,
            Self::QuarantinedUsageDismissed { .. } => DISMISSED,
        }
    }

    pub fn quarantine(&self) -> &UsageQuarantineId {
        match self {
            Self::UsageQuarantined { quarantine, .. }
            | Self::QuarantinedUsageAccepted { quarantine, .. }
            | Self::QuarantinedUsageDismissed { quarantine, .. } => quarantine,
        }
    }
}

impl DomainEvent for UsageQuarantineEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
