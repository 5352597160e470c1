//! What a credit limit does to bills and orders, and `/v1/credit-alerts`

use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_domain::Month;
use tallybook_domain::billing::CreditPolicy;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::orders::order_over;
use tallybook_tests::settlement::sums;
use tallybook_tests::{TestBook, bodies};

const ALERTS: &str = "/v1/credit-alerts";
const RUNS: &str = "/v1/bill-runs";
const ORDERS: &str = "/v1/orders";

async fn blocking() -> TestBook {
    let api = ApiSettings { credit_policy: CreditPolicy::Block, ..ApiSettings::default() };
    TestBook::start_differently(Differently { api, ..Differently::default() }).await
}

/// Three months on end, the last of them last month.
fn months(book: &TestBook) -> [Month; 3] {
    let last = book.last_month();
    let before = last.previous().unwrap();
    [before.previous().unwrap(), before, last]
}

async fn limit(book: &TestBook, customer: &str, amount: &str) {
    let body = json!({ "credit_limit": bodies::yuan(amount) });
    book.operator().patch(&format!("/v1/customers/{customer}"), &body).await.ok();
}

async fn alerts(book: &TestBook, filter: &str) -> Vec<Value> {
    book.auditor().all(&format!("{ALERTS}?{filter}&{}", book.fresh().await)).await
}

