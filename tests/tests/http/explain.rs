//! `/v1/explain`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

/// 100.00 by bank in January, 50.00 by Alipay in February of which 20.00 are wrong; of 30.00 asked for, 20.00 are
/// paid and 10.00 held.
async fn a_busy_book() -> (TestBook, String) {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let mut deposits = Vec::new();
    for (amount, method, date) in [
        ("100.00", "bank_transfer", "2026-01-31"),
        ("50.00", "alipay", "2026-02-01"),
        ("20.00", "alipay", "2026-02-01"),
    ] {
        let body = bodies::deposit(&acme, amount, &format!("{method} {amount}"));
        let body = bodies::with(body, "method", Some(json!(method)));
        let body = bodies::with(body, "effective_date", Some(json!(date)));
        let recorded = book.operator().post("/v1/deposits", &body).header("X-Request-Id", "req-7").await;
        deposits.push(text(recorded.created(), "id").to_owned());
    }
    let wrong = json!({ "reason": "wrong customer", "effective_date": "2026-02-02" });
    book.finance().post(&format!("/v1/deposits/{}/reverse", deposits[2]), &wrong).await.ok();
    let paid = book.request(&acme, "20.00", "W1").await;
    book.request(&acme, "10.00", "W2").await;
    book.take(&paid, &["approve"]).await;
    for (step, date) in [("submit", "2026-02-02"), ("succeed", "2026-02-03")] {
        let on = json!({ "effective_date": date });
        book.finance().post(&format!("/v1/withdrawals/{paid}/{step}"), &on).await.ok();
    }
    (book, acme)
}

async fn explained(book: &TestBook, query: &str) -> Value {
    let path = format!("/v1/explain?{query}&{}", book.fresh().await);
    book.auditor().get(&path).await.data().clone()
}

/// Types and amounts of the events.
fn events(explanation: &Value) -> Vec<(&str, &str)> {
    let events = explanation["events"].as_array().unwrap();
    events.iter().map(|event| (text(event, "event_type"), text(&event["amount"], "amount"))).collect()
}

