//! `/v1/payments` and what channels say of them: orders paid, paid twice, too late, too much.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::Differently;
use tallybook_tests::channels::{form, notified, paid, submit, tell, trade, transaction};
use tallybook_tests::{TestBook, bodies};

pub(crate) async fn start() -> (TestBook, String) {
    let book = TestBook::start_differently(notified()).await;
    let customer = book.customer("青松贸易有限公司").await;
    (book, customer)
}

/// The kinds of what stands out of a payment, and whether each is resolved.
pub(crate) fn exceptions(payment: &Value) -> Vec<(&str, bool)> {
    let all = payment["exceptions"].as_array().unwrap();
    all.iter().map(|one| (text(one, "kind"), !one["resolved"].is_null())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_by_a_signed_notification_however_often_it_comes() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    let begun = book.begin(&order, "wechat_pay", "SO-1-001").await;
    let id = text(&begun, "id").to_owned();
    assert_eq!((text(&begun, "state"), text(&begun, "merchant")), ("pending", "1230000109"));
    assert_eq!(begun["amount"], bodies::yuan("99.00"));
    let told = paid(&book, "EV-1", &transaction("SO-1-001", 99_00));
    for _ in 0..3 {
        assert_eq!(tell(&book.anyone(), &told).await.status, 204);
    }
    // The same money under another number of the notification.
    assert_eq!(tell(&book.anyone(), &paid(&book, "EV-2", &transaction("SO-1-001", 99_00))).await.status, 204);
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, ["99.00", "-99.00", "0.00"]);
    assert_eq!(text(&book.shown(&format!("/v1/orders/{order}")).await, "state"), "paid");
    let payment = book.shown(&format!("/v1/payments/{id}")).await;
    assert_eq!((text(&payment, "state"), number(&payment, "open_exceptions")), ("succeeded", 0));
    assert_eq!(text(&payment, "transaction"), "1217752501201407033233368018");
    let waiting = book.shown("/v1/channels/notifications?state=waiting").await;
    assert_eq!(waiting, json!([]), "both are applied");
    let fee = json!({ "amount": bodies::yuan("0.59") });
    for _ in 0..2 {
        book.finance().post(&format!("/v1/payments/{id}/fee"), &fee).await.ok();
    }
    let other = json!({ "amount": bodies::yuan("0.60") });
    book.finance().post(&format!("/v1/payments/{id}/fee"), &other).await.problem(409, "fee-charged");
    assert_eq!(book.closing(["1012.01", "6603"]).await, ["98.41", "0.59"]);
    book.operator()
        .post(&format!("/v1/payments/{id}/close"), &json!({}))
        .await
        .problem(409, "payment-not-pending");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_before_our_own_record_is_applied_when_it_comes() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.wechat_paid("SHOP-0001", 99_00, "42").await;
    let waiting = book.shown("/v1/channels/notifications?state=waiting&reference=SHOP-0001").await;
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    let begun = book.begin(&order, "wechat_pay", "SHOP-0001").await;
    assert_eq!((text(&begun, "state"), text(&begun, "order_state")), ("succeeded", "paid"));
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    assert_eq!(book.shown("/v1/channels/notifications?state=waiting").await, json!([]));
    // The same attempt again is the first; for another order the number is taken.
    assert_eq!(book.begin(&order, "wechat_pay", "SHOP-0001").await["state"], "succeeded");
    let another = book.order(&customer, "SO-2", "10").await;
    let body = json!({ "channel": "wechat_pay", "reference": "SHOP-0001" });
    let refused = book.operator().post(&format!("/v1/orders/{another}/payments"), &body).await;
    refused.problem(409, "payment-reference-taken");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_a_day_before_the_order_is_booked_and_stands_out() {
    let (book, customer) = start().await;
    let mut resource = transaction("SHOP-0001", 99_00);
    resource["success_time"] = (book.now() - chrono::TimeDelta::days(2)).to_rfc3339().into();
    assert_eq!(tell(&book.anyone(), &paid(&book, "EV-1", &resource)).await.status, 204);
    let order = book.order(&customer, "SO-1", "99").await;
    let begun = book.begin(&order, "wechat_pay", "SHOP-0001").await;
    assert_eq!((text(&begun, "order_state"), number(&begun, "open_exceptions")), ("paid", 1));
    let payment = book.shown(&format!("/v1/payments/{}", text(&begun, "id"))).await;
    assert_eq!(exceptions(&payment), [("before_order", false)]);
    assert_eq!(book.closing(["1012.01", "2205"]).await, ["99.00", "-99.00"]);
    // A person does not date it so.
    let another = book.order(&customer, "SO-2", "99").await;
    let begun = book.begin(&another, "wechat_pay", "SHOP-0002").await;
    let day = (book.now() - chrono::TimeDelta::days(2)).date_naive();
    let body = json!({ "transaction": "43", "amount": bodies::yuan("99.00"), "effective_date": day });
    let confirm = format!("/v1/payments/{}/confirm", text(&begun, "id"));
    book.finance().post(&confirm, &body).await.problem(422, "effective-date-out-of-range");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_early_for_an_order_that_was_cancelled_is_booked_all_the_same() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    book.wechat_paid("SHOP-0001", 99_00, "42").await;
    book.operator().post(&format!("/v1/orders/{order}/cancel"), &json!({})).await.ok();
    let begun = book.begin(&order, "wechat_pay", "SHOP-0001").await;
    assert_eq!((text(&begun, "order_state"), number(&begun, "open_exceptions")), ("cancelled", 1));
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, ["99.00", "0.00", "-99.00"]);
    // Of which nothing came, none can be begun.
    let body = json!({ "channel": "wechat_pay" });
    let refused = book.operator().post(&format!("/v1/orders/{order}/payments"), &body).await;
    refused.problem(409, "order-not-in-state");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_after_the_cancellation_is_booked_refunded_and_stands_out() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    let id = text(&book.begin(&order, "wechat_pay", "SO-1-001").await, "id").to_owned();
    book.operator().post(&format!("/v1/orders/{order}/cancel"), &json!({})).await.ok();
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, ["99.00", "0.00", "-99.00"]);
    assert_eq!(text(&book.shown(&format!("/v1/orders/{order}")).await, "state"), "cancelled");
    let open = book.shown("/v1/payments?exception=open").await;
    assert_eq!(exceptions(&open[0]), [("order_cancelled", false)]);
    let refunds = book.shown(&format!("/v1/refunds?payment={id}&ground=excess")).await;
    let refund = text(&refunds[0], "id").to_owned();
    assert_eq!((text(&refunds[0], "state"), text(&refunds[0], "why")), ("approved", "order_cancelled"));
    assert_eq!(book.shown("/v1/approvals").await, json!([]), "nobody asked for it");
    let submitted = book.refund_steps(&refund, &["submit"]).await;
    let first = text(&submitted, "number").to_owned();
    // The channel gives it up; it is tried again under another number, and a late word of the first changes nothing.
    book.wechat_refund("SO-1-001", (&first, 99_00), "CLOSED").await;
    assert_eq!(text(&book.shown(&format!("/v1/refunds/{refund}")).await, "state"), "failed");
    let again = book.refund_steps(&refund, &["submit"]).await;
    assert_eq!(text(&again, "number"), format!("{first}-2"));
    book.wechat_refund("SO-1-001", (&first, 99_00), "ABNORMAL").await;
    book.wechat_refund("SO-1-001", (text(&again, "number"), 99_00), "SUCCESS").await;
    assert_eq!(text(&book.shown(&format!("/v1/refunds/{refund}")).await, "state"), "succeeded");
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, ["0.00", "0.00", "0.00"]);
    // That the first went out, too, is not believed.
    book.wechat_refund("SO-1-001", (&first, 99_00), "SUCCESS").await;
    assert_eq!(book.closing(["1012.01", "2241.04"]).await, ["0.00", "0.00"]);
    let found = bodies::because("refunded, and the customer told");
    let resolved = book.finance().post(&format!("/v1/payments/{id}/resolve"), &found).await;
    assert_eq!(number(resolved.ok(), "open_exceptions"), 0);
    book.finance()
        .post(&format!("/v1/payments/{id}/resolve"), &found)
        .await
        .problem(409, "nothing-to-resolve");
    assert_eq!(book.shown("/v1/payments?exception=open").await, json!([]));
    let seen = book.shown("/v1/payments?exception=resolved").await;
    assert_eq!(exceptions(&seen[0]), [("order_cancelled", true), ("refund_contradicted", true)]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_than_was_asked_for_is_booked_and_stands_out() {
    let (book, customer) = start().await;
    for (order_no, reference, fen, [state, order_state, why, captured, excess]) in [
        ("SO-1", "SO-1-001", 12_000, ["succeeded", "paid", "overpaid", "99.00", "21.00"]),
        ("SO-2", "SO-2-001", 98_99, ["pending", "pending_payment", "underpaid", "0.00", "98.99"]),
    ] {
        let order = book.order(&customer, order_no, "99").await;
        let id = text(&book.begin(&order, "wechat_pay", reference).await, "id").to_owned();
        book.wechat_paid(reference, fen, "42").await;
        let payment = book.shown(&format!("/v1/payments/{id}")).await;
        assert_eq!((text(&payment, "state"), exceptions(&payment)), (state, vec![(why, false)]));
        assert_eq!(payment["captured"], bodies::yuan(captured));
        assert_eq!(payment["excess"], bodies::yuan(excess));
        assert_eq!(text(&book.shown(&format!("/v1/orders/{order}")).await, "state"), order_state);
        let refunds = book.shown(&format!("/v1/refunds?payment={id}")).await;
        assert_eq!((refunds.as_array().unwrap().len(), &refunds[0]["amount"]), (1, &bodies::yuan(excess)));
    }
    assert_eq!(book.closing(["1012.01", "2205", "2241.04"]).await, ["218.99", "-99.00", "-119.99"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_attempts_that_are_both_paid_one_pays_the_order() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "20").await;
    book.begin(&order, "wechat_pay", "SO-1-001").await;
    let second = book.begin(&order, "alipay", "SO-1-002").await;
    book.wechat_paid("SO-1-001", 20_00, "42").await;
    assert_eq!(submit(&book.anyone(), form(&trade("n-1", "SO-1-002", book.now()))).await.text, "success");
    // And the first once more, with other money.
    book.wechat_paid("SO-1-001", 20_00, "43").await;
    let closing = book.closing(["1012.01", "1012.02", "2205", "2241.04"]).await;
    assert_eq!(closing, ["40.00", "20.00", "-20.00", "-40.00"]);
    let alipay = book.shown(&format!("/v1/payments/{}", text(&second, "id"))).await;
    assert_eq!((text(&alipay, "state"), exceptions(&alipay)), ("pending", vec![("order_paid", false)]));
    let open = book.shown("/v1/payments?exception=open&channel=wechat_pay").await;
    assert_eq!(exceptions(&open[0]), [("paid_twice", false)]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_confirms_what_a_lost_notification_would_have_said() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    let id = text(&book.begin(&order, "wechat_pay", "SO-1-001").await, "id").to_owned();
    let path = format!("/v1/payments/{id}/confirm");
    let body = json!({ "transaction": "42", "amount": bodies::yuan("99.00"), "fee": bodies::yuan("0.59") });
    for _ in 0..2 {
        let confirmed = book.finance().post(&path, &body).await;
        assert_eq!(text(confirmed.ok(), "order_state"), "paid");
    }
    let otherwise = json!({ "transaction": "42", "amount": bodies::yuan("98.00") });
    book.finance().post(&path, &otherwise).await.problem(409, "transaction-differs");
    let invented = json!({ "transaction": "43", "amount": bodies::yuan("99.00") });
    book.finance().post(&path, &invented).await.problem(409, "payment-not-awaited");
    // It comes after all: it is known; with another amount it is not believed.
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    book.wechat_paid("SO-1-001", 1_00, "42").await;
    assert_eq!(book.closing(["1012.01", "2205", "6603"]).await, ["98.41", "-99.00", "0.59"]);
    let payment = book.shown(&format!("/v1/payments/{id}")).await;
    assert_eq!(exceptions(&payment), [("amount_contradicted", false)]);
    let unknown = "/v1/payments/Z00000000000000000000000000/confirm";
    book.finance().post(unknown, &body).await.problem(404, "payment-not-found");
    book.finish().await;
}

/// The number is mistyped, or invented: then the true notification of the money is more than was owed by that word alone.
#[tokio::test(flavor = "multi_thread")]
async fn money_that_doubles_a_persons_word_waits_for_somebody_else() {
    let (book, customer) = start().await;
    for (order_no, paid_by, why) in [("SO-1", "SO-1-001", "paid_twice"), ("SO-2", "SO-2-002", "order_paid")] {
        let order = book.order(&customer, order_no, "99").await;
        let confirmed =
            text(&book.begin(&order, "wechat_pay", &format!("{order_no}-001")).await, "id").to_owned();
        if paid_by.ends_with("2") {
            book.begin(&order, "wechat_pay", paid_by).await;
        }
        let body = json!({ "transaction": format!("{order_no}43"), "amount": bodies::yuan("99.00") });
        book.finance().post(&format!("/v1/payments/{confirmed}/confirm"), &body).await.ok();
        book.wechat_paid(paid_by, 99_00, &format!("{order_no}42")).await;
        let refunds = book.shown(&format!("/v1/refunds?order={order}&ground=excess")).await;
        assert_eq!((text(&refunds[0], "state"), text(&refunds[0], "why")), ("requested", why));
        assert_eq!(text(&refunds[0], "requested_by"), "user:finance");
        let approval = format!("/v1/approvals/order_refund.{}.1", text(&refunds[0], "id"));
        let waiting = book.shown(&approval).await;
        assert_eq!((text(&waiting, "state"), text(&waiting, "requested_by")), ("open", "user:finance"));
        let step = |step: &str| format!("/v1/refunds/{}/{step}", text(&refunds[0], "id"));
        let finance = book.finance();
        for early in ["submit", "succeed"] {
            finance.post(&step(early), &json!({})).await.problem(409, "order-refund-not-in-state");
        }
        finance.post(&step("approve"), &json!({})).await.problem(403, "self-approval");
        book.approver().post(&step("approve"), &json!({})).await.ok();
        let submitted = finance.post(&step("submit"), &json!({})).await;
        assert_eq!(text(submitted.ok(), "state"), "submitted");
    }
    book.finish().await;
}

/// By how many hours the journal's clock is ahead in the test below; no other test uses it.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn put_ahead() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_asked_for_again_when_nobody_has_looked_in_time() {
    let book = TestBook::start_differently(Differently { clock: Some(put_ahead), ..notified() }).await;
    let customer = book.customer("青松贸易有限公司").await;
    let order = book.order(&customer, "SO-1", "99").await;
    let payment = text(&book.begin(&order, "wechat_pay", "SO-1-001").await, "id").to_owned();
    let body = json!({ "transaction": "41", "amount": bodies::yuan("99.00") });
    book.finance().post(&format!("/v1/payments/{payment}/confirm"), &body).await.ok();
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    let refunds = book.shown(&format!("/v1/refunds?order={order}&ground=excess")).await;
    let refund = text(&refunds[0], "id").to_owned();
    let own = format!("/v1/refunds/{refund}/reject");
    book.finance().post(&own, &bodies::because("not mine")).await.problem(403, "self-approval");
    AHEAD.store(7 * 24, Ordering::SeqCst);
    for _ in 0..600 {
        let again: i64 =
            sqlx::query_scalar("SELECT count(*) FROM approvals WHERE state = 'open' AND id = $1")
                .bind(format!("order_refund.{refund}.2"))
                .fetch_one(book.pool())
                .await
                .unwrap();
        if again == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let first = book.shown(&format!("/v1/approvals/order_refund.{refund}.1")).await;
    assert_eq!(text(&first, "state"), "expired");
    let approve = format!("/v1/approvals/order_refund.{refund}.2/approve");
    book.changes(&book.approver(), &approve, &json!({})).await;
    let shown = book.shown(&format!("/v1/refunds/{refund}")).await;
    assert_eq!(text(&shown, "state"), "approved");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_excess_refund_is_given_another_number_by_the_channels_word_alone() {
    let (book, customer) = start().await;
    let order = book.order(&customer, "SO-1", "99").await;
    let payment = text(&book.begin(&order, "wechat_pay", "SO-1-001").await, "id").to_owned();
    book.operator().post(&format!("/v1/orders/{order}/cancel"), &json!({})).await.ok();
    book.wechat_paid("SO-1-001", 99_00, "42").await;
    let refunds = book.shown(&format!("/v1/refunds?payment={payment}")).await;
    let refund = text(&refunds[0], "id").to_owned();
    let first = text(&book.refund_steps(&refund, &["submit", "fail"]).await, "number").to_owned();
    let again = book.refund_steps(&refund, &["submit"]).await;
    assert_eq!(text(&again, "number"), first, "the channel pays a number once");
    book.wechat_refund("SO-1-001", (&first, 99_00), "CLOSED").await;
    // Then it says that it has paid it: who knows?
    book.wechat_refund("SO-1-001", (&first, 99_00), "SUCCESS").await;
    let submit = format!("/v1/refunds/{refund}/submit");
    let refused = book.finance().post(&submit, &json!({})).await;
    assert_eq!(text(refused.problem(409, "refund-doubted"), "payment"), payment);
    let found = bodies::because("closed, says its console");
    book.finance().post(&format!("/v1/payments/{payment}/resolve"), &found).await.ok();
    assert_eq!(text(&book.refund_steps(&refund, &["submit"]).await, "number"), format!("{first}-2"));
    assert_eq!(book.closing(["1012.01", "2241.04"]).await, ["99.00", "-99.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_not_set_up_takes_no_payments() {
    let book = TestBook::start().await;
    let customer = book.customer("青松贸易有限公司").await;
    let order = book.order(&customer, "SO-1", "99").await;
    let path = format!("/v1/orders/{order}/payments");
    book.operator().post(&path, &json!({ "channel": "alipay" })).await.problem(404, "channel-not-found");
    book.operator().post(&path, &json!({ "channel": "cheque" })).await.invalid(&[("/channel", "malformed")]);
    book.finish().await;
}
