//! The stored text of every event, frozen: `golden/<event>.json` is what the journal of a book out there holds.
//!
//! A file here is never edited. An event whose payload changes gets a new version, an upcaster and a file of its own.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use cqrs_es::DomainEvent;
use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster};
use tallybook_domain::approvals::{
    ApprovalDelegationsEvent, ApprovalEvent, ApprovalRulesEvent, ApprovalsEvent,
};
use tallybook_domain::billing::{
    BillEvent, BillNumbersEvent, BillRunEvent, BillingEvent, CreditAlertEvent, PendingOrdersEvent,
    PricePlanEvent, ReminderEvent, SubscriptionEvent, UsageEvent, UsageQuarantineEvent, UsageSourceEvent,
};
use tallybook_domain::orders::{OrderEvent, OrderRefundEvent, OrdersEvent, PaymentEvent};
use tallybook_domain::payouts::{PayoutBatchEvent, PayoutEvent, PayoutsEvent};
use tallybook_domain::risk::{
    PayeeEvent, RiskAlertEvent, RiskEvent, RiskHistoryEvent, RiskRulesEvent, WalletFreezeEvent,
};
use tallybook_domain::settlement::{
    CreditNoteEvent, MatchingRulesEvent, ReceiptEvent, SettlementEvent, StatementEvent, WriteOffEvent,
};
use tallybook_domain::{BookEvent, DecodeError, upcasters};

fn golden() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut texts: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let event_type = name.split('.').next().unwrap().to_owned();
            (event_type, fs::read_to_string(&path).unwrap().trim_end().to_owned())
        })
        .collect();
    texts.sort();
    texts
}

fn text_of(event_type: &str) -> String {
    golden().into_iter().find(|(name, _)| name == event_type).unwrap().1
}

fn aggregate_type_of(event_type: &str) -> &'static str {
    BookEvent::KINDS
        .iter()
        .find(|(_, kinds)| kinds.iter().any(|kind| kind.name == event_type))
        .map(|(aggregate_type, _)| *aggregate_type)
        .unwrap()
}

fn decode(event_type: &str, version: &str, payload: &str) -> Result<BookEvent, DecodeError> {
    BookEvent::decode(aggregate_type_of(event_type), event_type, version, payload, &upcasters())
}

#[test]
fn every_event_has_a_golden_text_and_no_text_is_left_over() {
    let golden: BTreeSet<String> = golden().into_iter().map(|(event_type, _)| event_type).collect();
    let kinds: Vec<String> =
        BookEvent::KINDS.iter().flat_map(|(_, kinds)| kinds.iter()).map(|kind| kind.name.into()).collect();
    let distinct: BTreeSet<String> = kinds.iter().cloned().collect();
    assert_eq!(distinct.len(), kinds.len(), "a name belongs to one event only");
    assert_eq!(golden, distinct);
}

#[test]
fn every_golden_text_reads_and_is_written_the_same() {
    for (event_type, text) in golden() {
        let event = decode(&event_type, "1.0", &text).unwrap();
        assert_eq!(event.event_type(), event_type);
        assert_eq!(event.event_version(), "1.0");
        assert_eq!(event.aggregate_type(), aggregate_type_of(&event_type));
        assert_eq!(event.to_payload().unwrap(), text);
    }
}

