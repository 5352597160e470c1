//! A payment's notification, and the end of its order, at the same moment: one comes first, and no money is lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::channels::{notified, paid, tell, transaction};
use tallybook_tests::truths::journal::events_after;
use tallybook_tests::{TestBook, bodies, truths};
use tokio::sync::watch;

use crate::payments::{exceptions, start};

/// By how many minutes the journal's clock is ahead in the race with the timeout; no other test uses it.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn put_ahead() -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(AHEAD.load(Ordering::SeqCst))
}

/// An order over 10.00, and the payment of it that is begun.
#[derive(Debug, Clone)]
struct Awaited {
    order: String,
    reference: String,
}

async fn awaited(book: &TestBook, customer: &str, number: usize) -> Awaited {
    let (order_no, reference) = (format!("SO-{number}"), format!("SO-{number}-001"));
    let order = book.order(customer, &order_no, "10").await;
    book.begin(&order, "wechat_pay", &reference).await;
    Awaited { order, reference }
}

/// The channel says it to each of these at once: the same notification, as when it repeats one that is late to be answered.
async fn told(books: [&TestBook; 2], awaited: &Awaited) {
    let mut resource = transaction(&awaited.reference, 10_00);
    resource["transaction_id"] = format!("42-{}", awaited.reference).into();
    let notification = paid(books[0], &format!("EV-{}", awaited.reference), &resource);
    let answers = books.map(|book| tell(&book.anyone(), &notification).attempt());
    for answer in futures::future::join_all(answers).await {
        assert_eq!(answer.unwrap().status, 204, "{awaited:?}");
    }
}

/// Some are paid in time. Then the time of all comes, in two processes; from this moment on one notification after the
/// other arrives, and as soon as the first order is cancelled, all that are left arrive together.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_notification_and_the_timeout_at_once_one_wins_and_no_money_is_lost() {
    let ahead = || Differently { clock: Some(put_ahead), ..notified() };
    let book = TestBook::start_differently(ahead()).await;
    let another = book.another(Differently { no_projector: true, ..ahead() }).await;
    let customer = book.customer("青松贸易有限公司").await;
    let orders = stream::iter(0..110).map(|number| awaited(&book, &customer, number));
    let orders: Vec<Awaited> = orders.buffered(16).collect().await;
    let (in_time, racing) = orders.split_at(10);
    for one in in_time {
        told([&book, &another], one).await;
    }
    // Every process knows of every order before it is due.
    book.shown("/v1/orders?limit=1").await;

    AHEAD.store(31, Ordering::SeqCst);
    let (begun, cancelling) = watch::channel(false);
    let arriving = racing.iter().rev().enumerate().map(|(number, one)| {
        // Those that are cancelled first arrive last.
        let (mut cancelling, processes) = (cancelling.clone(), [&book, &another]);
        async move {
            let pause = Duration::from_millis(15 * number as u64);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = cancelling.wait_for(|begun| *begun) => assert!(changed.is_ok()),
            }
            told(processes, one).await;
        }
    });
    let watching = async {
        while count(&book, "OrderCancelled").await == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        begun.send_replace(true);
    };
    tokio::join!(futures::future::join_all(arriving), watching);

    let late = one_of_two(&book, &orders).await;
    let paid = orders.len() - late.len();
    assert!(paid >= in_time.len() && !late.is_empty(), "{paid} were paid, {} cancelled", late.len());
    truths::hold(&book.witness()).await;
    all_goes_back(&book, &late, orders.len()).await;
    another.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_notification_and_a_cancellation_at_once_one_wins_and_no_money_is_lost() {
    let (book, customer) = start().await;
    let another = book.another(Differently { no_projector: true, ..notified() }).await;
    let orders = stream::iter(0..40).map(|number| awaited(&book, &customer, number));
    let orders: Vec<Awaited> = orders.buffered(16).collect().await;
    let racing = orders.iter().enumerate().map(|(number, one)| {
        // Either way round through either process.
        let processes = if number % 2 == 0 { [&book, &another] } else { [&another, &book] };
        let cancel = processes[1].operator().post(&format!("/v1/orders/{}/cancel", one.order), &json!({}));
        async move { tokio::join!(told(processes, one), cancel.attempt()).1.unwrap().status }
    });
    let answers = futures::future::join_all(racing).await;
    let late = one_of_two(&book, &orders).await;
    let cancelled = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(late.len(), cancelled, "who was told so has cancelled it");
    truths::hold(&book.witness()).await;
    all_goes_back(&book, &late, orders.len()).await;
    another.stop().await;
    book.finish().await;
}

