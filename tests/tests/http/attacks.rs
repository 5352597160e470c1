//! What someone sends who means no good, or whose program is wrong. Nothing of it may be recorded or answered 500.

use reqwest::Method;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::client::Request;
use tallybook_tests::{TestBook, bodies};

fn raw(book: &TestBook, path: &str, body: impl Into<String>) -> Request {
    book.finance().request(Method::POST, path).raw("application/json", body.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_never_a_json_number() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    for path in ["/v1/deposits", "/v1/withdrawals"] {
        let body = if path == "/v1/deposits" { bodies::deposit } else { bodies::withdrawal };
        for (amount, pointer) in [
            (r#"{"amount": 12.34, "currency": "CNY"}"#, "/amount/amount"),
            (r#"{"amount": 12, "currency": "CNY"}"#, "/amount/amount"),
            (r#"{"amount": 1e2, "currency": "CNY"}"#, "/amount/amount"),
            (r#"{"amount": true, "currency": "CNY"}"#, "/amount/amount"),
            (r#"{"amount": ["1.00"], "currency": "CNY"}"#, "/amount/amount"),
            (r#"{"amount": "1.00", "currency": 156}"#, "/amount/currency"),
            ("12.34", "/amount"),
            (r#""12.34 CNY""#, "/amount"),
            (r#"[{"amount": "1.00", "currency": "CNY"}]"#, "/amount"),
        ] {
            let given: Value = serde_json::from_str(amount).unwrap();
            let request =
                book.finance().post(path, &bodies::with(body(&acme, "1.00", "X"), "amount", Some(given)));
            book.refuses_values(request, &[(pointer, "wrong_type")]).await;
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_is_plain_digits_within_bounds() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let deposit = |amount: &str, currency: &str| {
        let money = json!({ "amount": amount, "currency": currency });
        book.finance()
            .post("/v1/deposits", &bodies::with(bodies::deposit(&acme, "1", "R"), "amount", Some(money)))
    };
    for (amount, currency, code) in [
        ("1.001", "CNY", "too_precise"),
        ("0.1", "JPY", "too_precise"),
        ("1.0001", "KWD", "too_precise"),
        ("0.00000000000000000000000000001", "CNY", "too_precise"),
        ("1000000000000000.01", "CNY", "out_of_range"),
        ("-1000000000000000.01", "CNY", "out_of_range"),
        ("99999999999999999999999999999999999999", "CNY", "out_of_range"),
        ("", "CNY", "malformed"),
        ("1,000.00", "CNY", "malformed"),
        ("+1.00", "CNY", "malformed"),
        (" 1.00", "CNY", "malformed"),
        ("1.00 ", "CNY", "malformed"),
        ("1e3", "CNY", "malformed"),
        (".5", "CNY", "malformed"),
        ("5.", "CNY", "malformed"),
        ("0x10", "CNY", "malformed"),
        ("NaN", "CNY", "malformed"),
        ("Infinity", "CNY", "malformed"),
        ("--1", "CNY", "malformed"),
        ("１２", "CNY", "malformed"),
        ("1.00; DROP TABLE events", "CNY", "malformed"),
    ] {
        book.refuses_values(deposit(amount, currency), &[("/amount/amount", code)]).await;
    }
    for currency in ["cny", "RMB", "XXXX", "", "CN¥", "¥"] {
        book.refuses_values(deposit("1.00", currency), &[("/amount/currency", "unknown_currency")]).await;
    }
    let nine_zeros = deposit(&format!("1.{}", "0".repeat(9)), "CNY").await;
    assert_eq!(nine_zeros.created()["amount"], bodies::yuan("1.00"), "zeros are no decimals");
    let million_digits = deposit(&"9".repeat(500_000), "CNY");
    book.refuses_values(million_digits, &[("/amount/amount", "out_of_range")]).await;
    book.finish().await;
}

/// The largest amount is 10^15; a wallet cannot hold more, and says so before anything is written.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_amounts_add_up_or_are_refused() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let most = "1000000000000000.00";
    book.deposit(&acme, most, "R1").await;
    let one_more = book.operator().post("/v1/deposits", &bodies::deposit(&acme, "0.01", "R2"));
    book.refuses(one_more, 422, "amount-out-of-range").await;
    // Many wallets may together hold more than one amount can be.
    book.deposit(&other, most, "R3").await;
    let trial = book.auditor().get(&format!("/v1/ledger/trial-balance?{}", book.fresh().await)).await;
    assert_eq!(trial.data()["currencies"][0]["debit"], bodies::yuan("2000000000000000.00"));
    book.request(&acme, most, "W1").await;
    assert_eq!(book.funds(&acme).await, [most, most, "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_not_ignored() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let money = json!({ "amount": "1.00", "currency": "CNY", "scale": 2 });
    let body = bodies::with(bodies::deposit(&acme, "1", "R"), "amount", Some(money));
    let body = bodies::with(body, "effectivedate", Some(json!("2026-01-01")));
    let errors = [("/amount/scale", "unknown"), ("/effectivedate", "unknown")];
    book.refuses_values(book.finance().post("/v1/deposits", &body), &errors).await;
    let twice = r#"{"name": "A", "name": "B"}"#;
    book.refuses_values(raw(&book, "/v1/customers", twice), &[("/name", "unknown")]).await;
    let id = book.request(&acme, "1.00", "W1").await;
    let approve =
        book.approver().post(&format!("/v1/withdrawals/{id}/approve"), &json!({ "by": "user:admin" }));
    book.refuses_values(approve, &[("/by", "unknown")]).await;
    let query = book.finance().post("/v1/customers?dryrun=true", &bodies::customer("A"));
    book.refuses_values(query, &[("?dryrun", "unknown")]).await;
    let query = book.finance().post("/v1/customers?dry_run=1", &bodies::customer("A"));
    book.refuses_values(query, &[("?dry_run", "malformed")]).await;
    for query in ["custmer=C00001", "limit=5&limit=6", "a%00b=1"] {
        book.auditor().get(&format!("/v1/deposits?{query}")).await.problem(422, "validation");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused() {
    let book = TestBook::start().await;
    let path = "/v1/customers";
    for body in ["{", "{\"name\": \"A\"", "name=A", "{\"name\": \"A\"} {}", "{'name': 'A'}", "\u{feff}{}"] {
        book.refuses(raw(&book, path, body), 400, "malformed-json").await;
    }
    let latin =
        book.finance().request(Method::POST, path).raw("application/json", b"{\"name\": \"\xe9\"}".to_vec());
    book.refuses(latin, 400, "malformed-json").await;
    // Ten thousand arrays within each other.
    let deep = format!("{{\"name\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let answer = raw(&book, path, deep).await;
    assert!(matches!(answer.status, 400 | 422), "{}", answer.status);
    for body in ["[]", "null", "\"A\"", "7"] {
        book.refuses_values(raw(&book, path, body), &[("", "wrong_type")]).await;
    }
    book.refuses_values(raw(&book, path, r#"{"name": "\ud800"}"#), &[("/name", "malformed")]).await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = book.finance().request(Method::POST, path).raw(content_type, r#"{"name": "A"}"#);
        book.refuses(request, 415, "unsupported-media-type").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused() {
    let book = TestBook::start().await;
    let large = format!(r#"{{"name": "{}"}}"#, "A".repeat(1024 * 1024));
    let request = book.finance().request(Method::POST, "/v1/customers").raw("application/json", large);
    let refused = book.refuses(request, 413, "body-too-large").await;
    assert_eq!(refused.body["limit"], 1024 * 1024);
    // Without a Content-Length, as a stream.
    let chunks = (0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let request = book.finance().request(Method::POST, "/v1/customers").raw("application/json", stream);
    book.refuses(request, 413, "body-too-large").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_texts_and_nothing_else() {
    let book = TestBook::start().await;
    let names = [
        "Robert'); DROP TABLE customers;--",
        "' OR '1'='1",
        "\\'; SELECT pg_sleep(10); --",
        "$1 %s {0} \\N",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(1,1)",
        "＝1+1",
        "a\"b,c;d",
        "<script>alert(1)</script>",
        "مرحبا 你好 🧧",
    ];
    let mut ids = Vec::new();
    for name in names {
        ids.push(book.customer(name).await);
        let reference = format!("{name} 1");
        let deposit = bodies::with(
            bodies::deposit(ids.last().unwrap(), "1.00", &reference),
            "remark",
            Some(json!(name)),
        );
        book.operator().post("/v1/deposits", &deposit).await.created();
    }
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let listed = reader.all(&format!("/v1/customers?{fresh}")).await;
    assert_eq!(listed.iter().map(|customer| text(customer, "name")).collect::<Vec<_>>(), names);

    // A spreadsheet that opens the table calculates nothing.
    for (path, column, suffix) in [("/v1/customers?sort=id", 1, ""), ("/v1/deposits?sort=recorded", 5, " 1")]
    {
        let table = reader.get(&format!("{path}&{fresh}")).header("Accept", "text/csv").await;
        assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(table.header("content-disposition").split(';').next(), Some("attachment"));
        let rows: Vec<Vec<String>> = records(&table.text);
        assert_eq!(rows.len(), names.len() + 1);
        for (row, name) in rows[1..].iter().zip(names) {
            let disarmed = if name.starts_with(['=', '+', '-', '@', '＝']) { "'" } else { "" };
            assert_eq!(row[column], format!("{disarmed}{name}{suffix}"));
        }
    }
    book.finish().await;
}

/// CSV as RFC 4180 has it.
fn records(table: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = table.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_a_value_and_nothing_else() {
    let book = TestBook::start().await;
    book.customer_with("Acme", "1.00").await;
    let reader = book.auditor();
    for query in [
        "/v1/customers?name='%20OR%201=1--",
        "/v1/deposits?reference='%20OR%201=1--",
        "/v1/events?aggregate_id='--",
    ] {
        assert_eq!(reader.get(query).await.data(), &json!([]), "{query}");
    }
    for query in [
        "/v1/customers?sort=name;DROP%20TABLE%20events",
        "/v1/deposits?from=2026-01-01'--",
        "/v1/events?after=1%20OR%201=1",
    ] {
        reader.get(query).await.problem(422, "validation");
    }
    for path in ["/v1/customers/%ff", "/v1/deposits/..%2f..%2fetc%2fpasswd", "/problems/..%2f..%2fCargo.toml"]
    {
        let status = reader.get(path).await.status;
        assert_eq!(status, 404, "{path}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_that_is_no_id_is_replaced() {
    let book = TestBook::start().await;
    for given in ["two words", &"x".repeat(129), "ключ"] {
        let answer = book.operator().get("/v1/customers").header("X-Request-Id", given).await;
        let made = answer.header("x-request-id");
        assert!(made != given && made.len() == 36, "{made}");
    }
    book.finish().await;
}
