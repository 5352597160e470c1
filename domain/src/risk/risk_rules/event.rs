//! What has happened to the rules of risk.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::risk::RiskRule;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RiskRulesEvent {
    /// All rules, in the place of those before.
    RiskRulesChanged {
        /// From 1.
        version: u32,
        review_from: u32,
        block_from: u32,
        rules: Vec<RiskRule>,
    },
}

const CHANGED: EventKind = EventKind::first_version("RiskRulesChanged");

impl RiskRulesEvent {
    pub const KINDS: [EventKind; 1] = [CHANGED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::RiskRulesChanged { .. } => CHANGED,
        }
    }
}

impl DomainEvent for RiskRulesEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
