//! What holds after any history of an order, whatever was asked for and in whatever order.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use tallybook_domain::ledger::{AccountCode, Side, check_balanced, postings};
use tallybook_domain::orders::order::OrderDraftLine;
use tallybook_domain::orders::{
    Order, OrderCommand, OrderDraft, OrderEvent, OrderId, OrderState, OrderTerms, PaidWith, RefundId,
    ShippedPart,
};
use tallybook_domain::{BookEvent, Currency, CustomerId, EventSourced, Money, WalletId};

#[derive(Debug, Clone)]
enum Ask {
    Pay { minor_off: i64 },
    Cancel,
    Ship { line: u32, quantity: u8, last: bool },
    Receive,
    Wait { hours: u16 },
    TakeDueStep,
    RequestRefund { refund: u8, minor: i64 },
    Refund { refund: u8 },
    ReleaseRefund { refund: u8 },
}

fn any_ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        2 => prop::sample::select(vec![0, 0, 0, 1, -1]).prop_map(|minor_off| Ask::Pay { minor_off }),
        1 => Just(Ask::Cancel),
        4 => (0_u32..4, 0_u8..4, prop::bool::weighted(0.1))
            .prop_map(|(line, quantity, last)| Ask::Ship { line, quantity, last }),
        1 => Just(Ask::Receive),
        4 => (0_u16..300).prop_map(|hours| Ask::Wait { hours }),
        4 => Just(Ask::TakeDueStep),
        4 => (0_u8..6, -1_i64..12_000).prop_map(|(refund, minor)| Ask::RequestRefund { refund, minor }),
        4 => (0_u8..6).prop_map(|refund| Ask::Refund { refund }),
        1 => (0_u8..6).prop_map(|refund| Ask::ReleaseRefund { refund }),
    ]
}

fn yuan(minor: i64) -> Money {
    Money::new(rust_decimal::Decimal::new(minor, 2), Currency::CNY).unwrap()
}

fn minor(money: Money) -> i64 {
    i64::try_from(money.amount().mantissa()).unwrap()
}

fn refund(number: u8) -> RefundId {
    RefundId::from_uuid(uuid::Uuid::from_u128(u128::from(number)))
}

fn terms(taxed: bool) -> OrderTerms {
    let line = |quantity: &str, unit_price: &str| OrderDraftLine {
        sku: "A".parse().unwrap(),
        name: "A".parse().unwrap(),
        quantity: quantity.parse().unwrap(),
        unit_price: unit_price.parse().unwrap(),
    };
    let draft = OrderDraft {
        customer: CustomerId::from_number(1),
        order_no: "SO-1".parse().unwrap(),
        currency: Currency::CNY,
        lines: vec![line("3", "33.335"), line("2", "1")],
        discounts: Vec::new(),
        freight: None,
        tax_rate: taxed.then(|| "0.13".parse().unwrap()),
        remark: None,
    };
    draft.add_up().unwrap()
}

/// What the order's own events and the refunds they tell of post to 2205: what the ledger owes for it.
#[derive(Default)]
struct Ledger {
    owed: i64,
    refunded: i64,
    open: BTreeMap<RefundId, i64>,
}

impl Ledger {
    fn take_in(&mut self, event: &OrderEvent) {
        let posted = postings(&BookEvent::from(event.clone()));
        check_balanced(&posted).unwrap();
        for posting in posted.iter().filter(|posting| posting.account == AccountCode::ContractLiabilities) {
            match posting.side {
                Side::Credit => self.owed += minor(posting.amount),
                Side::Debit => self.owed -= minor(posting.amount),
            }
        }
        match event {
            OrderEvent::OrderRefundRequested { refund, amount, .. } => {
                assert!(self.open.insert(refund.clone(), minor(*amount)).is_none());
            }
            OrderEvent::OrderRefunded { refund, amount, .. } => {
                assert_eq!(self.open.remove(refund), Some(minor(*amount)));
                self.refunded += minor(*amount);
                // A refund's own event posts it.
                self.owed -= minor(*amount);
            }
            OrderEvent::OrderRefundReleased { refund, amount, .. } => {
                assert_eq!(self.open.remove(refund), Some(minor(*amount)));
            }
            OrderEvent::OrderPlaced { .. }
            | OrderEvent::OrderPaid { .. }
            | OrderEvent::OrderShipped { .. }
            | OrderEvent::OrderReceived { .. }
            | OrderEvent::OrderCompleted { .. }
            | OrderEvent::OrderCancelled { .. }
            | OrderEvent::OrderClosed { .. } => {}
        }
    }
}