/// Each parameter is told again in the answer, so that a printed one says what it is about.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_which_figure_it_explains() {
    let (book, acme) = a_busy_book().await;
    let wallet = format!("{acme}.CNY");
    for question in [
        json!({ "figure": "wallet_balance", "wallet": wallet }),
        json!({ "figure": "wallet_held", "wallet": wallet }),
        json!({ "figure": "wallet_available", "wallet": wallet }),
        json!({ "figure": "account_balance", "account": "1002", "currency": "CNY", "as_of": "2026-02-28" }),
        json!({ "figure": "account_balance", "account": "2241.01", "currency": "CNY" }),
        json!({ "figure": "deposits", "currency": "CNY", "from": "2026-02-01", "to": "2026-02-28" }),
        json!({ "figure": "reversals", "currency": "CNY", "from": "2026-02-01" }),
        json!({ "figure": "withdrawals", "currency": "CNY", "to": "2026-02-28" }),
        json!({ "figure": "returns", "currency": "CNY" }),
        json!({ "figure": "net", "currency": "CNY" }),
    ] {
        let asked = question.as_object().unwrap();
        let query: Vec<String> =
            asked.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        let answer = explained(&book, &query.join("&")).await;
        let told = answer["question"].as_object().unwrap();
        for member in ["figure", "wallet", "account", "as_of", "from", "to"] {
            assert_eq!(told[member], *asked.get(member).unwrap_or(&Value::Null), "{member} of {question}");
        }
        assert_eq!(told["currency"], "CNY", "{question}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_the_sum_of_its_events() {
    let (book, acme) = a_busy_book().await;
    let wallet = format!("wallet={acme}.CNY");
    let (deposited, paid) = ("DepositRecorded", "HoldPaidOut");
    let ins =
        [(deposited, "100.00"), (deposited, "50.00"), (deposited, "20.00"), ("DepositReversed", "-20.00")];
    let february = "currency=CNY&from=2026-02-01&to=2026-02-28";
    for (query, figure, expected) in [
        (format!("figure=wallet_balance&{wallet}"), "130.00", [&ins[..], &[(paid, "-20.00")]].concat()),
        (
            format!("figure=wallet_held&{wallet}"),
            "10.00",
            vec![("FundsHeld", "20.00"), ("FundsHeld", "10.00"), (paid, "-20.00")],
        ),
        (
            format!("figure=wallet_available&{wallet}"),
            "120.00",
            [&ins[..], &[("FundsHeld", "-20.00"), ("FundsHeld", "-10.00")]].concat(),
        ),
        (
            "figure=account_balance&account=1002&currency=CNY".to_owned(),
            "80.00",
            vec![(deposited, "100.00"), ("WithdrawalSucceeded", "-20.00")],
        ),
        (
            "figure=account_balance&account=2241&currency=CNY&as_of=2026-02-01".to_owned(),
            "-170.00",
            vec![(deposited, "-100.00"), (deposited, "-50.00"), (deposited, "-20.00")],
        ),
        (format!("figure=deposits&{february}"), "70.00", vec![(deposited, "50.00"), (deposited, "20.00")]),
        (format!("figure=reversals&{february}"), "20.00", vec![("DepositReversed", "20.00")]),
        (format!("figure=withdrawals&{february}"), "20.00", vec![("WithdrawalSucceeded", "20.00")]),
        (format!("figure=returns&{february}"), "0.00", vec![]),
        (
            format!("figure=net&{february}"),
            "30.00",
            vec![
                (deposited, "50.00"),
                (deposited, "20.00"),
                ("DepositReversed", "-20.00"),
                ("WithdrawalSucceeded", "-20.00"),
            ],
        ),
    ] {
        let explanation = explained(&book, &query).await;
        assert_eq!(explanation["figure"], bodies::yuan(figure), "{query}");
        assert_eq!((&explanation["sum"], &explanation["equal"]), (&explanation["figure"], &json!(true)));
        assert_eq!(events(&explanation), expected, "{query}");
        assert_eq!(explanation["event_count"], expected.len());
    }
    let explanation = explained(&book, &format!("figure=wallet_balance&{wallet}")).await;
    let first = &explanation["events"][0];
    assert_eq!((&first["actor"], &first["request_id"]), (&json!("user:operator"), &json!("req-7")));
    assert_eq!(explanation["events"][3]["reason"], "wrong customer");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_page_by_page_is_the_same() {
    let (book, acme) = a_busy_book().await;
    for query in [
        format!("figure=wallet_balance&wallet={acme}.CNY"),
        "figure=net&currency=CNY".to_owned(),
        "figure=account_balance&account=2241&currency=CNY".to_owned(),
    ] {
        let path = format!("/v1/explain?{query}&{}", book.fresh().await);
        let whole = book.auditor().get(&path).await.data().clone();
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = book.auditor().get(&format!("{path}&limit=1{cursor}")).await;
            assert_eq!(page.data()["sum"], whole["sum"], "the sum is that of all pages");
            paged.extend(page.data()["events"].as_array().unwrap().iter().cloned());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(json!(paged), whole["events"], "{query}");
        let csv = book.auditor().get(&path).header("Accept", "text/csv").await;
        assert_eq!(csv.text.lines().count(), paged.len() + 1, "{}", csv.text);
    }
    book.finish().await;
}

/// A read table someone has written into does not explain itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_figure_that_is_not_its_events_is_said_to_be_unequal() {
    let (book, acme) = a_busy_book().await;
    let wallet = format!("figure=wallet_balance&wallet={acme}.CNY");
    let days = "figure=deposits&currency=CNY";
    let bank = "figure=account_balance&account=1002&currency=CNY";
    for query in [&wallet, days, bank] {
        assert_eq!(explained(&book, query).await["equal"], true, "{query}");
    }
    // Money in a wallet without any event is a difference too.
    let nobody = "INSERT INTO wallets SELECT (jsonb_populate_record(wallets, '{\"id\": \"C99999.CNY\"}')).* FROM wallets";
    sqlx::query(nobody).execute(book.pool()).await.unwrap();
    let explanation = explained(&book, "figure=wallet_balance&wallet=C99999.CNY").await;
    assert_eq!((&explanation["equal"], &explanation["sum"]), (&json!(false), &bodies::yuan("0.00")));
    sqlx::query("DELETE FROM wallets WHERE id = 'C99999.CNY'").execute(book.pool()).await.unwrap();
    for (query, statement, back) in [
        (
            wallet.as_str(),
            "UPDATE wallets SET balance = balance + 1, available = available + 1",
            "UPDATE wallets SET balance = balance - 1, available = available - 1",
        ),
        (
            days,
            "UPDATE daily_totals SET deposits = deposits + 1, net = net + 1 WHERE effective_date = '2026-01-31'",
            "UPDATE daily_totals SET deposits = deposits - 1, net = net - 1 WHERE effective_date = '2026-01-31'",
        ),
        (
            bank,
            "UPDATE ledger_days SET debit = debit + 1 WHERE account = '1002' AND effective_date = '2026-01-31'",
            "UPDATE ledger_days SET debit = debit - 1 WHERE account = '1002' AND effective_date = '2026-01-31'",
        ),
    ] {
        sqlx::query(statement).execute(book.pool()).await.unwrap();
        let explanation = explained(&book, query).await;
        assert_eq!(explanation["equal"], false, "{query}: {explanation}");
        sqlx::query(back).execute(book.pool()).await.unwrap();
    }
    // Line and day changed alike: the sum fits, but the line does not fit its event.
    let both = |sign| {
        format!(
            "WITH day AS (UPDATE ledger_days SET debit = debit {sign} 1
                           WHERE account = '1002' AND effective_date = '2026-01-31')
             UPDATE ledger_lines SET amount = amount {sign} 1
              WHERE account = '1002' AND effective_date = '2026-01-31'"
        )
    };
    sqlx::query(&both('+')).execute(book.pool()).await.unwrap();
    let explanation = explained(&book, bank).await;
    assert_eq!(explanation["equal"], true);
    let first = &explanation["events"][0];
    let differing = (&first["amount"], &first["differing_line"]);
    assert_eq!(differing, (&bodies::yuan("100.00"), &bodies::yuan("101.00")));
    sqlx::query(&both('-')).execute(book.pool()).await.unwrap();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_has_to_be_named_in_full() {
    let book = TestBook::start().await;
    let invalid = async |query: &str, expected: &[(&str, &str)]| {
        book.auditor().get(&format!("/v1/explain{query}")).await.invalid(expected);
    };
    invalid("", &[("?figure", "missing")]).await;
    invalid("?figure=profit", &[("?figure", "unknown_value")]).await;
    invalid("?figure=wallet_held", &[("?wallet", "missing")]).await;
    invalid(
        "?figure=wallet_held&wallet=C1&currency=CNY",
        &[("?wallet", "malformed"), ("?currency", "unknown")],
    )
    .await;
    invalid("?figure=account_balance", &[("?account", "missing"), ("?currency", "missing")]).await;
    invalid("?figure=account_balance&account=9999&currency=CNY", &[("?account", "unknown_value")]).await;
    invalid("?figure=net&currency=CNY&from=2026-02-01&to=2026-01-01", &[("?to", "out_of_range")]).await;
    let nobody = book.auditor().get("/v1/explain?figure=wallet_balance&wallet=C99999.CNY").await;
    nobody.problem(404, "aggregate-not-found");
    let path = "/v1/explain?figure=net&currency=CNY";
    for role in [book.operator(), book.as_role(tallybook_tests::Role::Dashboard)] {
        role.get(path).await.problem(403, "forbidden");
    }
    book.anyone().get(path).await.problem(401, "not-signed-in");
    book.finish().await;
}
