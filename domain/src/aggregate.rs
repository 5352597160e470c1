//! The aggregates of a book under one name, for those who read any of them: their types, and the state of one.
//!
//! Must never decide: whoever changes an aggregate knows which one it is.

use serde::Serialize;

use crate::approvals::{Approval, ApprovalDelegations, ApprovalRules};
use crate::billing::{
    Bill, BillNumbers, BillRun, CreditAlert, PendingOrders, PricePlan, Reminder, Subscription, Usage,
    UsageQuarantine, UsageSource,
};
use crate::channels::ChannelNotification;
use crate::customers::Customer;
use crate::deposits::{Wallet, Withdrawal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ledger::periods::AccountingPeriods;
use crate::orders::{Order, OrderRefund, Payment};
use crate::payouts::{Payout, PayoutBatch};
use crate::risk::{Payee, RiskAlert, RiskHistory, RiskRules, WalletFreeze};
use crate::settlement::{CreditNote, MatchingRules, Receipt, Statement, WriteOff};

/// What kind of thing a stream of events is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateType {
    Customer,
    Wallet,
    Withdrawal,
    AccountingPeriods,
    BillNumbers,
    Usage,
    PricePlan,
    Subscription,
    Bill,
    BillRun,
    Reminder,
    UsageSource,
    UsageQuarantine,
    CreditAlert,
    PendingOrders,
    Receipt,
    CreditNote,
    WriteOff,
    MatchingRules,
    RiskRules,
    RiskHistory,
    Payee,
    RiskAlert,
    WalletFreeze,
    Statement,
    ChannelNotification,
    Order,
    Payment,
    OrderRefund,
    ApprovalRules,
    Approval,
    ApprovalDelegations,
    Payout,
    PayoutBatch,
}

impl AggregateType {
    pub const ALL: [Self; 34] = [
        Self::Customer,
        Self::Wallet,
        Self::Withdrawal,
        Self::AccountingPeriods,
        Self::BillNumbers,
        Self::Usage,
        Self::PricePlan,
        Self::Subscription,
        Self::Bill,
        Self::BillRun,
        Self::Reminder,
        Self::UsageSource,
        Self::UsageQuarantine,
        Self::CreditAlert,
        Self::PendingOrders,
        Self::Receipt,
        Self::CreditNote,
        Self::WriteOff,
        Self::MatchingRules,
        Self::RiskRules,
        Self::RiskHistory,
        Self::Payee,
        Self::RiskAlert,
        Self::Statement,
        Self::WalletFreeze,
        Self::ChannelNotification,
        Self::Order,
        Self::Payment,
        Self::OrderRefund,
        Self::ApprovalRules,
        Self::Approval,
        Self::ApprovalDelegations,
        Self::Payout,
        Self::PayoutBatch,
    ];

    /// As the journal spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => <Customer as cqrs_es::Aggregate>::TYPE,
            Self::Wallet => <Wallet as cqrs_es::Aggregate>::TYPE,
            Self::Withdrawal => <Withdrawal as cqrs_es::Aggregate>::TYPE,
            Self::AccountingPeriods => <AccountingPeriods as cqrs_es::Aggregate>::TYPE,
            Self::BillNumbers => <BillNumbers as cqrs_es::Aggregate>::TYPE,
            Self::Usage => <Usage as cqrs_es::Aggregate>::TYPE,
            Self::PricePlan => <PricePlan as cqrs_es::Aggregate>::TYPE,
            Self::Subscription => <Subscription as cqrs_es::Aggregate>::TYPE,
            Self::Bill => <Bill as cqrs_es::Aggregate>::TYPE,
            Self::BillRun => <BillRun as cqrs_es::Aggregate>::TYPE,
            Self::Reminder => <Reminder as cqrs_es::Aggregate>::TYPE,
            Self::UsageSource => <UsageSource as cqrs_es::Aggregate>::TYPE,
            Self::UsageQuarantine => <UsageQuarantine as cqrs_es::Aggregate>::TYPE,
            Self::CreditAlert => <CreditAlert as cqrs_es::Aggregate>::TYPE,
            Self::PendingOrders => <PendingOrders as cqrs_es::Aggregate>::TYPE,
            Self::Receipt => <Receipt as cqrs_es::Aggregate>::TYPE,
            Self::CreditNote => <CreditNote as cqrs_es::Aggregate>::TYPE,
            Self::WriteOff => <WriteOff as cqrs_es::Aggregate>::TYPE,
            Self::MatchingRules => <MatchingRules as cqrs_es::Aggregate>::TYPE,
            Self::RiskRules => <RiskRules as cqrs_es::Aggregate>::TYPE,
            Self::RiskHistory => <RiskHistory as cqrs_es::Aggregate>::TYPE,
            Self::Payee => <Payee as cqrs_es::Aggregate>::TYPE,
            Self::RiskAlert => <RiskAlert as cqrs_es::Aggregate>::TYPE,
            Self::Statement => <Statement as cqrs_es::Aggregate>::TYPE,
            Self::WalletFreeze => <WalletFreeze as cqrs_es::Aggregate>::TYPE,
            Self::ChannelNotification => <ChannelNotification as cqrs_es::Aggregate>::TYPE,
            Self::Order => <Order as cqrs_es::Aggregate>::TYPE,
            Self::Payment => <Payment as cqrs_es::Aggregate>::TYPE,
            Self::OrderRefund => <OrderRefund as cqrs_es::Aggregate>::TYPE,
            Self::ApprovalRules => <ApprovalRules as cqrs_es::Aggregate>::TYPE,
            Self::Approval => <Approval as cqrs_es::Aggregate>::TYPE,
            Self::ApprovalDelegations => <ApprovalDelegations as cqrs_es::Aggregate>::TYPE,
            Self::Payout => <Payout as cqrs_es::Aggregate>::TYPE,
            Self::PayoutBatch => <PayoutBatch as cqrs_es::Aggregate>::TYPE,
        }
    }
}