fn command(ask: &Ask, order: &OrderId, now: DateTime<Utc>, amount: Money) -> Option<OrderCommand> {
    let (order, today): (OrderId, NaiveDate) = (order.clone(), now.date_naive());
    let later = now + TimeDelta::days(7);
    Some(match ask {
        Ask::Pay { minor_off } => {
            let wallet = WalletId::new(&CustomerId::from_number(1), Currency::CNY);
            let amount = yuan(minor(amount) + minor_off);
            let paid_with = PaidWith::Wallet { wallet };
            OrderCommand::Pay { order, paid_with, amount, effective_date: today, today }
        }
        Ask::Cancel => OrderCommand::Cancel { order, reason: None },
        Ask::Ship { line, quantity, last } => {
            let quantity = quantity.to_string().parse().unwrap();
            let parts = if *line == 0 { Vec::new() } else { vec![ShippedPart { line: *line, quantity }] };
            let (carrier, tracking_no, last) = (None, None, *last);
            OrderCommand::Ship { order, parts, carrier, tracking_no, last, receive_by: later }
        }
        Ask::Receive => OrderCommand::Receive { order, complete_by: later },
        Ask::Wait { .. } => return None,
        Ask::TakeDueStep => {
            OrderCommand::TakeDueStep { order, now, complete_by: later, effective_date: today, today }
        }
        Ask::RequestRefund { refund: number, minor } => {
            OrderCommand::RequestRefund { order, refund: refund(*number), amount: yuan(*minor) }
        }
        Ask::Refund { refund: number } => {
            OrderCommand::Refund { order, refund: refund(*number), effective_date: today, today }
        }
        Ask::ReleaseRefund { refund: number } => {
            OrderCommand::ReleaseRefund { order, refund: refund(*number) }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_history_of_an_order_adds_up(taxed: bool, asks in prop::collection::vec(any_ask(), 1..60)) {
        let mut now: DateTime<Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
        let (terms, pay_by) = (terms(taxed), now + TimeDelta::minutes(30));
        let (order, amount) = (OrderId::of(&terms.order_no), terms.amount);
        let mut state = Order::default();
        let mut ledger = Ledger::default();
        let place = OrderCommand::Place { order: order.clone(), terms, pay_by, today: now.date_naive() };
        let mut commands = vec![place];
        for ask in &asks {
            if let Ask::Wait { hours } = ask {
                now += TimeDelta::hours(i64::from(*hours));
            }
            commands.extend(command(ask, &order, now, amount));
            for command in commands.drain(..) {
                let before = state.clone();
                let Ok(events) = state.decide(command.clone()) else {
                    prop_assert_eq!(&state, &before, "a refusal changes nothing");
                    continue;
                };
                for event in &events {
                    state.evolve(event).unwrap();
                    ledger.take_in(event);
                }
                // A retry of what is at its end decides nothing, or is refused.
                if let OrderCommand::TakeDueStep { .. } | OrderCommand::Cancel { .. } = command {
                    let again = state.decide(command).unwrap_or_else(|_| Vec::new());
                    let due_again = matches!(again.as_slice(), [OrderEvent::OrderCompleted { .. }]);
                    prop_assert!(again.is_empty() || due_again, "{:?}", again);
                }
            }
            let captured = minor(state.captured().unwrap());
            let open: i64 = ledger.open.values().sum();
            prop_assert!(ledger.refunded + open <= captured, "never more than was paid");
            prop_assert_eq!(minor(state.refunded().unwrap()), ledger.refunded);
            let kept = captured - ledger.refunded;
            match state.state().unwrap() {
                OrderState::Completed | OrderState::Closed | OrderState::Cancelled => {
                    prop_assert_eq!(ledger.owed, 0, "nothing is owed at the end");
                    prop_assert!(ledger.open.is_empty());
                    prop_assert_eq!(state.due_at(), None);
                }
                OrderState::PendingPayment
                | OrderState::Paid
                | OrderState::PartlyShipped
                | OrderState::Shipped
                | OrderState::Received => prop_assert_eq!(ledger.owed, kept),
            }
        }
    }
}