async fn count(book: &TestBook, event_type: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = $1").bind(event_type);
    count.fetch_one(book.pool()).await.unwrap()
}

fn yuan(orders: usize) -> String {
    format!("{}.00", orders * 10)
}

/// Its balance as the ledger shows what is owed.
fn owed(orders: usize) -> String {
    if orders == 0 { yuan(0) } else { format!("-{}", yuan(orders)) }
}

/// Each order is paid and nothing stands out, or it is cancelled, and its money is booked, stands out and is to go back, once.
/// The answer: those that are cancelled, with their refunds.
async fn one_of_two(book: &TestBook, orders: &[Awaited]) -> Vec<(Awaited, String)> {
    let mut ends: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events_after(&book.auditor(), 0).await {
        if matches!(event.event_type.as_str(), "OrderPaid" | "OrderCancelled") {
            ends.entry(event.aggregate_id).or_default().push(event.event_type);
        }
    }
    let fresh = book.fresh().await;
    let payments = by_order(book.auditor().all(&format!("/v1/payments?{fresh}")).await);
    let refunds = by_order(book.auditor().all(&format!("/v1/refunds?{fresh}")).await);
    let none = Vec::new();
    let mut late = Vec::new();
    for one in orders {
        let [payment] = payments[&one.order].as_slice() else { panic!("{one:?} has another payment") };
        let refunds = refunds.get(&one.order).unwrap_or(&none).as_slice();
        let money = ["captured", "excess"].map(|member| text(&payment[member], "amount"));
        match (ends[&one.order].as_slice(), refunds) {
            ([end], []) if end == "OrderPaid" => {
                assert_eq!((text(payment, "state"), money), ("succeeded", ["10.00", "0.00"]));
                assert!(exceptions(payment).is_empty(), "{payment}");
            }
            ([end], [refund]) if end == "OrderCancelled" => {
                assert_eq!(money, ["0.00", "10.00"], "{payment}");
                assert_eq!(exceptions(payment), [("order_cancelled", false)]);
                assert_eq!((text(refund, "state"), text(refund, "ground")), ("approved", "excess"));
                assert_eq!(refund["amount"], bodies::yuan("10.00"));
                late.push((one.clone(), text(refund, "id").to_owned()));
            }
            other => panic!("{one:?}: {other:?}"),
        }
    }
    let (all, late_ones) = (orders.len(), late.len());
    let closing = book.closing(["1012.01", "2205", "2241.04"]).await;
    assert_eq!(closing, [yuan(all), owed(all - late_ones), owed(late_ones)]);
    late
}

fn by_order(rows: Vec<Value>) -> BTreeMap<String, Vec<Value>> {
    let mut by_order: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in rows {
        by_order.entry(text(&row, "order").to_owned()).or_default().push(row);
    }
    by_order
}

/// What came too late goes back whole, and what is left is what was paid for.
async fn all_goes_back(book: &TestBook, late: &[(Awaited, String)], all: usize) {
    let going = stream::iter(late).map(|(one, refund)| async move {
        let number = text(&book.refund_steps(refund, &["submit"]).await, "number").to_owned();
        for _ in 0..2 {
            book.wechat_refund(&one.reference, (&number, 10_00), "SUCCESS").await;
        }
    });
    going.buffer_unordered(8).collect::<Vec<()>>().await;
    let closing = book.closing(["1012.01", "2205", "2241.04"]).await;
    let kept = all - late.len();
    assert_eq!(closing, [yuan(kept), owed(kept), yuan(0)]);
}