impl std::fmt::Display for AggregateType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no type of aggregate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be customer, wallet, withdrawal, accounting_periods, bill_numbers, usage, price_plan, subscription, bill, bill_run, reminder, usage_source, usage_quarantine, credit_alert, pending_orders, receipt, credit_note, write_off, matching_rules, risk_rules, risk_history, payee, risk_alert, statement, wallet_freeze, channel_notification, order, payment, order_refund, approval_rules, approval, approval_delegations, payout or payout_batch"
)]
pub struct UnknownAggregateType;

impl std::str::FromStr for AggregateType {
    type Err = UnknownAggregateType;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.as_str() == word).ok_or(UnknownAggregateType)
    }
}

/// An aggregate of any type, as its events so far have made it. Serialises as that aggregate does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AggregateState {
    Customer(Customer),
    Wallet(Wallet),
    Withdrawal(Withdrawal),
    AccountingPeriods(AccountingPeriods),
    BillNumbers(BillNumbers),
    Usage(Usage),
    PricePlan(PricePlan),
    Subscription(Subscription),
    Bill(Bill),
    BillRun(BillRun),
    Reminder(Reminder),
    UsageSource(UsageSource),
    UsageQuarantine(UsageQuarantine),
    CreditAlert(CreditAlert),
    PendingOrders(PendingOrders),
    Receipt(Receipt),
    CreditNote(CreditNote),
    WriteOff(WriteOff),
    MatchingRules(MatchingRules),
    RiskRules(RiskRules),
    RiskHistory(RiskHistory),
    Payee(Payee),
    RiskAlert(RiskAlert),
    Statement(Statement),
    WalletFreeze(WalletFreeze),
    ChannelNotification(ChannelNotification),
    Order(Order),
    Payment(Payment),
    OrderRefund(OrderRefund),
    ApprovalRules(ApprovalRules),
    Approval(Approval),
    ApprovalDelegations(ApprovalDelegations),
    Payout(Payout),
    PayoutBatch(PayoutBatch),
}

