//! Steps that orders take by themselves: once, on time, whoever looks after them.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::orders::{order, order_over, order_path, pay};
use tallybook_tests::{TestBook, bodies, truths};

/// Seconds by which a book is ahead of the world.
static DELIVERED: AtomicI64 = AtomicI64::new(0);
static UNPAID: AtomicI64 = AtomicI64::new(0);
static RACED: AtomicI64 = AtomicI64::new(0);
static RESTARTED: AtomicI64 = AtomicI64::new(31 * MINUTE);

fn ahead(by: &AtomicI64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(by.load(Ordering::SeqCst))
}

fn delivered() -> DateTime<Utc> {
    ahead(&DELIVERED)
}

fn unpaid() -> DateTime<Utc> {
    ahead(&UNPAID)
}

fn raced() -> DateTime<Utc> {
    ahead(&RACED)
}

fn restarted() -> DateTime<Utc> {
    ahead(&RESTARTED)
}

fn at(clock: fn() -> DateTime<Utc>) -> Differently {
    Differently { clock: Some(clock), ..Differently::default() }
}

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

fn everything_of(order: &str) -> serde_json::Value {
    json!({ "lines": [{ "line": 1, "quantity": "3" }, { "line": 2, "quantity": "0.5" }], "tracking_no": order })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_nobody_touches_is_received_and_completed() {
    let book = TestBook::start_differently(at(delivered)).await;
    let acme = book.customer_with("Acme", "200.00").await;
    let id = book.place(&order(&acme, "SO-1")).await;
    book.pay(&id).await;
    book.operator().post(&order_path(&id, "ship"), &everything_of(&id)).await.ok();
    DELIVERED.store(7 * DAY - MINUTE, Ordering::SeqCst);
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(text(&book.shown_order(&id).await, "state"), "shipped", "it is not time yet");
    DELIVERED.store(7 * DAY + MINUTE, Ordering::SeqCst);
    let received = book.comes_to(&id, "received").await;
    assert_eq!(text(&received["timeline"][3], "taken_by"), "timer");
    assert_eq!(book.closing(["2205", "6001", "2221"]).await, ["-112.51", "0.00", "0.00"]);
    truths::hold(&book.witness()).await;
    DELIVERED.store(14 * DAY + 2 * MINUTE, Ordering::SeqCst);
    let completed = book.comes_to(&id, "completed").await;
    assert_eq!((&completed["revenue"], &completed["tax"]), (&bodies::yuan("99.57"), &bodies::yuan("12.94")));
    assert_eq!(book.closing(["2205", "6001", "2221"]).await, ["0.00", "-99.57", "-12.94"]);
    let figures = format!("/v1/customers/{acme}/figures?{}", book.fresh().await);
    let figures = book.auditor().get(&figures).await.data()["currencies"][0].clone();
    assert_eq!(
        (&figures["lifetime_value"], &figures["order_value"]),
        (&bodies::yuan("99.57"), &bodies::yuan("99.57"))
    );
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_nobody_pays_is_cancelled_once_by_two_processes() {
    let book = TestBook::start_differently(at(unpaid)).await;
    let another = book.another(Differently { no_projector: true, ..at(unpaid) }).await;
    let acme = book.customer_with("Acme", "200.00").await;
    let mut orders = Vec::new();
    for number in 0..20 {
        orders.push(book.place(&order_over(&acme, &format!("SO-{number}"), "1.00")).await);
    }
    UNPAID.store(29 * MINUTE, Ordering::SeqCst);
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(text(&book.shown_order(&orders[0]).await, "state"), "pending_payment");
    UNPAID.store(31 * MINUTE, Ordering::SeqCst);
    for order in &orders {
        let shown = book.comes_to(order, "cancelled").await;
        assert_eq!(shown["timeline"].as_array().unwrap().len(), 2, "it is cancelled once: {shown}");
        assert_eq!(
            (text(&shown["timeline"][1], "taken_by"), text(&shown["timeline"][1], "by")),
            ("timer", "system:orders")
        );
    }
    book.refuses(pay(&book.finance(), &orders[0]), 409, "order-not-in-state").await;
    let asked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM commands WHERE command_id LIKE 'timer/order/%'")
            .fetch_one(book.pool())
            .await
            .unwrap();
    assert_eq!(asked, 20, "one command for each, whoever asks");
    another.stop().await;
    book.finish().await;
}

/// The moment of the timeout: each order is paid or cancelled, never both, and the wallet has paid for those that were.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_and_a_timeout_at_once_one_wins() {
    let book = TestBook::start_differently(at(raced)).await;
    let another = book.another(Differently { no_projector: true, ..at(raced) }).await;
    let acme = book.customer_with("Acme", "1000.00").await;
    let mut orders = Vec::new();
    for number in 0..60 {
        orders.push(book.place(&order_over(&acme, &format!("SO-{number}"), "1.00")).await);
    }
    book.shown_order(&orders[59]).await;
    RACED.store(31 * MINUTE, Ordering::SeqCst);
    let clients = [book.finance(), book.finance().at(another.address())];
    let payments = orders.iter().enumerate().map(|(number, order)| {
        let payment = pay(&clients[number % 2], order);
        async move {
            tokio::time::sleep(std::time::Duration::from_millis(30 * number as u64)).await;
            payment.attempt().await.unwrap()
        }
    });
    let answers = futures::future::join_all(payments).await;
    let mut paid = 0;
    for (order, answer) in orders.iter().zip(&answers) {
        if answer.status == 200 {
            paid += 1;
            assert_eq!(text(&book.shown_order(order).await, "state"), "paid");
        } else {
            assert_eq!(answer.problem(409, "order-not-in-state")["state"], "cancelled");
            assert_eq!(text(&book.comes_to(order, "cancelled").await, "state"), "cancelled");
        }
    }
    let left = format!("{}.00", 1000 - paid);
    assert_eq!(book.funds(&acme).await, [left.clone(), "0.00".to_owned(), left]);
    another.stop().await;
    book.finish().await;
}

/// A process that starts after the time has come, and has never heard of the order, takes its step.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_due_before_a_process_started_happens() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let id = book.place(&order(&acme, "SO-1")).await;
    assert_eq!(text(&book.shown_order(&id).await, "state"), "pending_payment");
    let later = book.another(Differently { no_projector: true, ..at(restarted) }).await;
    book.comes_to(&id, "cancelled").await;
    later.stop().await;
    book.finish().await;
}
