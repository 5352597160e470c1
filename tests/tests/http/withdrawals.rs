//! `/v1/withdrawals`

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::{TestBook, bodies};

const STEPS: [&str; 7] = ["approve", "reject", "cancel", "submit", "succeed", "fail", "return"];

#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_asked_for_is_held() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let (finance, body) = (book.finance(), bodies::withdrawal(&acme, "30.00", "W1"));
    let requested = book.creates(&finance, "/v1/withdrawals", &body).await;
    assert_eq!(requested["state"], "requested");
    assert_eq!(requested["balance"], bodies::yuan("100.00"));
    assert_eq!(requested["held"], bodies::yuan("30.00"));
    assert_eq!(requested["available"], bodies::yuan("70.00"));
    assert_eq!(book.funds(&acme).await, ["100.00", "30.00", "70.00"]);

    let path = format!("/v1/withdrawals/{}?{}", text(&requested, "id"), book.fresh().await);
    let found = book.auditor().get(&path).await;
    for (member, value) in [
        ("customer", json!(acme)),
        ("amount", bodies::yuan("30.00")),
        ("reference", json!("W1")),
        ("destination", body["destination"].clone()),
        ("state", json!("requested")),
        ("requested_by", json!("user:finance")),
    ] {
        assert_eq!(found.data()[member], value, "{member}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_is_available_is_refused() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.request(&acme, "30.00", "W1").await;
    for path in ["/v1/withdrawals", "/v1/withdrawals?dry_run=true"] {
        let request = book.finance().post(path, &bodies::withdrawal(&acme, "70.01", "W2"));
        let refused = book.refuses(request, 422, "insufficient-funds").await;
        assert_eq!(refused.body["available"], bodies::yuan("70.00"));
        assert_eq!(refused.body["requested"], bodies::yuan("70.01"));
    }
    let dollars = json!({ "amount": "0.01", "currency": "USD" });
    let body = bodies::with(bodies::withdrawal(&acme, "1.00", "W2"), "amount", Some(dollars));
    book.refuses(book.finance().post("/v1/withdrawals", &body), 422, "insufficient-funds").await;
    book.request(&acme, "70.00", "W2").await;
    assert_eq!(book.funds(&acme).await, ["100.00", "100.00", "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_requested_once_per_book() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let first = book.request(&acme, "10.00", "W1").await;
    book.take(&first, &["reject"]).await;
    let request = book.finance().post("/v1/withdrawals", &bodies::withdrawal(&acme, "20.00", "W1"));
    let refused = book.refuses(request, 409, "reference-taken").await;
    assert_eq!(refused.body["reference"], "W1");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_withdrawal_is_refused_with_every_reason() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let (finance, path) = (book.finance(), "/v1/withdrawals");
    let missing = ["/customer", "/amount", "/reference", "/destination"].map(|pointer| (pointer, "missing"));
    book.refuses_values(finance.post(path, &json!({})), &missing).await;
    let destination = json!({ "account_name": "", "account_number": 6222, "bank": "ICBC" });
    let wrong = bodies::with(bodies::withdrawal(&acme, "1.00", "W1"), "destination", Some(destination));
    let errors = [
        ("/destination/account_name", "empty"),
        ("/destination/account_number", "wrong_type"),
        ("/destination/bank", "unknown"),
    ];
    book.refuses_values(finance.post(path, &wrong), &errors).await;
    let unknown = bodies::withdrawal("C99999", "1.00", "W1");
    book.refuses(finance.post(path, &unknown), 404, "customer-not-found").await;
    for amount in ["0.00", "-1.00"] {
        let request = finance.post(path, &bodies::withdrawal(&acme, amount, "W1"));
        book.refuses(request, 422, "amount-not-positive").await;
    }
    let id = book.request(&acme, "10.00", "W1").await;
    for step in ["reject", "fail", "return"] {
        let client = if step == "reject" { book.approver() } else { book.finance() };
        let errors = [("/reason", "missing")];
        book.refuses_values(client.post(&step_path(&id, step), &json!({})), &errors).await;
    }
    let tomorrow_week = (book.today() + chrono::Days::new(8)).to_string();
    book.take(&id, &["approve"]).await;
    let submit = finance.post(&step_path(&id, "submit"), &json!({ "effective_date": tomorrow_week }));
    book.refuses(submit, 422, "effective-date-out-of-range").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_withdrawal_is_not_found() {
    let book = TestBook::start().await;
    for id in ["0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000", "W1", "0199F0A4-7D5E-7C3B-9A63-2F4BE8C1D000"] {
        book.auditor().get(&format!("/v1/withdrawals/{id}")).await.problem(404, "withdrawal-not-found");
        for step in STEPS {
            let client = if matches!(step, "approve" | "reject") { book.approver() } else { book.finance() };
            let request = client.post(&step_path(id, step), &step_body(step));
            book.refuses(request, 404, "withdrawal-not-found").await;
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn account_numbers_are_masked_for_those_who_need_not_know_them() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "30.00", "W1").await;
    let fresh = book.fresh().await;
    for (client, shown) in [
        (book.finance(), "6222021234567890123"),
        (book.approver(), "6222021234567890123"),
        (book.auditor(), "6222021234567890123"),
        (book.operator(), "••••0123"),
        (book.as_role(tallybook_tests::Role::Dashboard), "••••0123"),
    ] {
        let found = client.get(&format!("/v1/withdrawals/{id}?{fresh}")).await;
        assert_eq!(found.data()["destination"]["account_number"], shown);
        let listed = client.get(&format!("/v1/withdrawals?{fresh}")).await;
        assert_eq!(listed.data()[0]["destination"]["account_number"], shown);
        let table = client.get(&format!("/v1/withdrawals?{fresh}")).header("Accept", "text/csv").await;
        assert!(table.text.contains(shown), "{}", table.text);
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_are_listed_by_what_they_are() {
    let book = TestBook::start().await;
    let (acme, other) =
        (book.customer_with("Acme", "100.00").await, book.customer_with("Other", "100.00").await);
    let mut ids = Vec::new();
    for (customer, reference) in [(&acme, "A"), (&acme, "B"), (&other, "C")] {
        ids.push(book.request(customer, "10.00", reference).await);
    }
    book.take(&ids[1], &["approve"]).await;
    let (reader, fresh, today) = (book.auditor(), book.fresh().await, book.today());
    let listed = async |query: &str| -> String {
        let withdrawals = reader.all(&format!("/v1/withdrawals?{query}&{fresh}")).await;
        withdrawals.iter().map(|withdrawal| text(withdrawal, "reference").to_owned()).collect()
    };
    let (today, tomorrow) =
        (format!("from={today}&to={today}"), format!("from={}", today + chrono::Days::new(1)));
    let of_acme = format!("customer={acme}");
    for (query, references) in [
        ("", "CBA"),
        ("sort=requested", "ABC"),
        ("state=approved", "B"),
        ("state=requested", "CA"),
        ("reference=C", "C"),
        ("currency=USD", ""),
        (&of_acme, "BA"),
        (&today, "CBA"),
        (&tomorrow, ""),
    ] {
        assert_eq!(listed(query).await, references, "{query}");
    }
    book.finish().await;
}
