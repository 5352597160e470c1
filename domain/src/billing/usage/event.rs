//! What has happened to a customer's usage of a month.

use std::ops::Not;

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{UsageId, UsageRecord, UsageReference};
use crate::billing::BillId;
use crate::billing::pricing::{Meter, Quantity};
use crate::event::EventKind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageEvent {
    /// These records came in together. No two of the month share meter, day and reference.
    UsageRecorded {
        usage: UsageId,
        records: Vec<UsageRecord>,
        /// The month had been billed.
        #[serde(default, skip_serializing_if = "Not::not")]
        late: bool,
    },
    /// A record had the wrong quantity.
    UsageCorrected {
        usage: UsageId,
        meter: Meter,
        date: NaiveDate,
        reference: UsageReference,
        old_quantity: Quantity,
        new_quantity: Quantity,
        /// The month had been billed.
        #[serde(default, skip_serializing_if = "Not::not")]
        late: bool,
    },
    /// A bill counts what was used as the stream had it at the event `through`, 0 if it had none.
    UsageBilled { usage: UsageId, bill: BillId, through: u64 },
    /// A note of a bill counts what made the month less since, as the stream had it at the event `through`.
    LateUsageCredited { usage: UsageId, bill: BillId, note: u32, through: u64 },
    /// What came in late changed nothing that is owed: the bill, or the note of it, that counted last counts it too, as the
    /// stream had it at the event `through`.
    LateUsageSettled {
        usage: UsageId,
        bill: BillId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<u32>,
        through: u64,
    },
    /// The bill counts it no more: it was voided.
    UsageUnbilled {
        usage: UsageId,
        bill: BillId,
        /// From when on it is owed no longer; not said of a draft, nor by the first books.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        voided_on: Option<NaiveDate>,
    },
}

const RECORDED: EventKind = EventKind::first_version("UsageRecorded");
const CORRECTED: EventKind = EventKind::first_version("UsageCorrected");
const BILLED: EventKind = EventKind::first_version("UsageBilled");
const CREDITED: EventKind = EventKind::first_version("LateUsageCredited");
const SETTLED: EventKind = EventKind::first_version("LateUsageSettled");
const UNBILLED: EventKind = EventKind::first_version("UsageUnbilled");

impl UsageEvent {
    pub const KINDS: [EventKind; 6] = [RECORDED, CORRECTED, BILLED, CREDITED, SETTLED, UNBILLED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::UsageRecorded { .. } => RECORDED,
            Self::UsageCorrected { .. } => CORRECTED,
            Self::UsageBilled { .. } => BILLED,
            Self::LateUsageCredited { .. } => CREDITED,
            Self::LateUsageSettled { .. } => SETTLED,
            Self::UsageUnbilled { .. } => UNBILLED,
        }
    }

    pub fn usage(&self) -> &UsageId {
        match self {
            Self::UsageRecorded { usage, .. }
            | Self::UsageCorrected { usage, .. }
            | Self::UsageBilled { usage, .. }
            | Self::LateUsageCredited { usage, .. }
            | Self::LateUsageSettled { usage, .. }
            | Self::UsageUnbilled { usage, .. } => usage,
        }
    }
}

impl DomainEvent for UsageEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
