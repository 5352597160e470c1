use tallybook_domain::BookEvent;
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::orders::order::{Discount, OrderDraftLine, StepBy};
use tallybook_domain::orders::{
    OrderDraft, OrderEvent, OrderId, OrderState, OrderTerms, PaidWith, RefundId, ShippedPart,
};

use super::{Orders, StepName};
use crate::testing::{at, customer, day, folded, try_folded, wallet, yuan};

fn id() -> OrderId {
    OrderId::of(&"SO-1".parse().unwrap())
}

fn refund() -> RefundId {
    "F01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap()
}

fn terms() -> OrderTerms {
    let line = |sku: &str, quantity: &str, unit_price: &str| OrderDraftLine {
        sku: sku.parse().unwrap(),
        name: sku.parse().unwrap(),
        quantity: quantity.parse().unwrap(),
        unit_price: unit_price.parse().unwrap(),
    };
    let draft = OrderDraft {
        customer: customer(1),
        order_no: "SO-1".parse().unwrap(),
        currency: yuan("0").currency(),
        lines: vec![line("TEA", "3", "30"), line("RICE", "0.5", "20")],
        discounts: vec![Discount { name: "coupon".parse().unwrap(), amount: yuan("5.00") }],
        freight: Some(yuan("6.00")),
        tax_rate: Some("0.13".parse().unwrap()),
        remark: None,
    };
    draft.add_up().unwrap()
}

fn placed() -> BookEvent {
    let placed_date = day("2026-03-01");
    OrderEvent::OrderPlaced { order: id(), terms: terms(), placed_date, pay_by: at(1800) }.into()
}

fn paid() -> BookEvent {
    OrderEvent::OrderPaid {
        order: id(),
        customer: customer(1),
        paid_with: PaidWith::Wallet { wallet: wallet(1) },
        amount: yuan("101.00"),
        placed_date: day("2026-03-01"),
        effective_date: day("2026-03-02"),
    }
    .into()
}

fn shipped(line: u32, quantity: &str, last: bool) -> BookEvent {
    OrderEvent::OrderShipped {
        order: id(),
        parts: vec![ShippedPart { line, quantity: quantity.parse().unwrap() }],
        carrier: "顺丰".parse().ok(),
        tracking_no: None,
        receive_by: last.then(|| at(9000)),
    }
    .into()
}

fn received() -> BookEvent {
    OrderEvent::OrderReceived { order: id(), by: StepBy::Timer, complete_by: at(99_000) }.into()
}

fn completed() -> BookEvent {
    OrderEvent::OrderCompleted {
        order: id(),
        customer: customer(1),
        amounts: Amounts::new(yuan("80.53"), yuan("10.47")).unwrap(),
        effective_date: day("2026-03-20"),
    }
    .into()
}

fn asked_back() -> BookEvent {
    OrderEvent::OrderRefundRequested { order: id(), refund: refund(), amount: yuan("10.00") }.into()
}

fn refunded() -> BookEvent {
    OrderEvent::OrderRefunded {
        order: id(),
        customer: customer(1),
        refund: refund(),
        paid_with: PaidWith::Wallet { wallet: wallet(1) },
        amount: yuan("10.00"),
        effective_date: day("2026-03-05"),
        earned: None,
    }
    .into()
}

fn released() -> BookEvent {
    OrderEvent::OrderRefundReleased { order: id(), refund: refund(), amount: yuan("10.00") }.into()
}

#[test]
fn an_order_shows_what_was_sold_and_what_is_to_be_paid() {
    let tables = folded::<Orders>([placed()]);
    let row = tables.orders.get(&id()).unwrap();
    assert_eq!((row.amount, row.discount, row.freight), (yuan("101.00"), yuan("5.00"), yuan("6.00")));
    assert_eq!((row.state, row.due_at), (OrderState::PendingPayment, Some(at(1800))));
    let amounts: Vec<_> = row.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [yuan("90.00"), yuan("10.00")]);
    assert!(try_folded::<Orders>([placed(), placed()]).is_err());
    assert!(try_folded::<Orders>([paid()]).is_err());
}

#[test]
fn a_life_leaves_its_figures_and_its_timeline() {
    use StepName as Name;

    let life = [
        placed(),
        paid(),
        shipped(1, "2", false),
        shipped(2, "0.5", true),
        received(),
        asked_back(),
        refunded(),
        completed(),
    ];
    let tables = folded::<Orders>(life);
    let row = tables.orders.get(&id()).unwrap();
    assert_eq!((row.state, row.due_at), (OrderState::Completed, None));
    assert_eq!(
        (row.captured, row.refunded, row.refund_pending),
        (yuan("101.00"), yuan("10.00"), yuan("0.00"))
    );
    assert_eq!((row.revenue, row.tax), (yuan("80.53"), yuan("10.47")));
    assert_eq!((row.method.as_deref(), row.paid_date), (Some("wallet"), Some(day("2026-03-02"))));
    let left: Vec<_> = row.lines.iter().map(|line| line.shipped.to_string()).collect();
    assert_eq!(left, ["2", "0.5"]);
    let steps: Vec<_> = tables.steps.rows().iter().map(|row| row.step.step).collect();
    let expected = [
        Name::Placed,
        Name::Paid,
        Name::Shipped,
        Name::Shipped,
        Name::Received,
        Name::RefundRequested,
        Name::Refunded,
        Name::Completed,
    ];
    assert_eq!(steps, expected);
    let received = &tables.steps.rows()[4];
    assert_eq!(
        (received.step.facts.taken_by, received.step.facts.due_at),
        (Some(StepBy::Timer), Some(at(99_000)))
    );
}

#[test]
fn what_is_asked_back_is_pending_until_it_is_decided() {
    let pending = |events: &[BookEvent]| {
        let tables = folded::<Orders>([&[placed(), paid(), asked_back()], events].concat());
        let row = tables.orders.get(&id()).unwrap();
        (row.refund_pending, row.refunded, row.state)
    };
    let (nothing, ten) = (yuan("0.00"), yuan("10.00"));
    assert_eq!(pending(&[]), (ten, nothing, OrderState::Paid));
    assert_eq!(pending(&[released()]), (nothing, nothing, OrderState::Paid));
    let closed = OrderEvent::OrderClosed { order: id() }.into();
    assert_eq!(pending(&[refunded(), closed]), (nothing, ten, OrderState::Closed));
    let cancelled =
        OrderEvent::OrderCancelled { order: id(), customer: customer(1), by: StepBy::Person, reason: None };
    let tables = folded::<Orders>([placed(), cancelled.into()]);
    let row = tables.orders.get(&id()).unwrap();
    assert_eq!((row.state, row.due_at), (OrderState::Cancelled, None));
}
