//! `/v1/customers`

use reqwest::Method;
use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_registered() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let registered =
        book.creates(&operator, "/v1/customers", &bodies::customer("上海闵行贸易有限公司")).await;
    assert_eq!(registered["name"], "上海闵行贸易有限公司");
    assert_eq!(registered["status"], "active");

    let id = text(&registered, "id");
    let found = operator.get(&format!("/v1/customers/{id}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["name"], "上海闵行贸易有限公司");
    let created = &found.data()["created"];
    assert_eq!((&created["by"], &created["position"]), (&json!("user:operator"), &registered["position"]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_reads_the_same_is_taken() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme  Ltd").await;
    for same in ["Acme Ltd", "ＡＣＭＥ　ＬＴＤ", " acme ltd "] {
        let request = book.operator().post("/v1/customers", &bodies::customer(same));
        book.refuses(request, 409, "customer-name-taken").await;
    }
    let other = book.customer("Other").await;
    let request = book.operator().patch(&format!("/v1/customers/{other}"), &bodies::customer("acme ltd"));
    book.refuses(request, 409, "customer-name-taken").await;

    let rename = (format!("/v1/customers/{acme}"), bodies::customer("Apex Ltd"));
    let answer = book.command(&book.operator(), Method::PATCH, (&rename.0, &rename.1), 200).await;
    assert_eq!(answer["name"], "Apex Ltd");
    book.customer("acme ltd").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_a_customer_has_already_is_no_change() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let path = format!("/v1/customers/{acme}");
    let first = book.operator().patch(&path, &bodies::customer("Acme")).await;
    assert_eq!(first.ok()["name"], "Acme");
    let events = book.auditor().get(&format!("/v1/events?aggregate_id={acme}")).await;
    assert_eq!(events.data().as_array().map(Vec::len), Some(1));
    let respelt = book.operator().patch(&path, &bodies::customer("ACME")).await;
    assert_eq!(respelt.ok()["name"], "ACME", "another spelling of one's own name is free");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_customer_is_reactivated() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let path = format!("/v1/customers/{}", book.customer("Acme").await);
    let (suspend, reactivate) = (format!("{path}/suspend"), format!("{path}/reactivate"));
    let as_it_was = book.changes(&operator, &reactivate, &json!({})).await;
    assert_eq!(as_it_was["status"], "active", "who is not suspended may withdraw already");

    let suspended = book.changes(&operator, &suspend, &bodies::because("chargebacks")).await;
    assert_eq!(suspended["status"], "suspended");
    let found = operator.get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["suspension_reason"], "chargebacks");
    let again = book.changes(&operator, &suspend, &bodies::because("again")).await;
    assert_eq!(again["status"], "suspended");
    let found = operator.get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["suspension_reason"], "chargebacks", "the first reason stands");

    let active = book.changes(&operator, &reactivate, &bodies::because("paid")).await;
    assert_eq!(active["status"], "active");
    let found = operator.get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(
        (&found.data()["status"], &found.data()["suspension_reason"]),
        (&json!("active"), &json!(null))
    );
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_customer_is_not_found() {
    let book = TestBook::start().await;
    let operator = book.operator();
    for id in ["C00042", "C042", "acme", "C00042.CNY", "%00", "C00001'--"] {
        let path = format!("/v1/customers/{id}");
        operator.get(&path).await.problem(404, "customer-not-found");
        let rename = operator.patch(&path, &bodies::customer("Acme"));
        book.refuses(rename, 404, "customer-not-found").await;
        for step in ["suspend", "reactivate"] {
            let request = operator.post(&format!("{path}/{step}"), &bodies::because("why not"));
            book.refuses(request, 404, "customer-not-found").await;
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_names_no_customer_is_refused_with_every_reason() {
    let book = TestBook::start().await;
    let (operator, path) = (book.operator(), "/v1/customers");
    for (body, errors) in [
        (json!({}), &[("/name", "missing")][..]),
        (json!({ "name": null }), &[("/name", "missing")]),
        (json!({ "name": 7 }), &[("/name", "wrong_type")]),
        (json!({ "name": "  " }), &[("/name", "empty")]),
        (json!({ "name": "a\u{0}b" }), &[("/name", "control_character")]),
        (json!({ "name": "店".repeat(201) }), &[("/name", "too_long")]),
        (
            json!({ "nom": "Acme", "id": "C00042" }),
            &[("/name", "missing"), ("/nom", "unknown"), ("/id", "unknown")],
        ),
    ] {
        book.refuses_values(operator.post(path, &body), errors).await;
    }
    let acme = book.customer("Acme").await;
    let suspend = format!("{path}/{acme}/suspend");
    book.refuses_values(operator.post(&suspend, &json!({})), &[("/reason", "missing")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_listed_by_name_and_status() {
    let book = TestBook::start().await;
    let mut ids = Vec::new();
    for name in ["Cherry", "apple", "Banana"] {
        ids.push(book.customer(name).await);
    }
    let suspend = format!("/v1/customers/{}/suspend", ids[2]);
    book.operator().post(&suspend, &bodies::because("chargebacks")).await.ok();
    let fresh = book.fresh().await;
    let reader = book.auditor();
    let listed = async |query: &str| -> Vec<String> {
        let customers = reader.all(&format!("/v1/customers?{query}&{fresh}")).await;
        customers.iter().map(|customer| text(customer, "name").to_owned()).collect()
    };
    assert_eq!(listed("sort=id").await, ["Cherry", "apple", "Banana"]);
    assert_eq!(listed("sort=-id").await, ["Banana", "apple", "Cherry"]);
    assert_eq!(listed("sort=name").await, ["Banana", "Cherry", "apple"]);
    assert_eq!(listed("status=suspended").await, ["Banana"]);
    assert_eq!(listed("name=AN").await, ["Banana"]);
    assert_eq!(listed("name=%25").await, Vec::<String>::new(), "a percent sign is no wildcard");
    reader.get("/v1/customers?sort=balance").await.invalid(&[("?sort", "unknown_value")]);
    reader.get("/v1/customers?status=gone").await.invalid(&[("?status", "malformed")]);
    book.finish().await;
}
