//! What has happened to the rules of matching.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::settlement::matching::{MatchingRule, Score};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MatchingRulesEvent {
    /// All rules, in the place of those before.
    MatchingRulesChanged {
        /// From 1.
        version: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        automatic_from: Option<Score>,
        rules: Vec<MatchingRule>,
    },
}

const CHANGED: EventKind = EventKind::first_version("MatchingRulesChanged");

impl MatchingRulesEvent {
    pub const KINDS: [EventKind; 1] = [CHANGED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::MatchingRulesChanged { .. } => CHANGED,
        }
    }
}

impl DomainEvent for MatchingRulesEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
