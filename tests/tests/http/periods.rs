//! `/v1/ledger/periods`: nothing is effective in a closed month, by whichever door it comes.

use chrono::NaiveDate;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::{Role, TestBook, bodies};

fn period(book: &TestBook, step: &str) -> String {
    format!("/v1/ledger/periods/{}{step}", book.last_month())
}

async fn close(book: &TestBook) -> Value {
    book.finance().post(&period(book, "/close"), &json!({})).await.ok().clone()
}

fn dated(body: Value, date: NaiveDate) -> Value {
    bodies::with(body, "effective_date", Some(json!(date)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_over_is_closed() {
    let book = TestBook::start().await;
    let (finance, month) = (book.finance(), book.last_month());
    book.refuses(finance.get(&period(&book, "")), 404, "period-not-found").await;
    let early = format!("/v1/ledger/periods/{}/close", book.this_month());
    book.refuses(finance.post(&early, &json!({})), 422, "period-not-over").await;
    book.refuses(finance.post("/v1/ledger/periods/x/close", &json!({})), 404, "period-not-found").await;
    let closed = book.changes(&finance, &period(&book, "/close"), &json!({})).await;
    assert_eq!((text(&closed, "id"), text(&closed, "state")), (month.to_string().as_str(), "closed"));
    assert_eq!(close(&book).await, closed, "closing again changes nothing");
    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("{}?{fresh}", period(&book, ""))).await;
    assert_eq!(
        (text(found.data(), "state"), text(&found.data()["closed"], "by")),
        ("closed", "user:finance")
    );
    let csv = book.auditor().get("/v1/ledger/periods").header("Accept", "text/csv").await;
    assert!(csv.text.contains(&format!("{month},closed,,,")), "{}", csv.text);
    book.finish().await;
}

/// Every kind of command that says when it is effective, with a date in the closed month and then in the open one.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_effective_in_a_closed_month() {
    let book = TestBook::start().await;
    let (finance, operator) = (book.finance(), book.operator());
    let (closed, open) = (book.last_month().last_day(), book.today());
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    book.run_bills(json!({ "customers": [acme], "issue_date": book.last_month().first_day() })).await;
    let bill = format!("{acme}.{}", book.last_month());
    book.deposit(&acme, "100.00", "D1").await;
    let early = dated(bodies::deposit(&acme, "500.00", "D2"), book.last_month().first_day());
    let reversed = operator.post("/v1/deposits", &early).await.created().clone();
    let mut withdrawals = Vec::new();
    for number in 0..3 {
        withdrawals.push(book.request(&acme, "10.00", &format!("W{number}")).await);
    }
    for withdrawal in &withdrawals {
        book.take(withdrawal, &["approve"]).await;
    }
    let other = book.subscriber("Brio", "standard").await;
    close(&book).await;

    let reason = |date| dated(bodies::because("a mistake"), date);
    let step = |step: &str, date| (step_path(&withdrawals[0], step), dated(step_body(step), date));
    for (path, body) in [
        ("/v1/deposits".to_owned(), dated(bodies::deposit(&acme, "1.00", "D3"), closed)),
        (format!("/v1/deposits/{}/reverse", text(&reversed, "id")), reason(closed)),
        (format!("/v1/bills/{bill}/void"), reason(closed)),
    ] {
        let refused = book.refuses(finance.post(&path, &body), 422, "period-closed").await;
        assert_eq!(refused.body["effective_date"], json!(closed), "{path}");
        let tried = dated(body, open);
        let answer = finance.post(&format!("{path}?dry_run=true"), &tried).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let run = json!({ "period": book.last_month(), "customers": [other], "issue_date": closed });
    book.refuses(finance.post("/v1/bill-runs", &run), 422, "period-closed").await;
    book.refuses(finance.post("/v1/bill-runs?dry_run=true", &run), 422, "period-closed").await;
    for (at, before) in [("submit", None), ("succeed", Some("submit")), ("return", Some("succeed"))] {
        if let Some(before) = before {
            book.take(&withdrawals[0], &[before]).await;
        }
        let (path, body) = step(at, closed);
        let refused = finance.post(&path, &body).await;
        // A step is never before the one it follows, which is not in the closed month either.
        assert!(
            matches!(refused.kind(), "period-closed" | "effective-date-out-of-range"),
            "{}",
            refused.text
        );
    }
    // What was used then is late, and is billed in the open month.
    let late = bodies::usage(&other, "gigabytes", closed, "3");
    operator.post("/v1/usage", &late).await.created();
    let run = book.run_bills(json!({ "customers": [other] })).await;
    assert_eq!(run["billed"], 1, "{run}");
    let bill = book.auditor().get(&format!("/v1/bills/{other}.{}", book.last_month())).await;
    assert_eq!(bill.data()["issue_date"], json!(open));
    let lines = format!(
        "/v1/ledger/accounts/1122/lines?currency=CNY&from={closed}&to={closed}&{}",
        book.fresh().await
    );
    assert_eq!(book.auditor().get(&lines).await.data()["line_count"], 0);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_opened_by_somebody_else_than_who_asked() {
    let book = TestBook::start().await;
    let (finance, approver) = (book.finance(), book.approver());
    let (reopen, approve, reject) =
        (period(&book, "/reopen"), period(&book, "/approve-reopening"), period(&book, "/reject-reopening"));
    let because = bodies::because("a late invoice");
    book.refuses(finance.post(&reopen, &because), 409, "period-not-closed").await;
    close(&book).await;
    book.refuses(approver.post(&approve, &json!({})), 409, "reopening-not-requested").await;
    book.refuses_values(finance.post(&reopen, &json!({})), &[("/reason", "missing")]).await;
    let asked = book.changes(&finance, &reopen, &because).await;
    assert_eq!(
        (text(&asked, "state"), text(&asked, "requested_by")),
        ("reopening_requested", "user:finance")
    );
    book.refuses(finance.post(&reopen, &because), 409, "reopening-under-way").await;
    let own = book.refuses(finance.post(&approve, &json!({})), 403, "self-approval").await;
    assert_eq!(own.body["requested_by"], "user:finance");
    let acme = book.customer("Acme").await;
    let deposit = dated(bodies::deposit(&acme, "1.00", "D1"), book.last_month().last_day());
    book.refuses(finance.post("/v1/deposits", &deposit), 422, "period-closed").await;

    let rejected = book.changes(&approver, &reject, &bodies::because("it can wait")).await;
    assert_eq!((text(&rejected, "state"), &rejected["requested_by"]), ("closed", &json!(null)));
    finance.post(&reopen, &because).await.ok();
    let opened = book.changes(&approver, &approve, &json!({})).await;
    assert_eq!(text(&opened, "state"), "open");
    finance.post("/v1/deposits", &deposit).await.created();
    close(&book).await;
    let again = bodies::with(deposit, "reference", Some(json!("D2")));
    book.refuses(finance.post("/v1/deposits", &again), 422, "period-closed").await;
    book.finish().await;
}

/// Two pairs of eyes are two people.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_no_month() {
    let book = TestBook::start().await;
    close(&book).await;
    let asked = bodies::because("a late invoice");
    book.finance().post(&period(&book, "/reopen"), &asked).await.ok();
    let key = json!({ "name": "erp", "role": Role::Finance });
    let key = book.admin().post("/v1/api-keys", &key).await;
    let machine = book.anyone().with_token(text(key.created(), "token"));
    book.refuses(machine.post(&period(&book, "/approve-reopening"), &json!({})), 403, "person-needed").await;
    machine.post(&period(&book, "/close"), &json!({})).await.ok();
    book.finish().await;
}