fn ids(alerts: &[Value]) -> Vec<&str> {
    alerts.iter().map(|alert| text(alert, "id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_above_the_limit_is_issued_and_told_of() {
    let book = TestBook::start().await;
    let (acme, [first, second, third]) = (book.customer("Acme").await, months(&book));
    limit(&book, &acme, "1600.00").await;
    book.bill_over(&acme, (first, "1000"), None).await;
    let exactly = book.bill_over(&acme, (second, "600"), None).await;
    assert_eq!(alerts(&book, "").await, [json!(null); 0]);
    limit(&book, &acme, "2000.00").await;
    let above = book.bill_over(&acme, (third, "400.01"), None).await;
    assert_eq!(book.open_of(&above).await, "400.01", "it is issued all the same");

    let told = alerts(&book, &format!("customer={acme}&policy=warn&acknowledged=false")).await;
    assert_eq!(ids(&told), [above.as_str()]);
    for (member, value) in [
        ("customer", json!(acme)),
        ("policy", json!("warn")),
        ("note", json!(null)),
        ("limit", bodies::yuan("2000.00")),
        ("exposure", bodies::yuan("2000.01")),
        ("date", json!(book.today())),
        ("acknowledged", json!(false)),
        ("remark", json!(null)),
    ] {
        assert_eq!(told[0][member], value, "{member}");
    }
    let line = json!({ "lines": [{ "line": 1, "amount": bodies::yuan("1.00") }], "reason": "forgotten" });
    let debited = book.creates(&book.finance(), &format!("/v1/bills/{exactly}/debit-notes"), &line).await;
    assert_eq!(debited["note"], json!(1));
    let told = alerts(&book, "sort=raised").await;
    assert_eq!(ids(&told), [above.as_str(), exactly.as_str()]);
    assert_eq!((&told[1]["note"], &told[1]["exposure"]), (&json!(1), &bodies::yuan("2001.01")));
    let figures = book.auditor().get(&format!("/v1/customers/{acme}/figures")).await;
    let figures = &figures.data()["currencies"][0];
    assert_eq!((&figures["outstanding"], &figures["over_limit"]), (&told[1]["exposure"], &json!(true)));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_listed_and_acknowledged() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    limit(&book, &acme, "10.00").await;
    let bill = book.bill_over(&acme, (book.last_month(), "50"), None).await;
    let (finance, path) = (book.finance(), format!("{ALERTS}/{bill}/acknowledge"));
    book.refuses_values(finance.post(&path, &json!({})), &[("/remark", "missing")]).await;
    for none in ["C99999.2026-01", "none"] {
        let path = format!("{ALERTS}/{none}/acknowledge");
        book.refuses(finance.post(&path, &json!({ "remark": "x" })), 404, "credit-alert-not-found").await;
    }
    let called = json!({ "remark": "called them" });
    let done = book.changes(&finance, &path, &called).await;
    assert_eq!((text(&done, "id"), &done["acknowledged"]), (bill.as_str(), &json!(true)));
    finance.post(&path, &json!({ "remark": "once more" })).await.ok();

    let today = book.today();
    let tomorrow = today.succ_opt().unwrap();
    for (filter, count) in [
        ("acknowledged=false".to_owned(), 0),
        ("acknowledged=true".to_owned(), 1),
        ("policy=block".to_owned(), 0),
        ("customer=C99999".to_owned(), 0),
        (format!("from={today}&to={today}"), 1),
        (format!("from={tomorrow}"), 0),
    ] {
        assert_eq!(alerts(&book, &filter).await.len(), count, "{filter}");
    }
    let told = alerts(&book, "").await;
    assert_eq!((text(&told[0], "remark"), text(&told[0]["updated"], "by")), ("called them", "user:finance"));
    let csv = book.auditor().get(ALERTS).header("Accept", "text/csv").await;
    let row = format!("{bill},{acme},warn,,10.00,50.00,CNY,{today},true,called them,");
    assert!(csv.text.lines().nth(1).unwrap().starts_with(&row), "{}", csv.text);
    let wrong = book.auditor().get(&format!("{ALERTS}?policy=refuse"));
    book.refuses_values(wrong, &[("?policy", "malformed")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_billed_once_something_is_paid() {
    let book = blocking().await;
    let (acme, [_, second, third]) = (book.customer("Acme").await, months(&book));
    limit(&book, &acme, "1500.00").await;
    let owed = book.bill_over(&acme, (second, "1000"), None).await;
    let blocked = book.bill_over(&acme, (third, "600"), None).await;
    let run = book.finished_run(third).await;
    let reason = "1600.00 CNY would be owed, more than the credit limit of 1500.00 CNY";
    assert_eq!(text(&run["parked_customers"][0], "reason"), reason);
    let told = alerts(&book, "policy=block").await;
    assert_eq!((ids(&told), &told[0]["exposure"]), (vec![blocked.as_str()], &bodies::yuan("1600.00")));

    let again = json!({ "period": third, "customers": [acme] });
    let tried = book.finance().post(&format!("{RUNS}?dry_run=true"), &again).await;
    assert_eq!(tried.ok()["outcome"]["parked_customers"][0]["reason"], reason);
    let receipt = book.receipt(&acme, "100.00", "R-1").await;
    let paid = sums(&[("receipt", &receipt, "100.00")], &[(&owed, "100.00")]);
    book.finance().post("/v1/write-offs", &paid).await.created();
    book.finance().post(RUNS, &again).await.expect(202);
    let run = book.finished_run(third).await;
    assert_eq!((&run["billed"], &run["parked_customers"]), (&json!(1), &json!([])));
    assert_eq!(book.open_of(&blocked).await, "600.00");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_command_is_refused_with_the_facts() {
    let book = blocking().await;
    let (acme, bills) = book.owing("Acme", &["1000"]).await;
    let (finance, bill) = (book.finance(), &bills[0]);
    limit(&book, &acme, "1000.00").await;
    let line = json!({ "lines": [{ "line": 1, "amount": bodies::yuan("0.01") }], "reason": "forgotten" });
    let debits = format!("/v1/bills/{bill}/debit-notes");
    let refused = book.refuses(finance.post(&debits, &line), 422, "credit-limit-passed").await;
    for (member, value) in
        [("bill", json!(bill)), ("limit", bodies::yuan("1000.00")), ("exposure", bodies::yuan("1000.01"))]
    {
        assert_eq!(refused.body[member], value, "{member}");
    }
    finance.post(&format!("/v1/bills/{bill}/void"), &bodies::because("wrong plan")).await.ok();
    limit(&book, &acme, "999.99").await;
    let regenerate = format!("/v1/bills/{bill}/regenerate");
    let refused = book.refuses(finance.post(&regenerate, &json!({})), 422, "credit-limit-passed").await;
    assert_eq!(refused.body["bill"], json!(format!("{bill}.r2")));
    limit(&book, &acme, "1000.00").await;
    book.creates(&finance, &regenerate, &json!({})).await;
    assert_eq!(alerts(&book, "").await, [json!(null); 0]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_which_limits_would_be_passed() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    limit(&book, &acme, "1000.00").await;
    let (path, body) = (format!("{RUNS}?dry_run=true"), json!({ "period": book.last_month() }));
    let tried = book.finance().post(&path, &body).await;
    let passed = &tried.ok()["outcome"]["bills"][0]["passed_limit"];
    let expected = json!({ "limit": bodies::yuan("1000.00"), "exposure": bodies::yuan("1060.00") });
    assert_eq!(*passed, expected);
    let csv = book.finance().post(&path, &body).header("Accept", "text/csv").await;
    let bill = csv.text.lines().last().unwrap();
    assert!(
        bill.ends_with(
            ",1060.00,CNY,\"1060.00 CNY would be owed, more than the credit limit of 1000.00 CNY\""
        ),
        "{bill}"
    );
    book.finish().await;
}

async fn figures(book: &TestBook, customer: &str) -> Value {
    let path = format!("/v1/customers/{customer}/figures?{}", book.fresh().await);
    book.auditor().get(&path).await.data()["currencies"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_above_the_limit_is_placed_and_told_of() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["100"]).await;
    limit(&book, &acme, "250.00").await;
    let exactly = book.operator().post(ORDERS, &order_over(&acme, "SO-1", "150")).await.created().clone();
    assert_eq!(exactly["passed_limit"], json!(null));
    assert_eq!(alerts(&book, "").await, [json!(null); 0]);
    let shown = figures(&book, &acme).await;
    assert_eq!(
        (&shown["outstanding"], &shown["pending_orders"]),
        (&bodies::yuan("100.00"), &bodies::yuan("150.00"))
    );
    assert_eq!((&shown["credit_used"], &shown["over_limit"]), (&json!("1.0000"), &json!(false)));

    let body = order_over(&acme, "SO-2", "0.01");
    let above = json!({ "limit": bodies::yuan("250.00"), "exposure": bodies::yuan("250.01") });
    let tried = book.operator().post(&format!("{ORDERS}?dry_run=true"), &body).await;
    assert_eq!(tried.ok()["outcome"]["passed_limit"], above);
    let placed = book.creates(&book.operator(), ORDERS, &body).await;
    assert_eq!((&placed["passed_limit"], text(&placed, "state")), (&above, "pending_payment"));
    let id = text(&placed, "id");
    let told = alerts(&book, &format!("customer={acme}&policy=warn&acknowledged=false")).await;
    assert_eq!(ids(&told), [id]);
    assert_eq!((&told[0]["exposure"], &told[0]["note"]), (&bodies::yuan("250.01"), &json!(null)));
    assert_eq!(figures(&book, &acme).await["over_limit"], json!(true));
    let again = book.operator().post(ORDERS, &body).await.ok().clone();
    assert_eq!((&again["known"], &again["passed_limit"]), (&json!(true), &json!(null)));

    let path = format!("{ALERTS}/{id}/acknowledge");
    let seen_to = json!({ "remark": "called them" });
    let done = book.changes(&book.finance(), &path, &seen_to).await;
    assert_eq!((text(&done, "id"), &done["acknowledged"]), (id, &json!(true)));
    let none = format!("{ALERTS}/{}/acknowledge", text(&exactly, "id"));
    let refused = book.refuses(book.finance().post(&none, &seen_to), 404, "credit-alert-not-found").await;
    assert_eq!(refused.body["order"], exactly["id"]);
    for stream in [format!("{id}.credit-alert"), format!("{acme}.pending-orders")] {
        let events = book.auditor().all(&format!("/v1/events?aggregate_id={stream}")).await;
        assert_eq!(events.len(), 2, "{stream}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_orders_again_once_something_is_paid() {
    let book = blocking().await;
    let acme = book.customer_with("Acme", "500.00").await;
    limit(&book, &acme, "100.00").await;
    let first = book.place(&order_over(&acme, "SO-1", "60")).await;
    let (operator, body) = (book.operator(), order_over(&acme, "SO-2", "40.01"));
    for path in [ORDERS.to_owned(), format!("{ORDERS}?dry_run=true")] {
        let refused = book.refuses(operator.post(&path, &body), 422, "credit-limit-passed").await;
        for (member, amount) in [("limit", "100.00"), ("exposure", "100.01")] {
            assert_eq!(refused.body[member], bodies::yuan(amount), "{member}");
        }
        assert!(refused.body["order"].is_string() && refused.body["bill"].is_null(), "{}", refused.text);
    }
    assert_eq!(alerts(&book, "").await, [json!(null); 0], "a refused command changes nothing");
    book.pay(&first).await;
    let second = book.place(&body).await;
    book.refuses(operator.post(ORDERS, &order_over(&acme, "SO-3", "60")), 422, "credit-limit-passed").await;
    operator.post(&format!("{ORDERS}/{second}/cancel"), &json!({})).await.ok();
    assert_eq!(figures(&book, &acme).await["credit_used"], json!("0.0000"));
    let many = (0..12)
        .map(|number| operator.post(ORDERS, &order_over(&acme, &format!("SO-4-{number}"), "30")).attempt());
    let answers = futures::future::join_all(many).await;
    let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.unwrap().status).collect();
    let with = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((with(201), with(422)), (3, 9), "three of 30.00 fit under 100.00: {statuses:?}");
    book.finish().await;
}
