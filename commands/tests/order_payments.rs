//! Payments and refunds of orders on a real book, by two processes at once and in any order: the ledger agrees with the
//! orders, nothing that came is forgotten, and no more goes back than came.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use support::{book, by, deposit, register, second, text, yuan};
use tallybook_commands::channels::receive_notification;
use tallybook_commands::ledger::close_period;
use tallybook_commands::orders::{
    ApproveOrderRefund, BeginPayment, CancelOrder, ClosePayment, FailOrderRefund, PayFromWallet,
    PaymentTerms, PlaceOrder, RejectOrderRefund, RequestOrderRefund, SubmitOrderRefund, SucceedOrderRefund,
    approve_order_refund, begin_payment, cancel_order, close_payment, fail_order_refund, pay_from_wallet,
    place_order, reject_order_refund, request_order_refund, submit_order_refund, succeed_order_refund,
};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::channels::{Channel, Notification, RefundedAmount, Said};
use tallybook_domain::ledger::{AccountCode, Side, postings};
use tallybook_domain::orders::order::OrderDraftLine;
use tallybook_domain::orders::{
    Order, OrderEvent, OrderId, OrderRefundEvent, OrderState, OrderTimes, OrdersEvent, PaymentEvent,
    PaymentId, RefundGround, RefundId, RefundNumber,
};
use tallybook_domain::{
    BookEvent, Currency, CustomerId, EventSourced, Money, Month, RecordedEvent, upcasters,
};
use tallybook_event_store::{Book, journal};

const MERCHANT: &str = "1230000109";

async fn order(book: &Book, customer: &CustomerId, order_no: &str, price: &str) -> OrderId {
    let line =
        OrderDraftLine { sku: text("A"), name: text("A"), quantity: text("1"), unit_price: text(price) };
    let place = PlaceOrder {
        customer: customer.clone(),
        order_no: text(order_no),
        currency: Currency::CNY,
        lines: vec![line],
        discounts: Vec::new(),
        freight: None,
        tax_rate: None,
        remark: None,
    };
    place_order(book, by("han"), place, OrderTimes::default(), CreditPolicy::Warn)
        .await
        .unwrap()
        .outcome
        .order
        .id
}

async fn begin(book: &Book, order: &OrderId, reference: &str) -> PaymentId {
    let asked =
        BeginPayment { order: order.clone(), channel: Channel::WechatPay, reference: Some(text(reference)) };
    let terms = PaymentTerms { merchant: text(MERCHANT), made: text("never-used") };
    begin_payment(book, by("han"), asked, terms).await.unwrap().outcome.id
}

fn told(book: &Book, reference: &str, event_id: &str, said: Said) -> Notification {
    Notification {
        channel: Channel::WechatPay,
        event_id: text(event_id),
        merchant: text(MERCHANT),
        reference: text(reference),
        transaction: text(&format!("tx-{event_id}")),
        said,
        happened_at: book.now(),
    }
}

async fn recorded(book: &Book) -> Vec<RecordedEvent> {
    let stored = journal::page(book.pool(), 0, i64::MAX).await.unwrap();
    let upcasters = upcasters();
    stored.iter().map(|event| event.decode(&upcasters).unwrap()).collect()
}

/// Debits less credits of an account.
fn balance(events: &[RecordedEvent], account: AccountCode) -> Money {
    let of_it = events.iter().flat_map(|event| postings(&event.event)).filter(|one| one.account == account);
    of_it.fold(yuan("0.00"), |sum, one| match one.side {
        Side::Debit => sum.checked_add(one.amount).unwrap(),
        Side::Credit => sum.checked_sub(one.amount).unwrap(),
    })
}

