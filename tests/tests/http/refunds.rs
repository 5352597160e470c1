//! `/v1/refunds`: money of orders that goes back where it came from.

use serde_json::json;
use tallybook_api::ApiSettings;
use tallybook_domain::orders::OrderTimes;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::channels::{channels, form, submit, trade};
use tallybook_tests::{TestBook, bodies};

use crate::payments::start;

/// An order of 99 that WeChat Pay has paid under the number SO-1-001.
async fn paid() -> (TestBook, String) {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.begin(&order, "wechat_pay", "SO-1-001").await;
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    (book, order)
}

async fn state(book: &TestBook, refund: &str) -> String {
    text(&book.shown(&format!("/v1/refunds/{refund}")).await, "state").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_refunded_in_three_parts_and_not_in_four() {
    let (book, order) = paid().await;
    let path = format!("/v1/orders/{order}/refunds");
    let ask = |amount: &str| json!({ "amount": bodies::yuan(amount), "reason": "broken", "lines": [1] });
    let first = book.ask_back(&order, "33.00").await;
    let second = book.ask_back(&order, "33.00").await;
    let above = book.operator().post(&path, &ask("33.01")).await;
    let facts = above.problem(422, "refund-above-captured");
    assert_eq!((&facts["captured"], &facts["pending"]), (&bodies::yuan("99.00"), &bodies::yuan("66.00")));
    let unknown = json!({ "amount": bodies::yuan("1.00"), "reason": "broken", "lines": [2] });
    book.operator().post(&path, &unknown).await.problem(422, "order-line-not-found");
    let third = book.ask_back(&order, "33.00").await;
    book.operator().post(&path, &ask("0.01")).await.problem(422, "refund-above-captured");

    // The first by WeChat Pay's word, the second by a person's, the third is rejected, asked for again, and paid.
    let approved = book.refund_steps(&first, &["approve"]).await;
    assert_eq!(text(&approved, "state"), "approved");
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"], "nothing has moved yet");
    let number = text(&book.refund_steps(&first, &["submit"]).await, "number").to_owned();
    book.wechat_refund("SO-1-001", (&number, 33_00), "SUCCESS").await;
    book.wechat_refund("SO-1-001", (&number, 33_00), "SUCCESS").await;
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["66.00", "-66.00"]);
    book.refund_steps(&second, &["approve", "submit", "succeed", "succeed"]).await;
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["33.00", "-33.00"]);
    book.refund_steps(&third, &["reject"]).await;
    let fourth = book.ask_back(&order, "33.00").await;
    let last = book.refund_steps(&fourth, &["approve", "submit", "succeed"]).await;
    assert_eq!((text(&last, "state"), text(&last, "order_state")), ("succeeded", "closed"));
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["0.00", "0.00"]);
    book.operator().post(&path, &ask("0.01")).await.problem(409, "order-not-in-state");
    let listed = book.shown(&format!("/v1/refunds?order={order}&state=succeeded")).await;
    assert_eq!(listed.as_array().unwrap().len(), 3);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_he_asked_for_and_nothing_skips_a_step() {
    let (book, order) = paid().await;
    let body = json!({ "amount": bodies::yuan("10.00"), "reason": "broken" });
    let asked = book.finance().post(&format!("/v1/orders/{order}/refunds"), &body).await;
    let refund = text(asked.created(), "id").to_owned();
    let step = |step: &str| format!("/v1/refunds/{refund}/{step}");
    let own = book.finance().post(&step("approve"), &json!({})).await;
    assert_eq!(text(own.problem(403, "self-approval"), "requested_by"), "user:finance");
    for early in ["submit", "succeed"] {
        book.finance().post(&step(early), &json!({})).await.problem(409, "order-refund-not-in-state");
    }
    book.refund_steps(&refund, &["approve", "submit", "fail"]).await;
    assert_eq!(state(&book, &refund).await, "failed");
    book.finance().post(&step("succeed"), &json!({})).await.problem(409, "order-refund-not-in-state");
    book.finance().post(&step("submit"), &json!({})).await.problem(409, "order-refund-not-in-state");
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    // What failed can be asked back again, all of it.
    book.ask_back(&order, "99.00").await;
    let unknown = "/v1/refunds/F00000000000000000000000000/approve";
    book.approver().post(unknown, &json!({})).await.problem(404, "order-refund-not-found");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_from_the_wallet_goes_back_there_with_the_approval() {
    let (book, _) = start().await;
    let customer = book.customer_with("晨曦商贸有限公司", "100.00").await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.finance().post(&format!("/v1/orders/{order}/pay"), &json!({ "from": "wallet" })).await.ok();
    assert_eq!(book.funds(&customer).await, ["1.00", "0.00", "1.00"]);
    let refund = book.ask_back(&order, "40.00").await;
    let approved = book.refund_steps(&refund, &["approve", "approve"]).await;
    assert_eq!(text(&approved, "state"), "succeeded");
    assert_eq!(book.funds(&customer).await, ["41.00", "0.00", "41.00"]);
    assert_eq!(book.closing(["2205", "2241.01"]).await, ["-59.00", "-41.00"]);
    let rest = book.ask_back(&order, "59.00").await;
    book.finance()
        .post(&format!("/v1/refunds/{rest}/submit"), &json!({}))
        .await
        .problem(409, "refund-to-the-wallet");
    book.refund_steps(&rest, &["approve"]).await;
    assert_eq!(book.closing(["2205", "2241.01"]).await, ["0.00", "-100.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abnormal_refund_is_ended_by_a_person() {
    let (book, order) = paid().await;
    let refund = book.ask_back(&order, "10.00").await;
    let number = text(&book.refund_steps(&refund, &["approve", "submit"]).await, "number").to_owned();
    book.wechat_refund("SO-1-001", (&number, 10_00), "ABNORMAL").await;
    assert_eq!(state(&book, &refund).await, "abnormal");
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    book.refund_steps(&refund, &["succeed"]).await;
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["89.00", "-89.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_channel_says_of_refunds_that_cannot_be_is_not_believed() {
    let (book, order) = paid().await;
    let refund = book.ask_back(&order, "10.00").await;
    let number = text(&book.refund_steps(&refund, &["approve", "submit"]).await, "number").to_owned();
    book.wechat_refund("SO-1-001", (&number, 10_01), "SUCCESS").await;
    assert_eq!(state(&book, &refund).await, "submitted");
    book.wechat_refund("SO-1-001", ("made at the console", 5_00), "SUCCESS").await;
    book.refund_steps(&refund, &["succeed"]).await;
    book.wechat_refund("SO-1-001", (&number, 10_00), "CLOSED").await;
    let payment = book.shown("/v1/payments?exception=open").await;
    let kinds: Vec<_> =
        payment[0]["exceptions"].as_array().unwrap().iter().map(|one| text(one, "kind")).collect();
    assert_eq!(kinds, ["refund_amount_differs", "refund_unknown", "refund_contradicted"]);
    assert_eq!(self::number(&payment[0]), 3);
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["89.00", "-89.00"]);
    book.finish().await;
}

fn number(payment: &serde_json::Value) -> u64 {
    tallybook_tests::answer::number(payment, "open_exceptions")
}

#[tokio::test(flavor = "multi_thread")]
async fn alipay_counts_all_refunds_so_far() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "20").await;
    book.begin(&order, "alipay", "SO-1-001").await;
    assert_eq!(submit(&book.anyone(), form(&trade("n-1", "SO-1-001", book.now()))).await.text, "success");
    let mut numbers = Vec::new();
    for amount in ["8.00", "12.00"] {
        let refund = book.ask_back(&order, amount).await;
        numbers.push(text(&book.refund_steps(&refund, &["approve", "submit"]).await, "number").to_owned());
    }
    for (id, number, so_far) in [("n-2", 0, "7.99"), ("n-3", 0, "8.00"), ("n-4", 1, "20.00")] {
        let mut fields = trade(id, "SO-1-001", book.now());
        fields.extend([("refund_fee", so_far.to_owned()), ("out_biz_no", numbers[number].clone())]);
        assert_eq!(submit(&book.anyone(), form(&fields)).await.text, "success");
    }
    assert_eq!(book.closing(["1012.02", "2205"]).await, ["0.00", "0.00"]);
    assert_eq!(text(&book.shown(&format!("/v1/orders/{order}")).await, "state"), "closed");
    let doubted = book.shown("/v1/payments?exception=open").await;
    assert_eq!(self::number(&doubted[0]), 1, "what was less than the refund itself");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_customer_is_suspended_nothing_goes_back_through_a_channel() {
    let (book, order) = paid().await;
    let refund = book.ask_back(&order, "10.00").await;
    let customer = text(&book.shown(&format!("/v1/orders/{order}")).await, "customer").to_owned();
    let suspended = format!("/v1/customers/{customer}/suspend");
    book.finance().post(&suspended, &bodies::because("under investigation")).await.ok();
    let approve = format!("/v1/refunds/{refund}/approve");
    book.approver().post(&approve, &json!({})).await.problem(422, "customer-suspended");
    book.finance().post(&format!("/v1/customers/{customer}/reactivate"), &json!({})).await.ok();
    book.refund_steps(&refund, &["approve"]).await;
    book.finance().post(&suspended, &bodies::because("under investigation")).await.ok();
    let submit = format!("/v1/refunds/{refund}/submit");
    book.finance().post(&submit, &json!({})).await.problem(422, "customer-suspended");
    // What the channel has done all the same is recorded.
    book.refund_steps(&refund, &["succeed"]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_refund_takes_two_and_every_refund_is_decided_by_either_door() {
    let book = TestBook::start().await;
    let customer = book.customer("晨曦商贸有限公司").await;
    let order = book.ordered_and_paid(&customer, "SO-1", "6000.00").await;
    let body = json!({ "amount": bodies::yuan("5000.01"), "reason": "broken on arrival" });
    let asked = book.operator().post(&format!("/v1/orders/{order}/refunds"), &body).await;
    let large = text(asked.created(), "id").to_owned();
    assert_eq!(asked.body["missing_approvals"], 2);
    let small = book.ask_back(&order, "999.99").await;
    let approval = |refund: &str| format!("/v1/approvals/order_refund.{refund}.1");
    let row = book.shown(&approval(&large)).await;
    assert_eq!((&row["amounts"], &row["customer"]), (&json!([body["amount"]]), &json!(customer)));
    assert_eq!(
        (text(&row, "why"), text(&row, "requested_by"), &row["approvers"]),
        ("broken on arrival", "user:operator", &json!(2))
    );

    let half = book.refund_steps(&large, &["approve"]).await;
    assert_eq!((text(&half, "state"), &half["missing_approvals"]), ("requested", &json!(1)));
    let twice = book.approver().post(&format!("/v1/refunds/{large}/approve"), &json!({})).await;
    twice.problem(409, "approval-already-given");
    assert_eq!(book.funds(&customer).await, ["0.00", "0.00", "0.00"], "nothing has moved yet");
    let mine = book.fresh().await;
    let mine = book.finance().get(&format!("/v1/approvals?mine=true&sort=requested&{mine}")).await;
    assert_eq!(mine.data().as_array().unwrap().len(), 2, "neither has he asked for nor approved");
    let whole = book.changes(&book.finance(), &format!("{}/approve", approval(&large)), &json!({})).await;
    assert_eq!(text(&whole, "state"), "approved");
    assert_eq!(state(&book, &large).await, "succeeded");
    assert_eq!(book.funds(&customer).await, ["5000.01", "0.00", "5000.01"]);

    // The other is rejected, and its money can be asked back again.
    let take_back = format!("/v1/refunds/{small}/reject");
    book.operator().post(&take_back, &bodies::because("my mistake")).await.problem(403, "forbidden");
    book.refund_steps(&small, &["reject"]).await;
    assert_eq!(text(&book.shown(&approval(&small)).await, "state"), "rejected");
    let again = book.ask_back(&order, "999.99").await;
    assert_eq!(text(&book.refund_steps(&again, &["approve"]).await, "state"), "succeeded");
    let today = book.today();
    let report = format!("/v1/reports/segregation-of-duties?from={today}&to={today}&kind=order_refund");
    let report = book.shown(&report).await;
    assert_eq!(report.as_array().unwrap().len(), 3);
    let both = &report[0]["could_do_both"];
    assert_eq!((&both[0]["person"], &both[0]["because"]), (&json!("user:finance"), &json!(["role"])));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_called_failed_and_the_channel_has_paid_is_booked_once() {
    let (book, order) = paid().await;
    let refund = book.ask_back(&order, "33.00").await;
    let number = text(&book.refund_steps(&refund, &["approve", "submit", "fail"]).await, "number").to_owned();
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    for _ in 0..2 {
        book.wechat_refund("SO-1-001", (&number, 33_00), "SUCCESS").await;
        assert_eq!(state(&book, &refund).await, "succeeded");
        assert_eq!(book.closing(["1012.01", "2205"]).await, ["66.00", "-66.00"]);
    }
    let shown = book.shown(&format!("/v1/orders/{order}")).await;
    assert_eq!((&shown["refunded"], &shown["state"]), (&bodies::yuan("33.00"), &json!("paid")));
    assert_eq!(book.shown("/v1/payments?exception=open").await, json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_back_again_meanwhile_is_not_booked_twice() {
    let (book, order) = paid().await;
    let refund = book.ask_back(&order, "99.00").await;
    let number = text(&book.refund_steps(&refund, &["approve", "submit", "fail"]).await, "number").to_owned();
    let second = book.ask_back(&order, "99.00").await;
    let succeed = format!("/v1/refunds/{refund}/succeed");
    book.finance().post(&succeed, &json!({})).await.problem(409, "order-refund-not-in-state");
    book.wechat_refund("SO-1-001", (&number, 99_00), "SUCCESS").await;
    assert_eq!(state(&book, &refund).await, "failed");
    let open = book.shown("/v1/payments?exception=open").await;
    assert_eq!(text(&open[0]["exceptions"][0], "kind"), "refund_contradicted");
    assert_eq!(text(&open[0]["exceptions"][0], "refund"), refund);
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    // Still promised to the other; once that is given up, a person books what the channel has said, also after somebody
    // has looked at it.
    let looked = format!("/v1/payments/{}/resolve", text(&open[0], "id"));
    book.finance().post(&looked, &bodies::because("it was paid")).await.ok();
    book.finance().post(&succeed, &json!({})).await.problem(422, "refund-above-captured");
    book.refund_steps(&second, &["reject"]).await;
    let booked = book.refund_steps(&refund, &["succeed"]).await;
    assert_eq!((text(&booked, "state"), text(&booked, "order_state")), ("succeeded", "closed"));
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["0.00", "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_channel_pays_back_of_a_completed_order_is_no_revenue() {
    let order_times = OrderTimes { receive_after_days: 0, refund_window_days: 0, ..OrderTimes::default() };
    let api = ApiSettings { channels: channels(), order_times, ..ApiSettings::default() };
    let book = TestBook::start_differently(Differently { api, ..Differently::default() }).await;
    let customer = book.customer("青松贸易有限公司").await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.begin(&order, "wechat_pay", "SO-1-001").await;
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    let refund = book.ask_back(&order, "33.00").await;
    let number = text(&book.refund_steps(&refund, &["approve", "submit", "fail"]).await, "number").to_owned();
    let all = json!({ "lines": [{ "line": 1, "quantity": "1" }] });
    book.operator().post(&format!("/v1/orders/{order}/ship"), &all).await.ok();
    book.comes_to(&order, "completed").await;
    assert_eq!(book.closing(["1012.01", "2205", "6001"]).await, ["99.00", "0.00", "-99.00"]);
    for _ in 0..2 {
        book.wechat_refund("SO-1-001", (&number, 33_00), "SUCCESS").await;
    }
    assert_eq!(state(&book, &refund).await, "succeeded");
    assert_eq!(book.closing(["1012.01", "2205", "6001"]).await, ["66.00", "0.00", "-66.00"]);
    let shown = book.shown_order(&order).await;
    assert_eq!((&shown["state"], &shown["revenue"]), (&json!("completed"), &bodies::yuan("66.00")));
    book.finish().await;
}
