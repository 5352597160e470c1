//! `/v1/ledger`

use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{TestBook, bodies};

/// A bank deposit of 100.00 in January, an Alipay one of 50.00 in February; of 30.00 asked for, 20.00 are paid and
/// 10.00 on their way.
async fn a_book_with_postings() -> (TestBook, String) {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for (amount, method, date) in
        [("100.00", "bank_transfer", "2026-01-31"), ("50.00", "alipay", "2026-02-01")]
    {
        let body = bodies::with(bodies::deposit(&acme, amount, method), "method", Some(json!(method)));
        let body = bodies::with(body, "effective_date", Some(json!(date)));
        book.operator().post("/v1/deposits", &body).await.created();
    }
    let paid = book.request(&acme, "20.00", "W1").await;
    let sent = book.request(&acme, "10.00", "W2").await;
    book.take(&paid, &["approve"]).await;
    book.take(&sent, &["approve"]).await;
    for (id, step, date) in
        [(&paid, "submit", "2026-02-02"), (&paid, "succeed", "2026-02-03"), (&sent, "submit", "2026-02-03")]
    {
        let on = json!({ "effective_date": date });
        book.finance().post(&format!("/v1/withdrawals/{id}/{step}"), &on).await.ok();
    }
    (book, paid)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_chart_is_shown_with_its_balances() {
    let (book, _) = a_book_with_postings().await;
    let accounts = book.auditor().get(&format!("/v1/ledger/accounts?{}", book.fresh().await)).await;
    let balances: Vec<_> = accounts
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|account| (text(account, "code"), account["balances"][0]["balance"]["amount"].as_str()))
        .collect();
    let expected = [
        ("1001", None),
        ("1002", Some("80.00")),
        ("1012", Some("50.00")),
        ("1012.01", None),
        ("1012.02", Some("50.00")),
        ("1122", None),
        ("2203", None),
        ("2205", None),
        ("2221", None),
        ("2241", Some("-130.00")),
        ("2241.01", Some("-120.00")),
        ("2241.02", Some("-10.00")),
        ("2241.03", None),
        ("2241.04", None),
        ("6001", None),
        ("6601", None),
        ("6603", None),
        ("6702", None),
    ];
    assert_eq!(balances, expected);
    let bank = &accounts.data()[1];
    assert_eq!((&bank["name_zh"], &bank["name_en"]), (&json!("银行存款"), &json!("Bank deposits")));
    assert_eq!((&bank["kind"], &bank["summary"]), (&json!("asset"), &json!(false)));
    assert_eq!(accounts.data()[3]["parent"], "1012");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_balance_of_any_period_balances() {
    let (book, _) = a_book_with_postings().await;
    let fresh = book.fresh().await;
    let trial = async |query: &str| -> Vec<[String; 5]> {
        let answer = book.auditor().get(&format!("/v1/ledger/trial-balance?{query}&{fresh}")).await;
        let currency = answer.data()["currencies"][0].clone();
        assert_eq!((&currency["balanced"], &currency["closing"]), (&json!(true), &bodies::yuan("0.00")));
        currency["accounts"].as_array().unwrap().iter().map(line).collect()
    };
    let expected = [
        ["1002", "0.00", "100.00", "20.00", "80.00"],
        ["1012.02", "0.00", "50.00", "0.00", "50.00"],
        ["2241.01", "0.00", "30.00", "150.00", "-120.00"],
        ["2241.02", "0.00", "20.00", "30.00", "-10.00"],
    ];
    assert_eq!(trial("").await, expected);
    let expected = [
        ["1002", "100.00", "0.00", "20.00", "80.00"],
        ["1012.02", "50.00", "0.00", "0.00", "50.00"],
        ["2241.01", "-150.00", "30.00", "0.00", "-120.00"],
        ["2241.02", "0.00", "20.00", "30.00", "-10.00"],
    ];
    assert_eq!(trial("from=2026-02-02&to=2026-02-03&currency=CNY").await, expected);
    let expected =
        [["1002", "0.00", "100.00", "0.00", "100.00"], ["2241.01", "0.00", "0.00", "100.00", "-100.00"]];
    assert_eq!(trial("to=2026-01-31").await, expected);
    let reader = book.auditor();
    reader.get("/v1/ledger/trial-balance?from=2026-02-01&to=2026-01-01").await.problem(422, "validation");
    reader.get("/v1/ledger/trial-balance?currency=yuan").await.invalid(&[("?currency", "unknown_currency")]);
    book.finish().await;
}

fn line(line: &Value) -> [String; 5] {
    let amounts =
        ["opening", "debit", "credit", "closing"].map(|member| text(&line[member], "amount").to_owned());
    let [opening, debit, credit, closing] = amounts;
    [text(line, "code").to_owned(), opening, debit, credit, closing]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_lines_lead_from_its_opening_to_its_closing() {
    let (book, paid) = a_book_with_postings().await;
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let path = format!("/v1/ledger/accounts/1002/lines?currency=CNY&from=2026-02-01&{fresh}");
    let bank = reader.get(&path).await;
    let (bank, lines) = (bank.data(), &bank.data()["lines"]);
    assert_eq!((&bank["opening"], &bank["closing"]), (&bodies::yuan("100.00"), &bodies::yuan("80.00")));
    assert_eq!(number(bank, "line_count"), 1);
    for (member, value) in [
        ("effective_date", json!("2026-02-03")),
        ("event_type", json!("WithdrawalSucceeded")),
        ("source", json!(paid)),
        ("side", json!("credit")),
        ("amount", bodies::yuan("20.00")),
        ("balance", bodies::yuan("80.00")),
        ("recorded_by", json!("user:finance")),
    ] {
        assert_eq!(lines[0][member], value, "{member}");
    }
    // A summary account shows the lines of those under it.
    let path = format!("/v1/ledger/accounts/2241/lines?currency=CNY&{fresh}");
    let summary = reader.get(&path).await;
    assert_eq!(number(summary.data(), "line_count"), 7);
    assert_eq!(summary.data()["closing"], bodies::yuan("-130.00"));

    for code in ["9999", "1002.01", "bank"] {
        let path = format!("/v1/ledger/accounts/{code}/lines?currency=CNY");
        reader.get(&path).await.problem(404, "account-not-found");
    }
    reader.get("/v1/ledger/accounts/1002/lines").await.invalid(&[("?currency", "missing")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_lines_page_by_page_are_the_same_lines() {
    let (book, _) = a_book_with_postings().await;
    let path = format!("/v1/ledger/accounts/2241/lines?currency=CNY&{}", book.fresh().await);
    let whole = book.auditor().get(&path).await.data()["lines"].as_array().unwrap().clone();
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = book.auditor().get(&format!("{path}&limit=1{cursor}")).await;
        paged.extend(page.data()["lines"].as_array().unwrap().iter().cloned());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, whole);
    book.finish().await;
}
