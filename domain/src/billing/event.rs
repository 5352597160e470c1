//! What has happened in billing, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::bill::{Bill, BillEvent};
use super::bill_numbers::{BillNumbers, BillNumbersEvent};
use super::bill_run::{BillRun, BillRunEvent};
use super::credit_limit::{CreditAlert, CreditAlertEvent, CreditAlertId, PendingOrders, PendingOrdersEvent};
use super::price_plan::{PricePlan, PricePlanEvent};
use super::quarantine::{UsageQuarantine, UsageQuarantineEvent};
use super::reminder::{Reminder, ReminderEvent, ReminderId};
use super::subscription::{Subscription, SubscriptionEvent};
use super::usage::{Usage, UsageEvent};
use super::usage_source::{UsageSource, UsageSourceEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillingEvent {
    Numbers(BillNumbersEvent),
    Usage(UsageEvent),
    PricePlan(PricePlanEvent),
    Subscription(SubscriptionEvent),
    Bill(BillEvent),
    Run(BillRunEvent),
    Reminder(ReminderEvent),
    UsageSource(UsageSourceEvent),
    UsageQuarantine(UsageQuarantineEvent),
    CreditAlert(CreditAlertEvent),
    PendingOrders(PendingOrdersEvent),
}

impl BillingEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Numbers(_) => BillNumbers::TYPE,
            Self::Usage(_) => Usage::TYPE,
            Self::PricePlan(_) => PricePlan::TYPE,
            Self::Subscription(_) => Subscription::TYPE,
            Self::Bill(_) => Bill::TYPE,
            Self::Run(_) => BillRun::TYPE,
            Self::Reminder(_) => Reminder::TYPE,
            Self::UsageSource(_) => UsageSource::TYPE,
            Self::UsageQuarantine(_) => UsageQuarantine::TYPE,
            Self::CreditAlert(_) => CreditAlert::TYPE,
            Self::PendingOrders(_) => PendingOrders::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Numbers(event) => event.kind(),
            Self::Usage(event) => event.kind(),
            Self::PricePlan(event) => event.kind(),
            Self::Subscription(event) => event.kind(),
            Self::Bill(event) => event.kind(),
            Self::Run(event) => event.kind(),
            Self::Reminder(event) => event.kind(),
            Self::UsageSource(event) => event.kind(),
            Self::UsageQuarantine(event) => event.kind(),
            Self::CreditAlert(event) => event.kind(),
            Self::PendingOrders(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Numbers(BillNumbersEvent::BillNumbersTaken { year, .. }) => BillNumbers::stream_of(*year),
            Self::Usage(event) => event.usage().to_string(),
            Self::PricePlan(event) => event.plan().stream(),
            Self::Subscription(event) => Subscription::stream_of(event.customer()),
            Self::Bill(event) => event.bill().to_string(),
            Self::Run(event) => BillRun::stream_of(event.period()),
            Self::UsageSource(event) => UsageSource::stream_of(&event.run().source()),
            Self::UsageQuarantine(event) => event.quarantine().to_string(),
            Self::CreditAlert(event) => CreditAlertId::of(&event.subject()).to_string(),
            Self::PendingOrders(event) => PendingOrders::stream_of(event.customer()),
            Self::Reminder(event) => ReminderId::of(event.bill()).to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Numbers(event) => payload(event),
            Self::Usage(event) => payload(event),
            Self::PricePlan(event) => payload(event),
            Self::Subscription(event) => payload(event),
            Self::Bill(event) => payload(event),
            Self::Run(event) => payload(event),
            Self::Reminder(event) => payload(event),
            Self::UsageSource(event) => payload(event),
            Self::UsageQuarantine(event) => payload(event),
            Self::CreditAlert(event) => payload(event),
            Self::PendingOrders(event) => payload(event),
        }
    }
}

impl From<BillNumbersEvent> for BookEvent {
    fn from(event: BillNumbersEvent) -> Self {
        Self::Billing(BillingEvent::Numbers(event))
    }
}

impl From<UsageEvent> for BookEvent {
    fn from(event: UsageEvent) -> Self {
        Self::Billing(BillingEvent::Usage(event))
    }
}

impl From<PricePlanEvent> for BookEvent {
    fn from(event: PricePlanEvent) -> Self {
        Self::Billing(BillingEvent::PricePlan(event))
    }
}

impl From<SubscriptionEvent> for BookEvent {
    fn from(event: SubscriptionEvent) -> Self {
        Self::Billing(BillingEvent::Subscription(event))
    }
}

impl From<BillEvent> for BookEvent {
    fn from(event: BillEvent) -> Self {
        Self::Billing(BillingEvent::Bill(event))
    }
}

impl From<BillRunEvent> for BookEvent {
    fn from(event: BillRunEvent) -> Self {
        Self::Billing(BillingEvent::Run(event))
    }
}

impl From<ReminderEvent> for BookEvent {
    fn from(event: ReminderEvent) -> Self {
        Self::Billing(BillingEvent::Reminder(event))
    }
}

impl From<UsageSourceEvent> for BookEvent {
    fn from(event: UsageSourceEvent) -> Self {
        Self::Billing(BillingEvent::UsageSource(event))
    }
}

impl From<UsageQuarantineEvent> for BookEvent {
    fn from(event: UsageQuarantineEvent) -> Self {
        Self::Billing(BillingEvent::UsageQuarantine(event))
    }
}

impl From<CreditAlertEvent> for BookEvent {
    fn from(event: CreditAlertEvent) -> Self {
        Self::Billing(BillingEvent::CreditAlert(event))
    }
}

impl From<PendingOrdersEvent> for BookEvent {
    fn from(event: PendingOrdersEvent) -> Self {
        Self::Billing(BillingEvent::PendingOrders(event))
    }
}