#[tokio::test]
async fn what_happened_in_a_closed_month_is_booked_today() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let order = order(&book, &customer, "SO-1", "10").await;
    begin(&book, &order, "SO-1-001").await;
    let today = book.today();
    let long_ago = today.checked_sub_days(Days::new(40)).unwrap();
    close_period(&book, by("han"), Month::of(long_ago).unwrap()).await.unwrap();
    let told = Notification {
        happened_at: book.now() - chrono::TimeDelta::days(40),
        ..told(&book, "SO-1-001", "EV-1", Said::Paid { amount: yuan("10.00") })
    };
    receive_notification(&book, by("channel"), told).await.unwrap();
    let events = recorded(&book).await;
    let paid: Vec<NaiveDate> = events
        .iter()
        .filter(|event| event.event.event_type() == "PaymentSucceeded")
        .filter_map(|event| tallybook_domain::ledger::effective_date(&event.event))
        .collect();
    assert_eq!(paid, [today]);
    book.shutdown().await;
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }
}

/// One thing somebody does; whether it is refused does not matter.
async fn act(book: &Book, orders: &[(OrderId, String)], (dice, at): (&mut Dice, usize)) {
    let (order, reference) = dice.one(orders).clone();
    let amounts = ["10.00", "10.01", "4.00", "3.00", "9.99"];
    let amount = yuan(amounts[dice.below(amounts.len())]);
    let refunds = refunds(book).await;
    let refund = (!refunds.is_empty()).then(|| dice.one(&refunds).clone());
    let event_id = format!("EV-{at}");
    let payment = PaymentId::of(Channel::WechatPay, &text(&reference));
    match (dice.below(16), refund) {
        (0..3, _) => {
            let told = told(book, &reference, &event_id, Said::Paid { amount });
            receive_notification(book, by("channel"), told).await.unwrap();
        }
        (3, _) => drop(cancel_order(book, by("han"), CancelOrder { order, reason: None }).await),
        (4, _) => drop(pay_from_wallet(book, by("han"), PayFromWallet { order }).await),
        (5, _) => drop(close_payment(book, by("han"), ClosePayment { payment, reason: None }).await),
        (6..9, _) | (_, None) => {
            let asked = RequestOrderRefund { order, amount, reason: text("broken"), lines: Vec::new() };
            let id = RefundId::from_uuid(uuid_of(at));
            drop(request_order_refund(book, by("li"), id, asked).await);
        }
        (9..11, Some(refund)) => {
            drop(approve_order_refund(book, by("wang"), ApproveOrderRefund { refund }).await);
        }
        (11, Some(refund)) => {
            let reject = RejectOrderRefund { refund, reason: text("no") };
            drop(reject_order_refund(book, by("wang"), reject).await);
        }
        (12, Some(refund)) => {
            drop(submit_order_refund(book, by("han"), SubmitOrderRefund { refund }).await);
        }
        (13, Some(refund)) => {
            let succeed = SucceedOrderRefund { refund, effective_date: None };
            drop(succeed_order_refund(book, by("han"), succeed).await);
        }
        (14, Some(refund)) => {
            let fail = FailOrderRefund { refund, reason: text("no") };
            drop(fail_order_refund(book, by("han"), fail).await);
        }
        (_, Some(refund)) => {
            let number = text(RefundNumber::new(&refund, 1).as_str());
            let said = match dice.below(3) {
                0 => Said::RefundClosed { refund: number },
                1 => Said::RefundAbnormal { refund: number },
                _ => Said::Refunded { refund: number, amount: RefundedAmount::Alone(amount) },
            };
            // Whatever is said of whichever payment: it is never refused.
            let told = told(book, &reference, &event_id, said);
            receive_notification(book, by("channel"), told).await.unwrap();
        }
    }
}

fn uuid_of(at: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::try_from(at).unwrap())
}

async fn refunds(book: &Book) -> Vec<RefundId> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT aggregate_id FROM events WHERE aggregate_type = 'order_refund' ORDER BY 1",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    ids.iter().map(|id| text(id)).collect()
}

