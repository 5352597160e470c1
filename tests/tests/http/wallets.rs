//! `/v1/wallets`, `/v1/customers/{id}/wallets` and `/v1/customers/{id}/wallet-statement`

use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{Answer, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_has_a_wallet_for_each_currency() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer_with("Other", "5.00").await);
    for (amount, currency) in [("12.34", "CNY"), ("500", "JPY"), ("1.234", "KWD")] {
        let amount = json!({ "amount": amount, "currency": currency });
        let body = bodies::with(bodies::deposit(&acme, "0", currency), "amount", Some(amount.clone()));
        assert_eq!(book.operator().post("/v1/deposits", &body).await.created()["balance"], amount);
    }
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let listed = async |path: &str| -> Vec<(String, String)> {
        let wallets = reader.all(path).await;
        wallets
            .iter()
            .map(|it| (text(it, "id").to_owned(), text(&it["balance"], "amount").to_owned()))
            .collect()
    };
    let wallet = |currency: &str, balance: &str| (format!("{acme}.{currency}"), balance.to_owned());
    let all = [wallet("CNY", "12.34"), wallet("JPY", "500"), wallet("KWD", "1.234")];
    assert_eq!(listed(&format!("/v1/customers/{acme}/wallets?{fresh}")).await, all);
    assert_eq!(listed(&format!("/v1/wallets?customer={acme}&{fresh}")).await, all);
    assert_eq!(listed(&format!("/v1/customers/{acme}/wallets?currency=JPY&{fresh}")).await, all[1..2]);
    let yuan = [wallet("CNY", "12.34"), (format!("{other}.CNY"), "5.00".to_owned())];
    assert_eq!(listed(&format!("/v1/wallets?currency=CNY&{fresh}")).await, yuan);
    assert_eq!(listed(&format!("/v1/wallets?sort=-id&currency=CNY&{fresh}")).await[0], yuan[1]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_wallets_are_not_found() {
    let book = TestBook::start().await;
    let reader = book.auditor();
    for path in ["wallets", "wallet-statement?currency=CNY"] {
        reader.get(&format!("/v1/customers/C00042/{path}")).await.problem(404, "customer-not-found");
        reader.get(&format!("/v1/customers/Acme/{path}")).await.problem(404, "customer-not-found");
    }
    let acme = book.customer("Acme").await;
    let path = format!("/v1/customers/{acme}/wallet-statement");
    reader.get(&path).await.invalid(&[("?currency", "missing")]);
    reader.get(&format!("{path}?currency=XYZ")).await.invalid(&[("?currency", "unknown_currency")]);
    let backwards = reader.get(&format!("{path}?currency=CNY&from=2026-03-02&to=2026-03-01")).await;
    backwards.problem(422, "validation");
    let empty = reader.get(&format!("{path}?currency=CNY&{}", book.fresh().await)).await;
    assert_eq!(figures(empty.data()), ["0.00", "0.00", "0.00", "0.00"]);
    book.finish().await;
}

/// Deposits on three days, one of them reversed, one withdrawal paid and one returned.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_tells_a_period_with_the_balances_around_it() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let mut deposits = Vec::new();
    for (amount, reference, date) in
        [("100.00", "A", "2026-01-10"), ("50.00", "B", "2026-02-10"), ("7.00", "C", "2026-03-10")]
    {
        let body =
            bodies::with(bodies::deposit(&acme, amount, reference), "effective_date", Some(json!(date)));
        deposits.push(text(book.operator().post("/v1/deposits", &body).await.created(), "id").to_owned());
    }
    let paid = pay(&book, &acme, "30.00", "2026-02-11").await;
    let returned = pay(&book, &acme, "20.00", "2026-02-12").await;
    let back = json!({ "reason": "the account is closed", "effective_date": "2026-03-01" });
    book.finance().post(&format!("/v1/withdrawals/{returned}/return"), &back).await.ok();
    let reverse = json!({ "reason": "recalled", "effective_date": "2026-03-11" });
    book.finance().post(&format!("/v1/deposits/{}/reverse", deposits[2]), &reverse).await.ok();

    let fresh = book.fresh().await;
    let statement = async |period: &str| -> Answer {
        let path = format!("/v1/customers/{acme}/wallet-statement?currency=CNY&{period}&{fresh}");
        book.auditor().get(&path).await
    };
    // Opening, credits, debits, closing.
    for (period, expected) in [
        ("", ["0.00", "177.00", "57.00", "120.00"]),
        ("from=2026-02-01&to=2026-02-28", ["100.00", "50.00", "50.00", "100.00"]),
        ("from=2026-02-11&to=2026-02-11", ["150.00", "0.00", "30.00", "120.00"]),
        ("to=2026-01-10", ["0.00", "100.00", "0.00", "100.00"]),
        ("from=2026-03-11", ["127.00", "0.00", "7.00", "120.00"]),
        ("from=2027-01-01", ["120.00", "0.00", "0.00", "120.00"]),
    ] {
        assert_eq!(figures(statement(period).await.data()), expected, "{period}");
    }
    let whole = statement("").await;
    let lines = told(whole.data());
    let expected = [
        ("2026-01-10", "deposit", deposits[0].as_str(), "100.00", "100.00"),
        ("2026-02-10", "deposit", &deposits[1], "50.00", "150.00"),
        ("2026-02-11", "withdrawal", &paid, "-30.00", "120.00"),
        ("2026-02-12", "withdrawal", &returned, "-20.00", "100.00"),
        ("2026-03-01", "withdrawal_return", &returned, "20.00", "120.00"),
        ("2026-03-10", "deposit", &deposits[2], "7.00", "127.00"),
        ("2026-03-11", "deposit_reversal", &deposits[2], "-7.00", "120.00"),
    ];
    assert_eq!(
        lines,
        expected
            .map(|(date, kind, source, amount, balance)| [date, kind, source, amount, balance]
                .map(str::to_owned))
    );

    // Page by page it is the same statement.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = statement(&format!("limit=2{cursor}")).await;
        assert_eq!(figures(page.data()), figures(whole.data()));
        assert_eq!(number(page.data(), "line_count"), 7);
        paged.extend(told(page.data()));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, lines);
    book.finish().await;
}

/// A withdrawal that is paid on this day; answers with its id.
async fn pay(book: &TestBook, customer: &str, amount: &str, date: &str) -> String {
    let id = book.request(customer, amount, &format!("W {date}")).await;
    book.take(&id, &["approve"]).await;
    for step in ["submit", "succeed"] {
        let on = json!({ "effective_date": date });
        book.finance().post(&format!("/v1/withdrawals/{id}/{step}"), &on).await.ok();
    }
    id
}

fn figures(statement: &Value) -> [String; 4] {
    ["opening", "credits", "debits", "closing"].map(|member| text(&statement[member], "amount").to_owned())
}

fn told(statement: &Value) -> Vec<[String; 5]> {
    let lines = statement["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let plain = ["effective_date", "kind", "source"].map(|member| text(line, member).to_owned());
            let [date, kind, source] = plain;
            let [amount, balance] =
                ["amount", "balance"].map(|member| text(&line[member], "amount").to_owned());
            [date, kind, source, amount, balance]
        })
        .collect()
}
