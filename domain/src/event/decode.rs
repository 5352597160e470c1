//! From the stored text back to the event.
//!
//! Must never skip or default what it does not know: a reader that cannot read an event has to stop there.

use cqrs_es::persist::{EventUpcaster, SemanticVersion, SerializedEvent};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{BookEvent, EventKind};

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("{aggregate_type}/{event_type} is not an event of this version of the program")]
    UnknownEvent { aggregate_type: String, event_type: String },
    #[error("{event_type} has version {version}, newer than the {known} this version of the program knows")]
    NewerVersion { event_type: String, version: String, known: &'static str },
    #[error("{version:?} is not a version of {event_type}, or no upcaster leads from it to {known}")]
    NoWayToCurrent { event_type: String, version: String, known: &'static str },
    #[error("the payload does not read as {event_type}: {source}")]
    Malformed { event_type: String, source: serde_json::Error },
    #[error("the payload of a {event_type} holds a {found}")]
    AnotherEvent { event_type: String, found: &'static str },
}

impl BookEvent {
    /// Reads a stored event: straight from the text if its version is today's, otherwise through the upcasters.
    pub fn decode(
        aggregate_type: &str,
        event_type: &str,
        version: &str,
        payload: &str,
        upcasters: &[Box<dyn EventUpcaster>],
    ) -> Result<Self, DecodeError> {
        let known = known_kind(aggregate_type, event_type)?;
        let event = if version == known.version {
            read(aggregate_type, event_type, Payload::Text(payload))?
        } else {
            let value = upcast(aggregate_type, known, version, payload, upcasters)?;
            read(aggregate_type, event_type, Payload::Upcast(value))?
        };
        if event.event_type() != event_type {
            return Err(DecodeError::AnotherEvent {
                event_type: event_type.into(),
                found: event.event_type(),
            });
        }
        Ok(event)
    }
}

fn unknown(aggregate_type: &str, event_type: &str) -> DecodeError {
    DecodeError::UnknownEvent { aggregate_type: aggregate_type.into(), event_type: event_type.into() }
}

fn known_kind(aggregate_type: &str, event_type: &str) -> Result<EventKind, DecodeError> {
    BookEvent::KINDS
        .iter()
        .filter(|(of, _)| *of == aggregate_type)
        .flat_map(|(_, kinds)| kinds.iter())
        .find(|kind| kind.name == event_type)
        .copied()
        .ok_or_else(|| unknown(aggregate_type, event_type))
}

enum Payload<'a> {
    Text(&'a str),
    Upcast(Value),
}

impl Payload<'_> {
    fn into_event<E: DeserializeOwned + Into<BookEvent>>(self) -> Result<BookEvent, serde_json::Error> {
        match self {
            Self::Text(text) => serde_json::from_str::<E>(text).map(Into::into),
            Self::Upcast(value) => serde_json::from_value::<E>(value).map(Into::into),
        }
    }
}

fn read(aggregate_type: &str, event_type: &str, payload: Payload<'_>) -> Result<BookEvent, DecodeError> {
    use crate::approvals::{ApprovalDelegationsEvent, ApprovalEvent, ApprovalRulesEvent};
    use crate::billing::{
        BillEvent, BillNumbersEvent, BillRunEvent, CreditAlertEvent, PendingOrdersEvent, PricePlanEvent,
        ReminderEvent, SubscriptionEvent, UsageEvent, UsageQuarantineEvent, UsageSourceEvent,
    };
    use crate::channels::ChannelNotificationEvent;
    use crate::customers::CustomerEvent;
    use crate::deposits::{WalletEvent, WithdrawalEvent};
    use crate::ledger::periods::PeriodEvent;
    use crate::orders::{OrderEvent, OrderRefundEvent, PaymentEvent};
    use crate::payouts::{PayoutBatchEvent, PayoutEvent};
    use crate::risk::{PayeeEvent, RiskAlertEvent, RiskHistoryEvent, RiskRulesEvent, WalletFreezeEvent};
    use crate::settlement::{
        CreditNoteEvent, MatchingRulesEvent, ReceiptEvent, StatementEvent, WriteOffEvent,
    };

    let event = match aggregate_type {
        "customer" => payload.into_event::<CustomerEvent>(),
        "wallet" => payload.into_event::<WalletEvent>(),
        "withdrawal" => payload.into_event::<WithdrawalEvent>(),
        "accounting_periods" => payload.into_event::<PeriodEvent>(),
        "bill_numbers" => payload.into_event::<BillNumbersEvent>(),
        "usage" => payload.into_event::<UsageEvent>(),
        "price_plan" => payload.into_event::<PricePlanEvent>(),
        "subscription" => payload.into_event::<SubscriptionEvent>(),
        "bill" => payload.into_event::<BillEvent>(),
        "bill_run" => payload.into_event::<BillRunEvent>(),
        "reminder" => payload.into_event::<ReminderEvent>(),
        "usage_source" => payload.into_event::<UsageSourceEvent>(),
        "usage_quarantine" => payload.into_event::<UsageQuarantineEvent>(),
        "credit_alert" => payload.into_event::<CreditAlertEvent>(),
        "pending_orders" => payload.into_event::<PendingOrdersEvent>(),
        "receipt" => payload.into_event::<ReceiptEvent>(),
        "credit_note" => payload.into_event::<CreditNoteEvent>(),
        "write_off" => payload.into_event::<WriteOffEvent>(),
        "matching_rules" => payload.into_event::<MatchingRulesEvent>(),
        "risk_rules" => payload.into_event::<RiskRulesEvent>(),
        "risk_history" => payload.into_event::<RiskHistoryEvent>(),
        "payee" => payload.into_event::<PayeeEvent>(),
        "risk_alert" => payload.into_event::<RiskAlertEvent>(),
        "statement" => payload.into_event::<StatementEvent>(),
        "wallet_freeze" => payload.into_event::<WalletFreezeEvent>(),
        "channel_notification" => payload.into_event::<ChannelNotificationEvent>(),
        "order" => payload.into_event::<OrderEvent>(),
        "payment" => payload.into_event::<PaymentEvent>(),
        "order_refund" => payload.into_event::<OrderRefundEvent>(),
        "approval_rules" => payload.into_event::<ApprovalRulesEvent>(),
        "approval" => payload.into_event::<ApprovalEvent>(),
        "approval_delegations" => payload.into_event::<ApprovalDelegationsEvent>(),
        "payout" => payload.into_event::<PayoutEvent>(),
        "payout_batch" => payload.into_event::<PayoutBatchEvent>(),
        _ => return Err(unknown(aggregate_type, event_type)),
    };
    event.map_err(|source| DecodeError::Malformed { event_type: event_type.into(), source })
}

/// The payload in today's version, or an error if the upcasters do not lead exactly there.
fn upcast(
    aggregate_type: &str,
    known: EventKind,
    version: &str,
    payload: &str,
    upcasters: &[Box<dyn EventUpcaster>],
) -> Result<Value, DecodeError> {
    let no_way = || DecodeError::NoWayToCurrent {
        event_type: known.name.into(),
        version: version.into(),
        known: known.version,
    };
    let stored: SemanticVersion = version.parse().map_err(|_| no_way())?;
    let current: SemanticVersion = known.version.parse().map_err(|_| no_way())?;
    if stored.supersedes(&current) {
        return Err(DecodeError::NewerVersion {
            event_type: known.name.into(),
            version: version.into(),
            known: known.version,
        });
    }
    let payload = serde_json::from_str(payload)
        .map_err(|source| DecodeError::Malformed { event_type: known.name.into(), source })?;
    let mut event = SerializedEvent::new(
        String::new(),
        0,
        aggregate_type.into(),
        known.name.into(),
        version.into(),
        payload,
        Value::Null,
    );
    for upcaster in upcasters {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            event = upcaster.upcast(event);
        }
    }
    let reached: SemanticVersion = event.event_version.parse().map_err(|_| no_way())?;
    if reached != current || event.event_type != known.name {
        return Err(no_way());
    }
    Ok(event.payload)
}