impl AggregateState {
    /// Before the first event.
    pub fn empty(of: AggregateType) -> Self {
        match of {
            AggregateType::Customer => Self::Customer(Customer::default()),
            AggregateType::Wallet => Self::Wallet(Wallet::default()),
            AggregateType::Withdrawal => Self::Withdrawal(Withdrawal::default()),
            AggregateType::AccountingPeriods => Self::AccountingPeriods(AccountingPeriods::default()),
            AggregateType::BillNumbers => Self::BillNumbers(BillNumbers::default()),
            AggregateType::Usage => Self::Usage(Usage::default()),
            AggregateType::PricePlan => Self::PricePlan(PricePlan::default()),
            AggregateType::Subscription => Self::Subscription(Subscription::default()),
            AggregateType::Bill => Self::Bill(Bill::default()),
            AggregateType::BillRun => Self::BillRun(BillRun::default()),
            AggregateType::Reminder => Self::Reminder(Reminder::default()),
            AggregateType::UsageSource => Self::UsageSource(UsageSource::default()),
            AggregateType::UsageQuarantine => Self::UsageQuarantine(UsageQuarantine::default()),
            AggregateType::CreditAlert => Self::CreditAlert(CreditAlert::default()),
            AggregateType::PendingOrders => Self::PendingOrders(PendingOrders::default()),
            AggregateType::Receipt => Self::Receipt(Receipt::default()),
            AggregateType::CreditNote => Self::CreditNote(CreditNote::default()),
            AggregateType::WriteOff => Self::WriteOff(WriteOff::default()),
            AggregateType::MatchingRules => Self::MatchingRules(MatchingRules::default()),
            AggregateType::RiskRules => Self::RiskRules(RiskRules::default()),
            AggregateType::RiskHistory => Self::RiskHistory(RiskHistory::default()),
            AggregateType::Payee => Self::Payee(Payee::default()),
            AggregateType::RiskAlert => Self::RiskAlert(RiskAlert::default()),
            AggregateType::Statement => Self::Statement(Statement::default()),
            AggregateType::WalletFreeze => Self::WalletFreeze(WalletFreeze::default()),
            AggregateType::ChannelNotification => Self::ChannelNotification(ChannelNotification::default()),
            AggregateType::Order => Self::Order(Order::default()),
            AggregateType::Payment => Self::Payment(Payment::default()),
            AggregateType::OrderRefund => Self::OrderRefund(OrderRefund::default()),
            AggregateType::ApprovalRules => Self::ApprovalRules(ApprovalRules::default()),
            AggregateType::Approval => Self::Approval(Approval::default()),
            AggregateType::ApprovalDelegations => Self::ApprovalDelegations(ApprovalDelegations::default()),
            AggregateType::Payout => Self::Payout(Payout::default()),
            AggregateType::PayoutBatch => Self::PayoutBatch(PayoutBatch::default()),
        }
    }

    /// As a snapshot has it.
    pub fn from_snapshot(of: AggregateType, snapshot: serde_json::Value) -> Result<Self, serde_json::Error> {
        Ok(match of {
            AggregateType::Customer => Self::Customer(serde_json::from_value(snapshot)?),
            AggregateType::Wallet => Self::Wallet(serde_json::from_value(snapshot)?),
            AggregateType::Withdrawal => Self::Withdrawal(serde_json::from_value(snapshot)?),
            AggregateType::AccountingPeriods => Self::AccountingPeriods(serde_json::from_value(snapshot)?),
            AggregateType::BillNumbers => Self::BillNumbers(serde_json::from_value(snapshot)?),
            AggregateType::Usage => Self::Usage(serde_json::from_value(snapshot)?),
            AggregateType::PricePlan => Self::PricePlan(serde_json::from_value(snapshot)?),
            AggregateType::Subscription => Self::Subscription(serde_json::from_value(snapshot)?),
            AggregateType::Bill => Self::Bill(serde_json::from_value(snapshot)?),
            AggregateType::BillRun => Self::BillRun(serde_json::from_value(snapshot)?),
            AggregateType::Reminder => Self::Reminder(serde_json::from_value(snapshot)?),
            AggregateType::UsageSource => Self::UsageSource(serde_json::from_value(snapshot)?),
            AggregateType::UsageQuarantine => Self::UsageQuarantine(serde_json::from_value(snapshot)?),
            AggregateType::CreditAlert => Self::CreditAlert(serde_json::from_value(snapshot)?),
            AggregateType::PendingOrders => Self::PendingOrders(serde_json::from_value(snapshot)?),
            AggregateType::Receipt => Self::Receipt(serde_json::from_value(snapshot)?),
            AggregateType::CreditNote => Self::CreditNote(serde_json::from_value(snapshot)?),
            AggregateType::WriteOff => Self::WriteOff(serde_json::from_value(snapshot)?),
            AggregateType::MatchingRules => Self::MatchingRules(serde_json::from_value(snapshot)?),
            AggregateType::RiskRules => Self::RiskRules(serde_json::from_value(snapshot)?),
            AggregateType::RiskHistory => Self::RiskHistory(serde_json::from_value(snapshot)?),
            AggregateType::Payee => Self::Payee(serde_json::from_value(snapshot)?),
            AggregateType::RiskAlert => Self::RiskAlert(serde_json::from_value(snapshot)?),
            AggregateType::Statement => Self::Statement(serde_json::from_value(snapshot)?),
            AggregateType::WalletFreeze => Self::WalletFreeze(serde_json::from_value(snapshot)?),
            AggregateType::ChannelNotification => {
                Self::ChannelNotification(serde_json::from_value(snapshot)?)
            }
            AggregateType::Order => Self::Order(serde_json::from_value(snapshot)?),
            AggregateType::Payment => Self::Payment(serde_json::from_value(snapshot)?),
            AggregateType::OrderRefund => Self::OrderRefund(serde_json::from_value(snapshot)?),
            AggregateType::ApprovalRules => Self::ApprovalRules(serde_json::from_value(snapshot)?),
            AggregateType::Approval => Self::Approval(serde_json::from_value(snapshot)?),
            AggregateType::ApprovalDelegations => {
                Self::ApprovalDelegations(serde_json::from_value(snapshot)?)
            }
            AggregateType::Payout => Self::Payout(serde_json::from_value(snapshot)?),
            AggregateType::PayoutBatch => Self::PayoutBatch(serde_json::from_value(snapshot)?),
        })
    }

