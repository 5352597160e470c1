//! What has happened when usage was collected.

use std::ops::Not;

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{CollectedCounts, SourceFile, UsageRunId};
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::month::Month;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageSourceEvent {
    UsageRunStarted {
        run: UsageRunId,
        terms: UsageRunTerms,
    },
    /// Its process had died: another asks for everything again. What was recorded stays, what failed is tried anew.
    UsageRunResumed {
        run: UsageRunId,
    },
    /// What some requests have brought, in the same decision as the usage itself.
    UsageCollected {
        run: UsageRunId,
        /// Requests that were answered or have failed for good: of a customer's month, or a file.
        asked: u64,
        #[serde(flatten)]
        counts: CollectedCounts,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<FailedCollection>,
    },
    UsageRunFinished {
        run: UsageRunId,
        /// Why it was given up before everything had been asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given_up: Option<Reason>,
    },
}

/// What a run is to ask for. Whoever takes it up after the first has died has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRunTerms {
    /// None, if the source does not ask by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
    /// Only these customers; every active one with a plan, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerId>,
    /// It began by itself.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub scheduled: bool,
}

/// What could not be collected, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCollection {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SourceFile>,
    pub reason: Reason,
}

impl FailedCollection {
    /// With what can be shown of the reason.
    pub fn because(reason: &str) -> Self {
        let shown: String = reason.chars().filter(|sign| !sign.is_control()).take(LONGEST_REASON).collect();
        let reason =
            shown.parse().or_else(|_| "no reason was told".parse()).expect("a short text is a reason");
        Self { customer: None, month: None, file: None, reason }
    }

    /// What was asked for.
    #[must_use]
    pub fn of_month(self, customer: CustomerId, month: Month) -> Self {
        Self { customer: Some(customer), month: Some(month), ..self }
    }
}

const LONGEST_REASON: usize = 400;

const STARTED: EventKind = EventKind::first_version("UsageRunStarted");
const RESUMED: EventKind = EventKind::first_version("UsageRunResumed");
const COLLECTED: EventKind = EventKind::first_version("UsageCollected");
const FINISHED: EventKind = EventKind::first_version("UsageRunFinished");

impl UsageSourceEvent {
    pub const KINDS: [EventKind; 4] = [STARTED, RESUMED, COLLECTED, FINISHED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::UsageRunStarted { .. } => STARTED,
            Self::UsageRunResumed { .. } => RESUMED,
            Self::UsageCollected { .. } => COLLECTED,
            Self::UsageRunFinished { .. } => FINISHED,
        }
    }

    pub fn run(&self) -> &UsageRunId {
        match self {
            Self::UsageRunStarted { run, .. }
            | Self::UsageRunResumed { run }
            | Self::UsageCollected { run, .. }
            | Self::UsageRunFinished { run, .. } => run,
        }
    }
}

impl DomainEvent for UsageSourceEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