/// `PersistedEventStore` reads payloads as JSON values and asks the event for its type.
#[test]
fn cqrs_es_reads_and_names_events_the_same_way() {
    fn check<E: DomainEvent + Into<BookEvent>>(text: &str, expected: &BookEvent) {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let event: E = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(event.event_type(), expected.event_type());
        assert_eq!(event.event_version(), expected.event_version());
        assert_eq!(serde_json::to_value(&event).unwrap(), value);
        assert_eq!(event.into(), *expected);
    }

    for (event_type, text) in golden() {
        let event = decode(&event_type, "1.0", &text).unwrap();
        match event {
            BookEvent::Customer(_) => check::<tallybook_domain::customers::CustomerEvent>(&text, &event),
            BookEvent::Wallet(_) => check::<tallybook_domain::deposits::WalletEvent>(&text, &event),
            BookEvent::Withdrawal(_) => check::<tallybook_domain::deposits::WithdrawalEvent>(&text, &event),
            BookEvent::Period(_) => check::<tallybook_domain::ledger::periods::PeriodEvent>(&text, &event),
            BookEvent::ChannelNotification(_) => {
                check::<tallybook_domain::channels::ChannelNotificationEvent>(&text, &event)
            }
            BookEvent::Billing(BillingEvent::Numbers(_)) => check::<BillNumbersEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::Usage(_)) => check::<UsageEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::PricePlan(_)) => check::<PricePlanEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::Subscription(_)) => check::<SubscriptionEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::Bill(_)) => check::<BillEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::Run(_)) => check::<BillRunEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::Reminder(_)) => check::<ReminderEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::UsageSource(_)) => check::<UsageSourceEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::UsageQuarantine(_)) => {
                check::<UsageQuarantineEvent>(&text, &event);
            }
            BookEvent::Billing(BillingEvent::CreditAlert(_)) => check::<CreditAlertEvent>(&text, &event),
            BookEvent::Billing(BillingEvent::PendingOrders(_)) => {
                check::<PendingOrdersEvent>(&text, &event);
            }
            BookEvent::Settlement(SettlementEvent::Receipt(_)) => check::<ReceiptEvent>(&text, &event),
            BookEvent::Settlement(SettlementEvent::CreditNote(_)) => check::<CreditNoteEvent>(&text, &event),
            BookEvent::Settlement(SettlementEvent::WriteOff(_)) => check::<WriteOffEvent>(&text, &event),
            BookEvent::Settlement(SettlementEvent::MatchingRules(_)) => {
                check::<MatchingRulesEvent>(&text, &event);
            }
            BookEvent::Risk(RiskEvent::Rules(_)) => check::<RiskRulesEvent>(&text, &event),
            BookEvent::Risk(RiskEvent::History(_)) => check::<RiskHistoryEvent>(&text, &event),
            BookEvent::Risk(RiskEvent::Payee(_)) => check::<PayeeEvent>(&text, &event),
            BookEvent::Risk(RiskEvent::Alert(_)) => check::<RiskAlertEvent>(&text, &event),
            BookEvent::Settlement(SettlementEvent::Statement(_)) => check::<StatementEvent>(&text, &event),
            BookEvent::Risk(RiskEvent::Freeze(_)) => check::<WalletFreezeEvent>(&text, &event),
            BookEvent::Orders(OrdersEvent::Order(_)) => check::<OrderEvent>(&text, &event),
            BookEvent::Orders(OrdersEvent::Payment(_)) => check::<PaymentEvent>(&text, &event),
            BookEvent::Orders(OrdersEvent::Refund(_)) => check::<OrderRefundEvent>(&text, &event),
            BookEvent::Approvals(ApprovalsEvent::Rules(_)) => check::<ApprovalRulesEvent>(&text, &event),
            BookEvent::Approvals(ApprovalsEvent::Approval(_)) => check::<ApprovalEvent>(&text, &event),
            BookEvent::Approvals(ApprovalsEvent::Delegations(_)) => {
                check::<ApprovalDelegationsEvent>(&text, &event)
            }
            BookEvent::Payouts(PayoutsEvent::Payout(_)) => check::<PayoutEvent>(&text, &event),
            BookEvent::Payouts(PayoutsEvent::Batch(_)) => check::<PayoutBatchEvent>(&text, &event),
        }
    }
}

#[test]
fn an_event_that_is_not_known_is_an_error() {
    let text = text_of("CustomerSuspended");
    let none = upcasters();
    for (aggregate_type, event_type) in
        [("customer", "CustomerDeleted"), ("wallet", "CustomerSuspended"), ("bill", "CustomerSuspended")]
    {
        let result = BookEvent::decode(aggregate_type, event_type, "1.0", &text, &none);
        assert!(matches!(result, Err(DecodeError::UnknownEvent { .. })), "{aggregate_type}/{event_type}");
    }
}

#[test]
fn a_version_from_the_future_is_an_error() {
    let text = text_of("CustomerSuspended");
    for version in ["1.1", "1.0.1", "2.0"] {
        let result = decode("CustomerSuspended", version, &text);
        assert!(matches!(result, Err(DecodeError::NewerVersion { .. })), "{version}");
    }
}

#[test]
fn an_old_version_without_an_upcaster_is_an_error() {
    let text = text_of("CustomerSuspended");
    for version in ["0.9", "", "one"] {
        let result = decode("CustomerSuspended", version, &text);
        assert!(matches!(result, Err(DecodeError::NoWayToCurrent { .. })), "{version:?}");
    }
}

#[test]
fn an_old_version_is_read_through_its_upcasters() {
    let upcasters: Vec<Box<dyn EventUpcaster>> = vec![
        Box::new(SemanticVersionEventUpcaster::new(
            "CustomerSuspended",
            "0.9.0",
            Box::new(|mut payload| {
                payload["CustomerSuspended"]["why"] = "unknown".into();
                payload
            }),
        )),
        Box::new(SemanticVersionEventUpcaster::new(
            "CustomerSuspended",
            "1.0.0",
            Box::new(|mut payload| {
                let why = payload["CustomerSuspended"]["why"].take();
                payload["CustomerSuspended"]["reason"] = why;
                payload
            }),
        )),
    ];
    let stored = r#"{"CustomerSuspended":{"customer":"C00042"}}"#;
    let event = BookEvent::decode("customer", "CustomerSuspended", "0.8", stored, &upcasters).unwrap();
    assert_eq!(
        event.to_payload().unwrap(),
        r#"{"CustomerSuspended":{"customer":"C00042","reason":"unknown"}}"#
    );
    let halfway = &upcasters[..1];
    let result = BookEvent::decode("customer", "CustomerSuspended", "0.8", stored, halfway);
    assert!(matches!(result, Err(DecodeError::NoWayToCurrent { .. })));
}

#[test]
fn a_payload_that_is_something_else_is_an_error() {
    let renamed = text_of("CustomerRenamed");
    assert!(matches!(
        decode("CustomerSuspended", "1.0", &renamed),
        Err(DecodeError::AnotherEvent { found: "CustomerRenamed", .. })
    ));
    for broken in ["", "{}", "null", r#"{"CustomerSuspended":{"customer":"C42","reason":"x"}}"#] {
        let result = decode("CustomerSuspended", "1.0", broken);
        assert!(matches!(result, Err(DecodeError::Malformed { .. })), "{broken:?}");
    }
}
