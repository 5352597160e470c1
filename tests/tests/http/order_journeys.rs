//! Orders from their placing to their end through WeChat Pay, with the ledger in balance at every step.

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::channels::{paid, tell, transaction};
use tallybook_tests::{TestBook, truths};

use crate::payments::start;

/// What lies at WeChat Pay, what orders hold, and what came beside; and everything else is as it must be.
async fn stands(book: &TestBook, balances: [&str; 3]) {
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, balances);
    truths::hold(&book.witness()).await;
}

/// Told twice at once, and again, and under another number of the notification; then all of it goes back, in three parts,
/// each of which is told twice.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_by_a_notification_told_twice_and_refunded_in_three_parts() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.begin(&order, "wechat_pay", "SO-1-001").await;
    truths::hold(&book.witness()).await;

    let resource = transaction("SO-1-001", 99_00);
    let first = paid(&book, "EV-1", &resource);
    let told = [&first, &first].map(|notification| tell(&book.anyone(), notification).attempt());
    for answer in futures::future::join_all(told).await {
        assert_eq!(answer.unwrap().status, 204);
    }
    stands(&book, ["99.00", "-99.00", "0.00"]).await;
    for again in [first, paid(&book, "EV-2", &resource)] {
        assert_eq!(tell(&book.anyone(), &again).await.status, 204);
        stands(&book, ["99.00", "-99.00", "0.00"]).await;
    }

    let parts = [("33.00", 33_00, "66.00"), ("0.01", 1, "65.99"), ("65.99", 65_99, "0.00")];
    for (number, (part, fen, left)) in parts.into_iter().enumerate() {
        let before = parts.get(number.wrapping_sub(1)).map_or("99.00", |(_, _, left)| left);
        let owed_before = format!("-{before}");
        let refund = book.ask_back(&order, part).await;
        stands(&book, [before, &owed_before, "0.00"]).await;
        let asked = book.refund_steps(&refund, &["approve", "submit"]).await;
        stands(&book, [before, &owed_before, "0.00"]).await;
        for _ in 0..2 {
            book.wechat_refund("SO-1-001", (text(&asked, "number"), fen), "SUCCESS").await;
            let owed = if left == "0.00" { left.to_owned() } else { format!("-{left}") };
            stands(&book, [left, &owed, "0.00"]).await;
        }
    }
    let shown = book.shown_order(&order).await;
    let steps: Vec<&str> =
        shown["timeline"].as_array().unwrap().iter().map(|step| text(step, "step")).collect();
    let refund = ["refund_requested", "refunded"];
    assert_eq!(steps, [&["placed", "paid"][..], &refund, &refund, &refund, &["closed"]].concat());
    assert_eq!(book.shown("/v1/payments?exception=open").await, json!([]));
    book.finish().await;
}
