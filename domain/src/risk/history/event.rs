//! What has happened in a customer's history.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::ids::{CustomerId, WalletId, WithdrawalId};
use crate::money::Money;
use crate::risk::{Assessment, PayeeId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RiskHistoryEvent {
    /// A withdrawal that was asked for was judged.
    WithdrawalAssessed {
        customer: CustomerId,
        withdrawal: WithdrawalId,
        wallet: WalletId,
        /// The book's day.
        date: NaiveDate,
        payee: PayeeId,
        assessment: Box<Assessment>,
    },
}

const ASSESSED: EventKind = EventKind::first_version("WithdrawalAssessed");

impl RiskHistoryEvent {
    pub const KINDS: [EventKind; 1] = [ASSESSED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::WithdrawalAssessed { .. } => ASSESSED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::WithdrawalAssessed { customer, .. } => customer,
        }
    }

    /// What was asked for.
    pub fn amount(&self) -> Money {
        match self {
            Self::WithdrawalAssessed { assessment, .. } => assessment.inputs.amount,
        }
    }
}

impl DomainEvent for RiskHistoryEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
