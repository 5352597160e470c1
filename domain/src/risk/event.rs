//! What has happened about risks, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::alert::{RiskAlert, RiskAlertEvent};
use super::freeze::{WalletFreeze, WalletFreezeEvent};
use super::history::{RiskHistory, RiskHistoryEvent};
use super::payee::{Payee, PayeeEvent};
use super::risk_rules::{RiskRules, RiskRulesEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskEvent {
    Rules(RiskRulesEvent),
    History(RiskHistoryEvent),
    Payee(PayeeEvent),
    Alert(RiskAlertEvent),
    Freeze(WalletFreezeEvent),
}

impl RiskEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Rules(_) => RiskRules::TYPE,
            Self::History(_) => RiskHistory::TYPE,
            Self::Payee(_) => Payee::TYPE,
            Self::Alert(_) => RiskAlert::TYPE,
            Self::Freeze(_) => WalletFreeze::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Rules(event) => event.kind(),
            Self::History(event) => event.kind(),
            Self::Payee(event) => event.kind(),
            Self::Alert(event) => event.kind(),
            Self::Freeze(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Rules(_) => RiskRules::STREAM.to_owned(),
            Self::History(event) => RiskHistory::stream(event.customer()),
            Self::Payee(event) => event.payee().to_string(),
            Self::Alert(event) => RiskAlert::stream(event.withdrawal()),
            Self::Freeze(event) => WalletFreeze::stream(event.wallet()),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Rules(event) => payload(event),
            Self::History(event) => payload(event),
            Self::Payee(event) => payload(event),
            Self::Alert(event) => payload(event),
            Self::Freeze(event) => payload(event),
        }
    }
}

impl From<RiskRulesEvent> for BookEvent {
    fn from(event: RiskRulesEvent) -> Self {
        Self::Risk(RiskEvent::Rules(event))
    }
}

impl From<RiskHistoryEvent> for BookEvent {
    fn from(event: RiskHistoryEvent) -> Self {
        Self::Risk(RiskEvent::History(event))
    }
}

impl From<PayeeEvent> for BookEvent {
    fn from(event: PayeeEvent) -> Self {
        Self::Risk(RiskEvent::Payee(event))
    }
}

impl From<RiskAlertEvent> for BookEvent {
    fn from(event: RiskAlertEvent) -> Self {
        Self::Risk(RiskEvent::Alert(event))
    }
}

impl From<WalletFreezeEvent> for BookEvent {
    fn from(event: WalletFreezeEvent) -> Self {
        Self::Risk(RiskEvent::Freeze(event))
    }
}