/// The ledger from the side of the orders, the payments and the refunds.
fn check(events: &[RecordedEvent]) {
    let mut orders: BTreeMap<OrderId, Order> = BTreeMap::new();
    let zero = yuan("0.00");
    let (mut beside, mut came, mut back) = (zero, zero, BTreeMap::<OrderId, Money>::new());
    for event in events {
        let BookEvent::Orders(event) = &event.event else { continue };
        match event {
            OrdersEvent::Order(event) => {
                orders.entry(event.order().clone()).or_default().evolve(event).unwrap();
                if let OrderEvent::OrderPaid { .. } = event {
                    assert_eq!(orders[event.order()].state(), Some(OrderState::Paid));
                }
            }
            OrdersEvent::Payment(PaymentEvent::PaymentSucceeded { amount, .. }) => {
                came = came.checked_add(*amount).unwrap();
            }
            OrdersEvent::Payment(PaymentEvent::ExcessPaymentReceived { amount, .. }) => {
                came = came.checked_add(*amount).unwrap();
                beside = beside.checked_add(*amount).unwrap();
            }
            OrdersEvent::Refund(OrderRefundEvent::RefundSucceeded { order, ground, amount, .. }) => {
                match ground {
                    RefundGround::Order => {
                        let sum = back.entry(order.clone()).or_insert(zero);
                        *sum = sum.checked_add(*amount).unwrap();
                    }
                    RefundGround::Excess => beside = beside.checked_sub(*amount).unwrap(),
                }
            }
            OrdersEvent::Payment(_) | OrdersEvent::Refund(_) => {}
        }
    }
    let mut held = zero;
    for (id, order) in &orders {
        let (captured, refunded) = (order.captured().unwrap(), order.refunded().unwrap());
        assert!(captured.covers(refunded).unwrap(), "{id}: {refunded} went back of {captured}");
        assert_eq!(back.get(id).copied().unwrap_or(zero), refunded, "{id}");
        held = held.checked_add(captured.checked_sub(refunded).unwrap()).unwrap();
    }
    assert!(!beside.is_negative(), "more than came beside went back");
    assert_eq!(balance(events, AccountCode::ContractLiabilities), held.negate(), "2205 is what orders hold");
    assert_eq!(balance(events, AccountCode::RefundsDue), beside.negate(), "2241.04 is what came beside");
    let at_channel = balance(events, AccountCode::WechatPay);
    assert!(!at_channel.is_negative() && came.covers(at_channel).unwrap(), "{at_channel} of {came}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_in_whatever_order_the_ledger_agrees_with_the_orders() {
    let mut seen = BTreeMap::<String, usize>::new();
    for seed in 0..8 {
        let book = book().await;
        let another = second(&book).await;
        let customer = register(&book, "Acme").await;
        deposit(&book, &customer, "15.00", "D-1").await.unwrap();
        let mut orders = Vec::new();
        for which in 0..4 {
            let id = order(&book, &customer, &format!("SO-{which}"), "10").await;
            for attempt in 0..2 {
                let reference = format!("SO-{which}-{attempt}");
                begin(&book, &id, &reference).await;
                orders.push((id.clone(), reference));
            }
        }
        let (mut one, mut two) = (Dice(seed), Dice(seed + 100));
        for at in 0..40 {
            tokio::join!(
                act(&book, &orders, (&mut one, 2 * at)),
                act(&another, &orders, (&mut two, 2 * at + 1)),
            );
        }
        let events = recorded(&book).await;
        check(&events);
        for event in &events {
            *seen.entry(event.event.event_type().to_owned()).or_default() += 1;
        }
        another.shutdown().await;
        book.shutdown().await;
    }
    for kind in
        ["PaymentSucceeded", "ExcessPaymentReceived", "OrderPaymentTaken", "RefundSucceeded", "OrderRefunded"]
    {
        assert!(seen.contains_key(kind), "{kind} never happened: {seen:?}");
    }
}
