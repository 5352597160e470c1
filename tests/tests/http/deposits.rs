//! `/v1/deposits`

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_the_customers_from_then_on() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body =
        bodies::with(bodies::deposit(&acme, "100.00", "ICBC-1"), "remark", Some(json!("March invoice")));
    let recorded = book.creates(&book.operator(), "/v1/deposits", &body).await;
    assert_eq!(recorded["state"], "recorded");
    assert_eq!(recorded["wallet"], format!("{acme}.CNY"));
    assert_eq!(recorded["amount"], bodies::yuan("100.00"));
    assert_eq!(recorded["balance"], bodies::yuan("100.00"));
    assert_eq!(recorded["available"], bodies::yuan("100.00"));

    let path = format!("/v1/deposits/{}?{}", text(&recorded, "id"), book.fresh().await);
    let found = book.auditor().get(&path).await;
    let found = found.data();
    for (member, value) in [
        ("customer", json!(acme)),
        ("amount", bodies::yuan("100.00")),
        ("reference", json!("ICBC-1")),
        ("method", json!("bank_transfer")),
        ("state", json!("recorded")),
        ("effective_date", json!(book.today())),
        ("remark", json!("March invoice")),
        ("reversal", json!(null)),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    assert_eq!(found["created"]["by"], "user:operator");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_method_debits_its_own_account() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for (method, amount) in
        [("bank_transfer", "1.00"), ("wechat_pay", "2.00"), ("alipay", "4.00"), ("cash", "8.00")]
    {
        let body = bodies::with(bodies::deposit(&acme, amount, method), "method", Some(json!(method)));
        book.operator().post("/v1/deposits", &body).await.created();
    }
    let trial = book.auditor().get(&format!("/v1/ledger/trial-balance?{}", book.fresh().await)).await;
    let closing: Vec<_> = trial.data()["currencies"][0]["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (text(line, "code"), text(&line["closing"], "amount")))
        .collect();
    let expected =
        [("1001", "8.00"), ("1002", "1.00"), ("1012.01", "2.00"), ("1012.02", "4.00"), ("2241.01", "-15.00")];
    assert_eq!(closing, expected);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_recorded_once_per_book() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    book.deposit(&acme, "100.00", "ICBC-1").await;
    for body in [
        bodies::deposit(&acme, "100.00", "ICBC-1"),
        bodies::deposit(&other, "5.00", "ICBC-1"),
        bodies::deposit(&other, "5.00", "  ICBC-1 "),
    ] {
        for path in ["/v1/deposits", "/v1/deposits?dry_run=true"] {
            let refused = book.refuses(book.operator().post(path, &body), 409, "reference-taken").await;
            assert_eq!(refused.body["reference"], "ICBC-1");
        }
    }
    book.deposit(&other, "5.00", "icbc-1").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_deposit_is_refused_with_every_reason() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let (operator, path) = (book.operator(), "/v1/deposits");
    let all_missing = ["/customer", "/amount", "/reference", "/method"].map(|pointer| (pointer, "missing"));
    book.refuses_values(operator.post(path, &json!({})), &all_missing).await;
    let wrong = json!({
        "customer": "Acme", "amount": "1.00", "reference": "", "method": "barter", "effective_date": "2026-3-1",
        "remark": "r".repeat(501), "currency": "CNY",
    });
    let errors = [
        ("/customer", "malformed"),
        ("/amount", "wrong_type"),
        ("/reference", "empty"),
        ("/method", "malformed"),
        ("/effective_date", "malformed"),
        ("/remark", "too_long"),
        ("/currency", "unknown"),
    ];
    book.refuses_values(operator.post(path, &wrong), &errors).await;

    let unknown = bodies::deposit("C99999", "1.00", "R");
    book.refuses(operator.post(path, &unknown), 404, "customer-not-found").await;
    for amount in ["0", "0.00", "-0.01"] {
        let request = operator.post(path, &bodies::deposit(&acme, amount, "R"));
        book.refuses(request, 422, "amount-not-positive").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_date_is_believed_from_1900_to_tomorrow() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let dated =
        |date: &str| bodies::with(bodies::deposit(&acme, "1.00", date), "effective_date", Some(json!(date)));
    let day = |days: u64| (book.today() + chrono::Days::new(days)).to_string();
    for date in [day(2), "9999-12-31".into(), "1899-12-31".into(), "0026-03-01".into()] {
        let refused = book.operator().post("/v1/deposits", &dated(&date));
        let refused = book.refuses(refused, 422, "effective-date-out-of-range").await;
        assert_eq!(
            (&refused.body["latest"], &refused.body["earliest"]),
            (&json!(day(1)), &json!("1900-01-01"))
        );
    }
    for date in [day(1), "2012-02-29".into()] {
        book.operator().post("/v1/deposits", &dated(&date)).await.created();
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversed_deposit_leaves_the_wallet_and_frees_its_reference() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let id = text(&book.deposit(&acme, "100.00", "ICBC-1").await, "id").to_owned();
    let reverse = format!("/v1/deposits/{id}/reverse");
    let reversed = book.changes(&book.finance(), &reverse, &bodies::because("wrong customer")).await;
    assert_eq!((&reversed["state"], &reversed["id"]), (&json!("reversed"), &json!(id)));
    assert_eq!(reversed["balance"], bodies::yuan("0.00"));

    let found = book.auditor().get(&format!("/v1/deposits/{id}?{}", book.fresh().await)).await;
    let (found, today) = (found.data(), json!(book.today()));
    assert_eq!(found["state"], "reversed");
    let reversal = &found["reversal"];
    assert_eq!((&reversal["reason"], &reversal["effective_date"]), (&json!("wrong customer"), &today));
    assert_eq!(found["updated"]["by"], "user:finance");

    book.deposit(&other, "100.00", "ICBC-1").await;
    let events = book.auditor().all("/v1/events?after=0").await.len();
    let again = book.finance().post(&reverse, &bodies::because("twice")).await;
    assert_eq!((again.status, &again.body["state"]), (200, &json!("reversed")));
    assert_eq!(book.auditor().all("/v1/events?after=0").await.len(), events, "nothing happened twice");
    let taken = book.finance().post("/v1/deposits", &bodies::deposit(&acme, "1.00", "ICBC-1"));
    book.refuses(taken, 409, "reference-taken").await;
    assert_eq!(book.funds(&other).await, ["100.00", "0.00", "100.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_never_overdraws() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let first = text(&book.deposit(&acme, "100.00", "R1").await, "id").to_owned();
    book.deposit(&acme, "30.00", "R2").await;
    let withdrawal = book.request(&acme, "30.01", "W1").await;
    let reverse = format!("/v1/deposits/{first}/reverse");
    let request = book.finance().post(&reverse, &bodies::because("recalled"));
    let refused = book.refuses(request, 422, "reversal-would-overdraw").await;
    assert_eq!(refused.body["available"], bodies::yuan("99.99"));
    assert_eq!(refused.body["requested"], bodies::yuan("100.00"));
    book.take(&withdrawal, &["reject"]).await;
    book.finance().post(&reverse, &bodies::because("recalled")).await.ok();
    assert_eq!(book.funds(&acme).await, ["30.00", "0.00", "30.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_deposit_is_not_found() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.request(&acme, "1.00", "W1").await;
    // Entry 2 of the wallet is there, but it is no deposit.
    for id in [format!("{acme}.CNY.2"), format!("{acme}.CNY.99"), format!("{acme}.CNY"), "x".into()] {
        let path = format!("/v1/deposits/{id}");
        book.auditor().get(&path).await.problem(404, "deposit-not-found");
        let request = book.finance().post(&format!("{path}/reverse"), &bodies::because("why not"));
        book.refuses(request, 404, "deposit-not-found").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_customers_wallet_takes_deposits() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let suspend = format!("/v1/customers/{acme}/suspend");
    book.operator().post(&suspend, &bodies::because("chargebacks")).await.ok();
    book.deposit(&acme, "100.00", "R1").await;
    assert_eq!(book.funds(&acme).await, ["100.00", "0.00", "100.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_listed_by_what_they_are() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let mut ids = Vec::new();
    for (customer, reference, date) in
        [(&acme, "A", "2026-01-31"), (&acme, "B", "2025-12-31"), (&other, "C", "2026-02-01")]
    {
        let body =
            bodies::with(bodies::deposit(customer, "10.00", reference), "effective_date", Some(json!(date)));
        ids.push(text(book.operator().post("/v1/deposits", &body).await.created(), "id").to_owned());
    }
    let reverse = format!("/v1/deposits/{}/reverse", ids[1]);
    book.finance().post(&reverse, &bodies::because("recalled")).await.ok();
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let listed = async |query: &str| -> String {
        let deposits = reader.all(&format!("/v1/deposits?{query}&{fresh}")).await;
        deposits.iter().map(|deposit| text(deposit, "reference").to_owned()).collect()
    };
    for (query, references) in [
        ("", "CBA"),
        ("sort=recorded", "ABC"),
        ("sort=effective_date", "BAC"),
        ("sort=-effective_date", "CAB"),
        ("state=reversed", "B"),
        ("reference=A", "A"),
        ("method=cash", ""),
        ("currency=USD", ""),
        ("from=2026-01-31", "CA"),
        ("from=2026-01-31&to=2026-01-31", "A"),
        ("to=2025-12-31", "B"),
    ] {
        assert_eq!(listed(query).await, references, "{query}");
    }
    assert_eq!(listed(&format!("customer={acme}")).await, "BA");
    reader.get("/v1/deposits?from=2026-02-01&to=2026-01-31").await.problem(422, "validation");
    reader.get("/v1/deposits?customer=acme").await.invalid(&[("?customer", "malformed")]);
    book.finish().await;
}