    /// Takes in the next event. After an error the state is void.
    pub fn take_in(&mut self, event: &BookEvent) -> Result<(), CorruptStream> {
        match self {
            Self::Customer(customer) => evolve(customer, event),
            Self::Wallet(wallet) => evolve(wallet, event),
            Self::Withdrawal(withdrawal) => evolve(withdrawal, event),
            Self::AccountingPeriods(periods) => evolve(periods, event),
            Self::BillNumbers(numbers) => evolve(numbers, event),
            Self::Usage(usage) => evolve(usage, event),
            Self::PricePlan(plan) => evolve(plan, event),
            Self::Subscription(subscription) => evolve(subscription, event),
            Self::Bill(bill) => evolve(bill, event),
            Self::BillRun(run) => evolve(run, event),
            Self::Reminder(reminder) => evolve(reminder, event),
            Self::UsageSource(source) => evolve(source, event),
            Self::UsageQuarantine(quarantine) => evolve(quarantine, event),
            Self::CreditAlert(alert) => evolve(alert, event),
            Self::PendingOrders(orders) => evolve(orders, event),
            Self::Receipt(receipt) => evolve(receipt, event),
            Self::CreditNote(note) => evolve(note, event),
            Self::WriteOff(write_off) => evolve(write_off, event),
            Self::MatchingRules(rules) => evolve(rules, event),
            Self::RiskRules(rules) => evolve(rules, event),
            Self::RiskHistory(history) => evolve(history, event),
            Self::Payee(payee) => evolve(payee, event),
            Self::RiskAlert(alert) => evolve(alert, event),
            Self::Statement(statement) => evolve(statement, event),
            Self::WalletFreeze(freeze) => evolve(freeze, event),
            Self::ChannelNotification(notification) => evolve(notification, event),
            Self::Order(order) => evolve(order, event),
            Self::Payment(payment) => evolve(payment, event),
            Self::OrderRefund(refund) => evolve(refund, event),
            Self::ApprovalRules(rules) => evolve(rules, event),
            Self::Approval(approval) => evolve(approval, event),
            Self::ApprovalDelegations(delegations) => evolve(delegations, event),
            Self::Payout(payout) => evolve(payout, event),
            Self::PayoutBatch(batch) => evolve(batch, event),
        }
    }
}

fn evolve<A: EventSourced>(aggregate: &mut A, event: &BookEvent) -> Result<(), CorruptStream> {
    match A::pick(event) {
        Some(event) => aggregate.evolve(event),
        None => {
            let foreign = format!("{} is not an event of it", event.event_type());
            Err(CorruptStream::new(A::TYPE, foreign))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::CustomerEvent;

    #[test]
    fn every_type_with_events_has_its_name_and_its_state() {
        let with_events = BookEvent::KINDS.map(|(aggregate_type, _)| aggregate_type);
        assert_eq!(AggregateType::ALL.map(AggregateType::as_str), with_events);
        for known in AggregateType::ALL {
            assert_eq!(known.as_str().parse(), Ok(known));
        }
        assert_eq!("invoice".parse::<AggregateType>(), Err(UnknownAggregateType));
    }

    #[test]
    fn an_event_is_taken_in_by_its_own_aggregate_only() {
        let (customer, name) = ("C00042".parse().unwrap(), "Acme".parse().unwrap());
        let registered = BookEvent::from(CustomerEvent::CustomerRegistered { customer, name });
        let mut state = AggregateState::empty(AggregateType::Customer);
        state.take_in(&registered).unwrap();
        let json = serde_json::to_value(&state).unwrap();
        assert_eq!(json["registered"]["name"], "Acme");
        assert!(state.take_in(&registered).is_err(), "nobody is registered twice");
        for other in [AggregateType::Wallet, AggregateType::Withdrawal, AggregateType::BillNumbers] {
            assert!(AggregateState::empty(other).take_in(&registered).is_err());
        }
    }
}
