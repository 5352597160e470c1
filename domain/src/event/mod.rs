//! Everything that can have happened in a book, and the exact text it is stored as.
//!
//! A stored event decodes for ever: a variant is never removed or given another meaning; what changes gets a new
//! version and an upcaster. Must never guess: an unknown type or a version from the future is an error.

mod decode;
mod recorded;

use cqrs_es::DomainEvent;
use cqrs_es::persist::EventUpcaster;

pub use decode::DecodeError;
pub use recorded::{EventMetadata, RecordedEvent};

use crate::approvals::{
    Approval, ApprovalDelegations, ApprovalDelegationsEvent, ApprovalEvent, ApprovalRules,
    ApprovalRulesEvent, ApprovalsEvent,
};
use crate::billing::{
    Bill, BillEvent, BillNumbers, BillNumbersEvent, BillRun, BillRunEvent, BillingEvent, CreditAlert,
    CreditAlertEvent, PendingOrders, PendingOrdersEvent, PricePlan, PricePlanEvent, Reminder, ReminderEvent,
    Subscription, SubscriptionEvent, Usage, UsageEvent, UsageQuarantine, UsageQuarantineEvent, UsageSource,
    UsageSourceEvent,
};
use crate::channels::{ChannelNotification, ChannelNotificationEvent};
use crate::customers::{Customer, CustomerEvent};
use crate::deposits::{Wallet, WalletEvent, Withdrawal, WithdrawalEvent};
use crate::ledger::periods::{AccountingPeriods, PeriodEvent};
use crate::orders::{Order, OrderEvent, OrderRefund, OrderRefundEvent, OrdersEvent, Payment, PaymentEvent};
use crate::payouts::{Payout, PayoutBatch, PayoutBatchEvent, PayoutEvent, PayoutsEvent};
use crate::risk::{
    Payee, PayeeEvent, RiskAlert, RiskAlertEvent, RiskEvent, RiskHistory, RiskHistoryEvent, RiskRules,
    RiskRulesEvent, WalletFreeze, WalletFreezeEvent,
};
use crate::settlement::{
    CreditNote, CreditNoteEvent, MatchingRules, MatchingRulesEvent, Receipt, ReceiptEvent, SettlementEvent,
    Statement, StatementEvent, WriteOff, WriteOffEvent,
};

/// The stored name of an event and the version its payload has today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventKind {
    pub name: &'static str,
    pub version: &'static str,
}

impl EventKind {
    pub(crate) const fn first_version(name: &'static str) -> Self {
        Self { name, version: "1.0" }
    }
}

/// An event of any aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookEvent {
    Customer(CustomerEvent),
    Wallet(WalletEvent),
    Withdrawal(WithdrawalEvent),
    Period(PeriodEvent),
    ChannelNotification(ChannelNotificationEvent),
    /// All aggregates of a context under one name, so that those who read other contexts need not know them.
    Billing(BillingEvent),
    Settlement(SettlementEvent),
    Risk(RiskEvent),
    Orders(OrdersEvent),
    Approvals(ApprovalsEvent),
    Payouts(PayoutsEvent),
}

