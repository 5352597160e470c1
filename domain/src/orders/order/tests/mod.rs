mod life;
mod refunds;
mod shipping;

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::billing::bill::Amounts;
use crate::channels::Channel;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, PaymentId, RefundId, WalletId};
use crate::ledger::{AccountCode, Side, check_balanced, postings};
use crate::money::{Currency, Money, MoneyError};
use crate::orders::OrderId;

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const TODAY: &str = "2026-11-05";
const PAY_BY: &str = "2026-11-05T10:30:00Z";
const RECEIVE_BY: &str = "2026-11-12T10:00:00Z";
const COMPLETE_BY: &str = "2026-11-19T10:00:00Z";

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn id() -> OrderId {
    OrderId::of(&"SO-7".parse().unwrap())
}

fn refund(number: u8) -> RefundId {
    let uuid = format!("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d0{number:02}");
    RefundId::from_uuid(uuid::Uuid::try_parse(&uuid).unwrap())
}

fn line(quantity: &str, unit_price: &str) -> OrderDraftLine {
    OrderDraftLine {
        sku: "TEA-250".parse().unwrap(),
        name: "明前龙井".parse().unwrap(),
        quantity: quantity.parse().unwrap(),
        unit_price: unit_price.parse().unwrap(),
    }
}

fn discount(name: &str, amount: Money) -> Discount {
    Discount { name: name.parse().unwrap(), amount }
}

/// Three of one thing and half a kilogram of another: 100.01 and 12.50, less 8, and 8 freight.
fn draft() -> OrderDraft {
    OrderDraft {
        customer: customer(),
        order_no: "SO-7".parse().unwrap(),
        currency: Currency::CNY,
        lines: vec![line("3", "33.335"), line("0.5", "25")],
        discounts: vec![discount("member_level", yuan("5.00")), discount("coupon", yuan("3.00"))],
        freight: Some(yuan("8.00")),
        tax_rate: Some("0.13".parse().unwrap()),
        remark: None,
    }
}

fn terms() -> OrderTerms {
    draft().add_up().unwrap()
}

/// What the order is over.
const AMOUNT: &str = "112.51";

fn given(events: impl IntoIterator<Item = OrderEvent>) -> AggregateTestExecutor<Order> {
    TestFramework::with(()).given(events.into_iter().collect())
}

fn after(events: &[OrderEvent]) -> Order {
    let mut order = Order::default();
    events.iter().for_each(|event| order.evolve(event).unwrap());
    order
}

fn placed_as(terms: OrderTerms) -> OrderEvent {
    OrderEvent::OrderPlaced { order: id(), terms, placed_date: day(TODAY), pay_by: moment(PAY_BY) }
}

fn placed() -> OrderEvent {
    placed_as(terms())
}

fn wallet() -> PaidWith {
    PaidWith::Wallet { wallet: WalletId::new(&customer(), Currency::CNY) }
}

fn channel() -> PaidWith {
    PaidWith::Channel { channel: Channel::WechatPay, payment: PaymentId::from_bits(7) }
}

fn paid() -> OrderEvent {
    OrderEvent::OrderPaid {
        order: id(),
        customer: customer(),
        paid_with: wallet(),
        amount: yuan(AMOUNT),
        placed_date: day(TODAY),
        effective_date: day(TODAY),
    }
}

fn part(line: u32, quantity: &str) -> ShippedPart {
    ShippedPart { line, quantity: quantity.parse().unwrap() }
}

fn shipped(parts: &[ShippedPart], receive_by: Option<&str>) -> OrderEvent {
    OrderEvent::OrderShipped {
        order: id(),
        parts: parts.to_vec(),
        carrier: None,
        tracking_no: None,
        receive_by: receive_by.map(moment),
    }
}

fn all_shipped() -> OrderEvent {
    shipped(&[part(1, "3"), part(2, "0.5")], Some(RECEIVE_BY))
}

fn received(by: StepBy) -> OrderEvent {
    OrderEvent::OrderReceived { order: id(), by, complete_by: moment(COMPLETE_BY) }
}

fn completed(revenue: &str, tax: &str) -> OrderEvent {
    OrderEvent::OrderCompleted {
        order: id(),
        customer: customer(),
        amounts: Amounts::new(yuan(revenue), yuan(tax)).unwrap(),
        effective_date: day("2026-11-19"),
    }
}

fn cancelled(by: StepBy) -> OrderEvent {
    OrderEvent::OrderCancelled { order: id(), customer: customer(), by, reason: None }
}

