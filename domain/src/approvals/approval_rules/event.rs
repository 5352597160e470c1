//! What has happened to the rules of approval.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::approvals::{ApprovalTerms, TermsOfKind};
use crate::event::EventKind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalRulesEvent {
    /// All rules, in the place of those before.
    ApprovalRulesChanged {
        /// From 1.
        version: u32,
        usual: ApprovalTerms,
        kinds: Vec<TermsOfKind>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        price_plan_changes: bool,
    },
}

const CHANGED: EventKind = EventKind::first_version("ApprovalRulesChanged");

impl ApprovalRulesEvent {
    pub const KINDS: [EventKind; 1] = [CHANGED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ApprovalRulesChanged { .. } => CHANGED,
        }
    }
}

impl DomainEvent for ApprovalRulesEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
