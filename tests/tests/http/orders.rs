//! `/v1/orders`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::orders::{order, order_over, order_path, pay};
use tallybook_tests::{TestBook, bodies, truths};

use crate::list_forms::XLSX;

const ORDERS: &str = "/v1/orders";

fn parts(lines: &[(u32, &str)]) -> Value {
    let lines: Vec<Value> =
        lines.iter().map(|(line, quantity)| json!({ "line": line, "quantity": quantity })).collect();
    json!({ "lines": lines })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_from_the_wallet_and_delivered_in_parts() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "200.00").await;
    let placed = book.creates(&book.operator(), ORDERS, &order(&acme, "SO-1")).await;
    let id = text(&placed, "id").to_owned();
    assert_eq!((text(&placed, "state"), &placed["amount"]), ("pending_payment", &bodies::yuan("112.51")));
    assert_eq!(book.closing(["2205", "2241.01"]).await, ["0.00", "-200.00"], "nothing is owed yet");
    truths::hold(&book.witness()).await;

    let paid = book.changes(&book.finance(), &order_path(&id, "pay"), &json!({ "from": "wallet" })).await;
    assert_eq!((text(&paid, "state"), &paid["captured"]), ("paid", &bodies::yuan("112.51")));
    assert_eq!(
        (text(&paid, "wallet"), &paid["available"]),
        (format!("{acme}.CNY").as_str(), &bodies::yuan("87.49"))
    );
    assert_eq!(book.closing(["2205", "2241.01"]).await, ["-112.51", "-87.49"]);
    truths::hold(&book.witness()).await;
    pay(&book.finance(), &id).await.ok();
    assert_eq!(book.funds(&acme).await, ["87.49", "0.00", "87.49"], "it is paid once");

    let ship = order_path(&id, "ship");
    let first = book.changes(&book.operator(), &ship, &parts(&[(1, "2")])).await;
    assert_eq!((text(&first, "state"), &first["due_at"]), ("partly_shipped", &json!(null)));
    let rest = book.operator().post(&ship, &parts(&[(1, "1"), (2, "0.5")])).await;
    assert_eq!(text(rest.ok(), "state"), "shipped");
    assert!(rest.body["due_at"].is_string(), "it will be received by itself");
    let received = book.changes(&book.operator(), &order_path(&id, "receive"), &json!({})).await;
    assert_eq!(text(&received, "state"), "received");
    assert_eq!(
        book.closing(["2205", "6001"]).await,
        ["-112.51", "0.00"],
        "nothing is earned before the window ends"
    );

    let shown = book.shown_order(&id).await;
    let steps: Vec<&str> =
        shown["timeline"].as_array().unwrap().iter().map(|step| text(step, "step")).collect();
    assert_eq!(steps, ["placed", "paid", "shipped", "shipped", "received"]);
    assert_eq!(shown["timeline"][2]["parts"], json!([{ "line": 1, "quantity": "2" }]));
    assert_eq!(
        (text(&shown["timeline"][4], "taken_by"), text(&shown["timeline"][4], "by")),
        ("person", "user:operator")
    );
    let shipped: Vec<&str> =
        shown["lines"].as_array().unwrap().iter().map(|line| text(line, "shipped")).collect();
    assert_eq!(shipped, ["3", "0.5"]);
    assert_eq!((text(&shown, "method"), text(&shown, "payment")), ("wallet", format!("{acme}.CNY").as_str()));
    let discounts = ["discount", "member_level", "coupon"];
    let named: Vec<&str> =
        shown["discounts"].as_array().unwrap().iter().map(|one| text(one, "name")).collect();
    assert_eq!((named, &shown["discount"]), (discounts.to_vec(), &bodies::yuan("8.00")));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_order_again_is_answered_with_the_first() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let first = book.operator().post(ORDERS, &order(&acme, "SO-1")).await.created().clone();
    assert_eq!(first["known"], false);
    let again = book.operator().post(ORDERS, &order(&acme, "SO-1")).await.ok().clone();
    assert_eq!(
        (&again["id"], &again["known"], &again["due_at"]),
        (&first["id"], &json!(true), &first["due_at"])
    );
    for other in [
        order_over(&acme, "SO-1", "9.90"),
        bodies::with(order(&acme, "SO-1"), "freight", Some(bodies::yuan("8.01"))),
        order(&book.customer("Apex").await, "SO-1"),
    ] {
        let refused = book.refuses(book.operator().post(ORDERS, &other), 409, "order-number-taken").await;
        assert_eq!(refused.body["order"], first["id"]);
    }
    let many = (0..20).map(|_| book.operator().post(ORDERS, &order(&acme, "SO-2")).attempt());
    let answers = futures::future::join_all(many).await;
    let created = answers.iter().filter(|answer| answer.as_ref().unwrap().status == 201).count();
    assert_eq!(created, 1, "twenty at once place one");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_is_refused() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let operator = book.operator();
    let missing = [("/customer", "missing"), ("/order_no", "missing"), ("/lines", "missing")];
    book.refuses_values(operator.post(ORDERS, &json!({})), &missing).await;
    let number = json!([{ "sku": "A", "name": "A", "quantity": 1, "unit_price": "1.0000000000001" }]);
    let body = bodies::with(order(&acme, "SO-1"), "lines", Some(number));
    let errors = [("/lines/0/quantity", "wrong_type"), ("/lines/0/unit_price", "too_precise")];
    book.refuses_values(operator.post(ORDERS, &body), &errors).await;
    let changed = |member: &str, value: Value| bodies::with(order(&acme, "SO-1"), member, Some(value));
    for (body, kind) in [
        (changed("lines", json!([])), "order-malformed"),
        (changed("freight", bodies::yuan("-1.00")), "order-malformed"),
        (changed("discount", bodies::yuan("-1.00")), "order-malformed"),
        (changed("discount", bodies::yuan("113.51")), "amount-not-positive"),
        (changed("freight", json!({ "amount": "1", "currency": "JPY" })), "currency-mismatch"),
    ] {
        book.refuses(operator.post(ORDERS, &body), 422, kind).await;
    }
    book.refuses(operator.post(ORDERS, &order("C99999", "SO-1")), 404, "customer-not-found").await;
    operator.post(&format!("/v1/customers/{acme}/close"), &bodies::because("gone")).await.ok();
    book.refuses(operator.post(ORDERS, &order(&acme, "SO-1")), 422, "customer-closed").await;
    for (step, body) in [("pay", json!({ "from": "wallet" })), ("cancel", json!({})), ("receive", json!({}))]
    {
        let path = order_path("O2GT6WQ5NVB8KZ0M4YXR7C1JHPD", step);
        book.refuses(book.finance().post(&path, &body), 404, "order-not-found").await;
    }
    let path = order_path("O2GT6WQ5NVB8KZ0M4YXR7C1JHPD", "pay");
    let from = json!({ "from": "card" });
    book.refuses_values(book.finance().post(&path, &from), &[("/from", "unknown_value")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_gives_nothing_pays_no_order() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let dear = book.place(&order(&acme, "SO-1")).await;
    let refused = book.refuses(pay(&book.finance(), &dear), 422, "insufficient-funds").await;
    assert_eq!(refused.body["available"], bodies::yuan("100.00"));
    let cheap = book.place(&order_over(&acme, "SO-2", "40.00")).await;
    book.request(&acme, "70.00", "W1").await;
    let refused = book.refuses(pay(&book.finance(), &cheap), 422, "insufficient-funds").await;
    assert_eq!(refused.body["available"], bodies::yuan("30.00"), "what is held pays nothing else");

    let cheaper = book.place(&order_over(&acme, "SO-3", "20.00")).await;
    let wallet = format!("/v1/wallets/{acme}.CNY");
    book.finance().post(&format!("{wallet}/freeze"), &bodies::because("odd")).await.ok();
    book.refuses(pay(&book.finance(), &cheaper), 422, "wallet-frozen").await;
    book.approver().post(&format!("{wallet}/unfreeze"), &bodies::because("fine")).await.ok();
    let customer = format!("/v1/customers/{acme}");
    book.operator().post(&format!("{customer}/suspend"), &bodies::because("fraud")).await.ok();
    book.refuses(pay(&book.finance(), &cheaper), 422, "customer-suspended").await;
    book.operator().post(&format!("{customer}/reactivate"), &json!({})).await.ok();
    book.pay(&cheaper).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_cancelled_until_it_is_paid() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "200.00").await;
    let id = book.place(&order(&acme, "SO-1")).await;
    let cancel = order_path(&id, "cancel");
    let cancelled = book.changes(&book.operator(), &cancel, &bodies::because("ordered twice")).await;
    assert_eq!((text(&cancelled, "state"), &cancelled["due_at"]), ("cancelled", &json!(null)));
    let late = book.refuses(pay(&book.finance(), &id), 409, "order-not-in-state").await;
    assert_eq!((text(&late.body, "state"), text(&late.body, "action")), ("cancelled", "pay"));
    book.operator().post(&cancel, &json!({})).await.ok();
    let shown = book.shown_order(&id).await;
    let last = &shown["timeline"][1];
    assert_eq!(
        (text(last, "step"), text(last, "taken_by"), text(last, "reason")),
        ("cancelled", "person", "ordered twice")
    );
    let paid = book.place(&order(&acme, "SO-2")).await;
    book.pay(&paid).await;
    book.refuses(book.operator().post(&order_path(&paid, "cancel"), &json!({})), 409, "order-not-in-state")
        .await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipment_holds_what_is_left_of_the_order() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "200.00").await;
    let id = book.place(&order(&acme, "SO-1")).await;
    let (operator, ship) = (book.operator(), order_path(&id, "ship"));
    book.refuses(operator.post(&ship, &parts(&[(1, "1")])), 409, "order-not-in-state").await;
    book.pay(&id).await;
    for (body, kind) in [
        (json!({}), "shipment-malformed"),
        (json!({ "last": true }), "shipment-malformed"),
        (parts(&[(1, "1"), (1, "1")]), "shipment-malformed"),
        (parts(&[(3, "1")]), "order-line-not-found"),
        (parts(&[(1, "3.1")]), "above-unshipped"),
    ] {
        book.refuses(operator.post(&ship, &body), 422, kind).await;
    }
    let wrong = json!({ "lines": [{ "line": "1", "quantity": "1" }] });
    book.refuses_values(operator.post(&ship, &wrong), &[("/lines/0/line", "wrong_type")]).await;
    operator.post(&ship, &parts(&[(1, "1")])).await.ok();
    book.refuses(operator.post(&order_path(&id, "receive"), &json!({})), 409, "order-not-in-state").await;
    let last = operator.post(&ship, &json!({ "last": true })).await;
    assert_eq!(text(last.ok(), "state"), "shipped", "nothing more comes");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_listed() {
    let book = TestBook::start().await;
    let (acme, apex) = (book.customer_with("Acme", "200.00").await, book.customer("Apex").await);
    let paid = book.place(&order(&acme, "SO-1")).await;
    book.pay(&paid).await;
    let waits = book.place(&order_over(&acme, "SO-2", "9.90")).await;
    let other =
        book.place(&bodies::with(order_over(&apex, "=SO-3", "5"), "currency", Some(json!("JPY")))).await;
    let (fresh, today) = (book.fresh().await, book.today());
    for (query, expected) in [
        (String::new(), vec![&other, &waits, &paid]),
        ("sort=placed".to_owned(), vec![&paid, &waits, &other]),
        (format!("customer={acme}"), vec![&waits, &paid]),
        ("status=paid".to_owned(), vec![&paid]),
        ("state=paid".to_owned(), vec![&paid]),
        ("order_no=SO-2".to_owned(), vec![&waits]),
        (format!("from={today}&to={today}&status=pending_payment&customer={apex}"), vec![&other]),
        (format!("to={}", today.pred_opt().unwrap()), vec![]),
    ] {
        let found = book.auditor().all(&format!("{ORDERS}?{query}&{fresh}")).await;
        let ids: Vec<&str> = found.iter().map(|order| text(order, "id")).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let page = book.auditor().get(&format!("{ORDERS}?limit=2&{fresh}")).await;
    let cursor = text(&page.body, "next_cursor").to_owned();
    let next = book.auditor().get(&format!("{ORDERS}?limit=2&cursor={cursor}&{fresh}")).await;
    assert_eq!((page.data().as_array().unwrap().len(), text(&next.data()[0], "id")), (2, paid.as_str()));
    book.auditor().get(&format!("{ORDERS}?status=lost")).await.problem(422, "validation");

    let csv = book.auditor().get(&format!("{ORDERS}?sort=placed&{fresh}")).header("Accept", "text/csv").await;
    let lines: Vec<&str> = csv.text.lines().collect();
    assert!(
        lines[0].trim_start_matches('\u{feff}').starts_with("id,order_no,customer,state,"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains(",paid,") && lines[1].contains("112.51,8.00,8.00,0.13,wallet"), "{}", lines[1]);
    assert!(!lines[3].contains(",=SO-3"), "no formula: {}", lines[3]);
    let workbook = book.auditor().get(&format!("{ORDERS}?{fresh}")).header("Accept", XLSX).await;
    assert_eq!((workbook.status, workbook.header("content-type")), (200, XLSX));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_counts_orders() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "200.00").await;
    for (number, price) in [("SO-1", "10.00"), ("SO-2", "20.01"), ("SO-3", "5.00")] {
        let id = book.place(&order_over(&acme, number, price)).await;
        if number != "SO-3" {
            book.pay(&id).await;
        }
    }
    let today = book.today();
    let path = format!("/v1/dashboard?from={today}&to={today}&currency=CNY&{}", book.fresh().await);
    let day = book.as_role(tallybook_tests::Role::Dashboard).get(&path).await;
    let day = &day.data()["currencies"][0]["days"][0];
    assert_eq!(
        (&day["orders"], &day["orders_converted"], text(day, "conversion")),
        (&json!(3), &json!(2), "0.6667")
    );
    assert_eq!((&day["order_payments"], &day["order_payment_count"]), (&bodies::yuan("30.01"), &json!(2)));
    assert_eq!(day["average_order"], bodies::yuan("15.01"));
    assert_eq!((&day["order_refunds"], &day["net"]), (&bodies::yuan("0.00"), &bodies::yuan("200.00")));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_an_open_order_is_not_closed() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let id = book.place(&order(&acme, "SO-1")).await;
    let close = format!("/v1/customers/{acme}/close");
    let refused =
        book.refuses(book.operator().post(&close, &bodies::because("gone")), 409, "customer-still-open");
    let open = refused.await.body["open"].clone();
    assert_eq!(open, json!([{ "order": id, "state": "pending_payment" }]));
    book.operator().post(&order_path(&id, "cancel"), &json!({})).await.ok();
    book.operator().post(&close, &bodies::because("gone")).await.ok();
    book.finish().await;
}