/// What time does at that moment.
fn due_at(now: &str) -> OrderCommand {
    let today = moment(now).date_naive();
    OrderCommand::TakeDueStep {
        order: id(),
        now: moment(now),
        complete_by: moment(COMPLETE_BY),
        effective_date: today,
        today,
    }
}

fn pay(paid_with: PaidWith, amount: &str) -> OrderCommand {
    let (amount, today) = (yuan(amount), day(TODAY));
    OrderCommand::Pay { order: id(), paid_with, amount, effective_date: today, today }
}

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { order: id(), reason: None }
}

fn ship(parts: &[ShippedPart], last: bool) -> OrderCommand {
    OrderCommand::Ship {
        order: id(),
        parts: parts.to_vec(),
        carrier: None,
        tracking_no: None,
        last,
        receive_by: moment(RECEIVE_BY),
    }
}

fn receive() -> OrderCommand {
    OrderCommand::Receive { order: id(), complete_by: moment(COMPLETE_BY) }
}

fn not_in_state(state: OrderState, action: OrderAction) -> OrderRefusal {
    OrderRefusal::NotInState { order: id(), state, action }
}

/// What an event posts, balanced.
fn posted(event: OrderEvent) -> Vec<(AccountCode, Side, String)> {
    let postings = postings(&event.into());
    check_balanced(&postings).unwrap();
    postings.iter().map(|it| (it.account, it.side, it.amount.amount().to_string())).collect()
}

#[test]
fn an_order_is_its_lines_less_discounts_and_freight() {
    let terms = terms();
    let lines: Vec<_> = terms.lines.iter().map(|line| (line.line, line.amount)).collect();
    assert_eq!(lines, [(1, yuan("100.01")), (2, yuan("12.50"))], "each rounded once, half up");
    assert_eq!(terms.amount, yuan(AMOUNT));
    let least = OrderDraft { discounts: vec![], freight: None, tax_rate: None, ..draft() };
    assert_eq!(least.add_up().unwrap().amount, yuan("112.51"));
    let fine = OrderDraft { lines: vec![line("0.000000000001", "5000000000")], freight: None, ..draft() };
    let fine = OrderDraft { discounts: vec![], ..fine }.add_up().unwrap();
    assert_eq!(fine.amount, yuan("0.01"), "0.005 is rounded half up");
}

#[test]
fn an_order_that_cannot_be_added_up_is_refused() {
    let refused = |draft: OrderDraft| draft.add_up().unwrap_err();
    let most = MOST_LINES;
    assert_eq!(refused(OrderDraft { lines: vec![], ..draft() }), OrderRefusal::LineCount { most });
    let many = vec![line("1", "1"); MOST_LINES + 1];
    assert_eq!(refused(OrderDraft { lines: many, ..draft() }), OrderRefusal::LineCount { most });
    let none = vec![line("1", "1"), line("0", "1")];
    let none = OrderDraft { lines: none, ..draft() };
    assert_eq!(refused(none), OrderRefusal::QuantityNotPositive { line: 2 });
    for amount in ["0.00", "-1.00"] {
        let amount = yuan(amount);
        let discounts = vec![discount("coupon", amount)];
        let name = "coupon".to_owned();
        let expected = OrderRefusal::DiscountNotPositive { name, amount };
        assert_eq!(refused(OrderDraft { discounts, ..draft() }), expected);
    }
    let amount = yuan("-0.01");
    let freight = OrderDraft { freight: Some(amount), ..draft() };
    assert_eq!(refused(freight), OrderRefusal::FreightNegative { amount });
    for (less, amount) in [("120.51", "0.00"), ("120.52", "-0.01")] {
        let discounts = vec![discount("coupon", yuan(less))];
        let expected = OrderRefusal::AmountNotPositive { amount: yuan(amount) };
        assert_eq!(refused(OrderDraft { discounts, ..draft() }), expected, "less {less}");
    }
    let dollar = Currency::parse("USD").unwrap();
    let given = Money::parse("1", dollar).unwrap();
    let mixed = OrderDraft { freight: Some(given), ..draft() };
    let expected = MoneyError::CurrencyMismatch { expected: Currency::CNY, given: dollar };
    assert_eq!(refused(mixed), OrderRefusal::Money(expected.clone()));
    let mixed = OrderDraft { discounts: vec![discount("coupon", given)], ..draft() };
    assert_eq!(refused(mixed), OrderRefusal::Money(expected));
    let vast = OrderDraft { lines: vec![line("1000000000000000", "1000000000000000")], ..draft() };
    assert_eq!(refused(vast), OrderRefusal::Money(MoneyError::OutOfRange));
}