impl BookEvent {
    /// Every kind of event there is, by aggregate type. A name belongs to one aggregate type only.
    pub const KINDS: [(&'static str, &'static [EventKind]); 34] = [
        (<Customer as cqrs_es::Aggregate>::TYPE, &CustomerEvent::KINDS),
        (<Wallet as cqrs_es::Aggregate>::TYPE, &WalletEvent::KINDS),
        (<Withdrawal as cqrs_es::Aggregate>::TYPE, &WithdrawalEvent::KINDS),
        (<AccountingPeriods as cqrs_es::Aggregate>::TYPE, &PeriodEvent::KINDS),
        (<BillNumbers as cqrs_es::Aggregate>::TYPE, &BillNumbersEvent::KINDS),
        (<Usage as cqrs_es::Aggregate>::TYPE, &UsageEvent::KINDS),
        (<PricePlan as cqrs_es::Aggregate>::TYPE, &PricePlanEvent::KINDS),
        (<Subscription as cqrs_es::Aggregate>::TYPE, &SubscriptionEvent::KINDS),
        (<Bill as cqrs_es::Aggregate>::TYPE, &BillEvent::KINDS),
        (<BillRun as cqrs_es::Aggregate>::TYPE, &BillRunEvent::KINDS),
        (<Reminder as cqrs_es::Aggregate>::TYPE, &ReminderEvent::KINDS),
        (<UsageSource as cqrs_es::Aggregate>::TYPE, &UsageSourceEvent::KINDS),
        (<UsageQuarantine as cqrs_es::Aggregate>::TYPE, &UsageQuarantineEvent::KINDS),
        (<CreditAlert as cqrs_es::Aggregate>::TYPE, &CreditAlertEvent::KINDS),
        (<PendingOrders as cqrs_es::Aggregate>::TYPE, &PendingOrdersEvent::KINDS),
        (<Receipt as cqrs_es::Aggregate>::TYPE, &ReceiptEvent::KINDS),
        (<CreditNote as cqrs_es::Aggregate>::TYPE, &CreditNoteEvent::KINDS),
        (<WriteOff as cqrs_es::Aggregate>::TYPE, &WriteOffEvent::KINDS),
        (<MatchingRules as cqrs_es::Aggregate>::TYPE, &MatchingRulesEvent::KINDS),
        (<RiskRules as cqrs_es::Aggregate>::TYPE, &RiskRulesEvent::KINDS),
        (<RiskHistory as cqrs_es::Aggregate>::TYPE, &RiskHistoryEvent::KINDS),
        (<Payee as cqrs_es::Aggregate>::TYPE, &PayeeEvent::KINDS),
        (<RiskAlert as cqrs_es::Aggregate>::TYPE, &RiskAlertEvent::KINDS),
        (<Statement as cqrs_es::Aggregate>::TYPE, &StatementEvent::KINDS),
        (<WalletFreeze as cqrs_es::Aggregate>::TYPE, &WalletFreezeEvent::KINDS),
        (<ChannelNotification as cqrs_es::Aggregate>::TYPE, &ChannelNotificationEvent::KINDS),
        (<Order as cqrs_es::Aggregate>::TYPE, &OrderEvent::KINDS),
        (<Payment as cqrs_es::Aggregate>::TYPE, &PaymentEvent::KINDS),
        (<OrderRefund as cqrs_es::Aggregate>::TYPE, &OrderRefundEvent::KINDS),
        (<ApprovalRules as cqrs_es::Aggregate>::TYPE, &ApprovalRulesEvent::KINDS),
        (<Approval as cqrs_es::Aggregate>::TYPE, &ApprovalEvent::KINDS),
        (<ApprovalDelegations as cqrs_es::Aggregate>::TYPE, &ApprovalDelegationsEvent::KINDS),
        (<Payout as cqrs_es::Aggregate>::TYPE, &PayoutEvent::KINDS),
        (<PayoutBatch as cqrs_es::Aggregate>::TYPE, &PayoutBatchEvent::KINDS),
    ];

    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Customer(_) => <Customer as cqrs_es::Aggregate>::TYPE,
            Self::Wallet(_) => <Wallet as cqrs_es::Aggregate>::TYPE,
            Self::Withdrawal(_) => <Withdrawal as cqrs_es::Aggregate>::TYPE,
            Self::Period(_) => <AccountingPeriods as cqrs_es::Aggregate>::TYPE,
            Self::ChannelNotification(_) => <ChannelNotification as cqrs_es::Aggregate>::TYPE,
            Self::Billing(event) => event.aggregate_type(),
            Self::Settlement(event) => event.aggregate_type(),
            Self::Risk(event) => event.aggregate_type(),
            Self::Orders(event) => event.aggregate_type(),
            Self::Approvals(event) => event.aggregate_type(),
            Self::Payouts(event) => event.aggregate_type(),
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Customer(event) => event.kind(),
            Self::Wallet(event) => event.kind(),
            Self::Withdrawal(event) => event.kind(),
            Self::Period(event) => event.kind(),
            Self::ChannelNotification(event) => event.kind(),
            Self::Billing(event) => event.kind(),
            Self::Settlement(event) => event.kind(),
            Self::Risk(event) => event.kind(),
            Self::Orders(event) => event.kind(),
            Self::Approvals(event) => event.kind(),
            Self::Payouts(event) => event.kind(),
        }
    }

    pub fn event_type(&self) -> &'static str {
        self.kind().name
    }

    pub fn event_version(&self) -> &'static str {
        self.kind().version
    }

    /// The text to store: the aggregate's event, tagged by its type, keys in the order they are declared in.
    pub fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Customer(event) => payload(event),
            Self::Wallet(event) => payload(event),
            Self::Withdrawal(event) => payload(event),
            Self::Period(event) => payload(event),
            Self::ChannelNotification(event) => payload(event),
            Self::Billing(event) => event.to_payload(),
            Self::Settlement(event) => event.to_payload(),
            Self::Risk(event) => event.to_payload(),
            Self::Orders(event) => event.to_payload(),
            Self::Approvals(event) => event.to_payload(),
            Self::Payouts(event) => event.to_payload(),
        }
    }
}

/// Long enough for nearly every event, so that its text is written without growing.
const USUAL_LENGTH: usize = 320;

pub(crate) fn payload(event: &impl DomainEvent) -> Result<String, serde_json::Error> {
    let mut text = Vec::with_capacity(USUAL_LENGTH);
    serde_json::to_writer(&mut text, event)?;
    Ok(String::from_utf8(text).expect("serde_json writes UTF-8"))
}

/// What turns payloads of older versions into today's, oldest first; also handed to `PersistedEventStore`.
///
/// Empty: every event still has its first version.
pub fn upcasters() -> Vec<Box<dyn EventUpcaster>> {
    Vec::new()
}

impl From<CustomerEvent> for BookEvent {
    fn from(event: CustomerEvent) -> Self {
        Self::Customer(event)
    }
}

impl From<WalletEvent> for BookEvent {
    fn from(event: WalletEvent) -> Self {
        Self::Wallet(event)
    }
}

impl From<WithdrawalEvent> for BookEvent {
    fn from(event: WithdrawalEvent) -> Self {
        Self::Withdrawal(event)
    }
}

impl From<PeriodEvent> for BookEvent {
    fn from(event: PeriodEvent) -> Self {
        Self::Period(event)
    }
}

impl From<ChannelNotificationEvent> for BookEvent {
    fn from(event: ChannelNotificationEvent) -> Self {
        Self::ChannelNotification(event)
    }
}
