//! Orders: one that is delivered and completed after a part of it went back, one that nobody paid.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::orders::order::{Discount, OrderDraftLine, StepBy};
use tallybook_domain::orders::{
    OrderDraft, OrderEvent, OrderId, OrderTerms, PaidWith, RefundId, ShippedPart,
};
use tallybook_domain::{BookEvent, Currency, CustomerId, WalletId};

use super::history::money;

pub fn ordered() -> Vec<(String, BookEvent)> {
    let events = [delivered(), cancelled()].concat();
    events.into_iter().map(|event| (event.order().to_string(), BookEvent::from(event))).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn after(hours: i64) -> DateTime<Utc> {
    "2026-02-10T01:00:00.123Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

fn terms(order_no: &str) -> OrderTerms {
    let draft = OrderDraft {
        customer: CustomerId::from_number(1),
        order_no: order_no.parse().unwrap(),
        currency: Currency::CNY,
        lines: vec![OrderDraftLine {
            sku: "TEA".parse().unwrap(),
            name: "明前龙井".parse().unwrap(),
            quantity: "3".parse().unwrap(),
            unit_price: "33.335".parse().unwrap(),
        }],
        discounts: vec![Discount { name: "coupon".parse().unwrap(), amount: money("0.01") }],
        freight: Some(money("13.00")),
        tax_rate: "0.13".parse().ok(),
        remark: "送货前请电话".parse().ok(),
    };
    draft.add_up().unwrap()
}

fn placed(order_no: &str) -> (OrderId, OrderEvent) {
    let terms = terms(order_no);
    let order = OrderId::of(&terms.order_no);
    let (placed_date, pay_by) = (day("2026-02-10"), after(1));
    (order.clone(), OrderEvent::OrderPlaced { order, terms, placed_date, pay_by })
}

fn delivered() -> Vec<OrderEvent> {
    let (order, placed) = placed("SO-1");
    let customer = CustomerId::from_number(1);
    let paid_with = PaidWith::Wallet { wallet: WalletId::new(&customer, Currency::CNY) };
    let refund: RefundId = "F01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap();
    let part = |quantity: &str| vec![ShippedPart { line: 1, quantity: quantity.parse().unwrap() }];
    let ship = |quantity: &str, receive_by: Option<DateTime<Utc>>| OrderEvent::OrderShipped {
        order: order.clone(),
        parts: part(quantity),
        carrier: "顺丰".parse().ok(),
        tracking_no: "SF1".parse().ok(),
        receive_by,
    };
    vec![
        placed,
        OrderEvent::OrderPaid {
            order: order.clone(),
            customer: customer.clone(),
            paid_with: paid_with.clone(),
            amount: money("113.00"),
            placed_date: day("2026-02-10"),
            effective_date: day("2026-02-11"),
        },
        ship("1.5", None),
        ship("1.5", Some(after(200))),
        OrderEvent::OrderReceived { order: order.clone(), by: StepBy::Timer, complete_by: after(400) },
        OrderEvent::OrderRefundRequested {
            order: order.clone(),
            refund: refund.clone(),
            amount: money("11.30"),
        },
        OrderEvent::OrderRefunded {
            order: order.clone(),
            customer: customer.clone(),
            refund,
            paid_with,
            amount: money("11.30"),
            effective_date: day("2026-02-20"),
            earned: None,
        },
        OrderEvent::OrderCompleted {
            order,
            customer,
            amounts: Amounts::new(money("90.00"), money("11.70")).unwrap(),
            effective_date: day("2026-02-28"),
        },
    ]
}

fn cancelled() -> Vec<OrderEvent> {
    let (order, placed) = placed("SO-2");
    let (customer, reason) = (CustomerId::from_number(1), "ordered twice".parse().ok());
    vec![placed, OrderEvent::OrderCancelled { order, customer, by: StepBy::Person, reason }]
}
