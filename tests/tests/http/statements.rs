//! `/v1/customers/{id}/statements`, `/v1/statements` and the pages on which customers answer them

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::Differently;
use tallybook_tests::rules::written;
use tallybook_tests::settlement::{receipt, sums};
use tallybook_tests::{Answer, TestBook, bodies};

/// A statement of all that has happened up to today.
async fn issued(book: &TestBook, customer: &str) -> Value {
    let path = format!("/v1/customers/{customer}/statements");
    book.creates(&book.finance(), &path, &of_all(book)).await
}

fn of_all(book: &TestBook) -> Value {
    json!({ "currency": "CNY", "from": "2026-01-01", "to": book.today() })
}

/// As a browser sends the form of a statement.
async fn answers(book: &TestBook, statement: &Value, form: &str) -> Answer {
    send(book, text(statement, "confirmation_path"), form).await
}

async fn send(book: &TestBook, path: &str, form: &str) -> Answer {
    let request = book.anyone().request(Method::POST, path);
    request.raw("application/x-www-form-urlencoded", form.to_owned()).await
}

async fn found(book: &TestBook, statement: &Value) -> Value {
    let path = format!("/v1/statements/{}?{}", text(statement, "id"), book.fresh().await);
    book.auditor().get(&path).await.data().clone()
}

async fn document(book: &TestBook, statement: &Value) -> String {
    let path = format!("/v1/statements/{}/document?{}", text(statement, "id"), book.fresh().await);
    let page = book.auditor().get(&path).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8"),
        "{}",
        page.text
    );
    page.text
}

/// A page for people, and nothing that leads from it to anywhere else.
#[track_caller]
fn is_page(answer: &Answer, status: u16, expected: &[&str]) {
    assert_eq!((answer.status, answer.header("content-type")), (status, "text/html; charset=utf-8"));
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    let headers = ["referrer-policy", "x-robots-tag", "cache-control"].map(|name| answer.header(name));
    assert_eq!(headers, ["no-referrer", "noindex, nofollow", "no-store"]);
    assert_ne!(answer.header("x-request-id"), "");
    for text in expected {
        assert!(answer.text.contains(text), "{text:?} is missing in {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_issued_printed_and_agreed_with() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("晨曦 <b>商贸</b>", &["200"]).await;
    let receipt = book.receipt(&acme, "55.00", "R-1").await;
    let pays = sums(&[("receipt", &receipt, "50.00")], &[(&bills[0], "50.00")]);
    book.creates(&book.finance(), "/v1/write-offs", &pays).await;

    let statement = issued(&book, &acme).await;
    assert_eq!((&statement["state"], &statement["line_count"]), (&json!("issued"), &json!(4)));
    assert_eq!(statement["closing"]["receivable"], bodies::yuan("150.00"));
    assert_eq!(statement["closing"]["advance"], bodies::yuan("5.00"));
    assert_eq!(number(&statement, "known_at") + 1, number(&statement, "position"), "all there was to know");
    let (path, id) = (text(&statement, "confirmation_path"), text(&statement, "id"));
    let paper = document(&book, &statement).await;
    for expected in
        ["晨曦 &lt;b&gt;商贸&lt;/b&gt;", id, &bills[0], &receipt, "145.00", "人民币壹佰肆拾伍元整"]
    {
        assert!(paper.contains(expected), "{expected} is missing in {paper}");
    }
    assert!(paper.contains("盖章") && !paper.contains(path), "whoever only reads the book cannot answer");
    let to_send = book.finance().get(&format!("/v1/statements/{id}/document")).await;
    assert!(to_send.text.contains(&format!("<a href=\"{path}\">")), "{}", to_send.text);

    let page = book.anyone().get(&format!("{path}?from=singlemessage")).await;
    is_page(&page, 200, &["晨曦 &lt;b&gt;商贸&lt;/b&gt;", "145.00", "<form method=\"post\""]);
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
    let thanks = answers(&book, &statement, "answer=agrees&remark=&answered_by=李雷").await;
    is_page(&thanks, 200, &["信息相符 Agreed", "李雷"]);
    assert!(!thanks.text.contains("<form"), "{}", thanks.text);
    let row = found(&book, &statement).await;
    assert_eq!((text(&row, "state"), text(&row, "answer")), ("agreed", "agrees"));
    assert_eq!((text(&row, "answered_by"), &row["remark"]), ("李雷", &Value::Null));
    assert_eq!(row["answered_at"], row["updated"]["at"]);
    let by: (String, String) = sqlx::query_as(
        "SELECT metadata->>'actor', metadata->>'client_address' FROM events WHERE event_type = 'StatementAnswered'",
    )
    .fetch_one(book.pool())
    .await
    .unwrap();
    assert_eq!(by, (format!("statement:{id}"), "127.0.0.1".to_owned()));

    let before = book.fresh().await;
    let again = answers(&book, &statement, "answer=agrees&answered_by=韩梅梅").await;
    is_page(&again, 200, &["信息相符 Agreed", "李雷"]);
    let other = answers(&book, &statement, "answer=disagrees&remark=5&answered_by=李雷").await;
    is_page(&other, 409, &["本对账单已有答复"]);
    assert_eq!(book.fresh().await, before, "the first answer stands");
    let paper = document(&book, &statement).await;
    assert!(paper.contains("信息相符 Agreed") && !paper.contains("盖章"), "{paper}");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_later_changes_nothing_on_it() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200", "100"]).await;
    let receipt = book.receipt(&acme, "190.00", "R-1").await;
    let statement = issued(&book, &acme).await;
    let paper = document(&book, &statement).await;
    let pays = sums(&[("receipt", &receipt, "190.00")], &[(&bills[0], "190.00")]);
    book.creates(&book.finance(), "/v1/write-offs", &pays).await;
    book.receipt(&acme, "7.00", "R-2").await;
    assert_eq!(document(&book, &statement).await, paper);
    let now = format!("/v1/customers/{acme}/statement?currency=CNY&{}", book.fresh().await);
    let (from, to, known_at) = (&statement["from"], &statement["to"], &statement["known_at"]);
    let (from, to) = (from.as_str().unwrap(), to.as_str().unwrap());
    let then = book.auditor().get(&format!("{now}&from={from}&to={to}&known_at={known_at}")).await;
    let row = found(&book, &statement).await;
    for member in ["opening", "closing", "line_count"] {
        assert_eq!(then.data()[member], row[member], "anybody can add it up again");
    }
    assert_eq!(then.data()["line_count"], json!(3));
    assert_eq!(book.auditor().get(&now).await.data()["line_count"], json!(6));

    sqlx::query("UPDATE receivable_entries SET amount = amount + 0.01 WHERE bill = $1 AND kind = 'issued'")
        .bind(&bills[0])
        .execute(book.pool())
        .await
        .unwrap();
    let path = format!("/v1/statements/{}/document", text(&statement, "id"));
    book.auditor().get(&path).await.problem(500, "internal");
    let page = book.anyone().get(text(&statement, "confirmation_path")).await;
    is_page(&page, 500, &["请稍后重试"]);
    assert!(!page.text.contains("200.01"), "no wrong statement is shown");
    book.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_disagrees_says_what_is_wrong() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["200"]).await;
    let (statement, other) = (issued(&book, &acme).await, issued(&book, &acme).await);
    let before = written(&book).await;
    for (form, expected) in [
        ("", vec!["请选择相符或不符", "请填写您的姓名"]),
        ("answer=disagrees&remark=+&answered_by=李雷", vec!["请说明哪里不符", "value=\"李雷\""]),
        ("answer=disagrees&remark=差+5+元<b>&answered_by=", vec!["差 5 元&lt;b&gt;", "请填写您的姓名"]),
    ] {
        is_page(&answers(&book, &statement, form).await, 422, &[expected, vec!["<form"]].concat());
    }
    let path = text(&statement, "confirmation_path");
    is_page(&send(&book, path, &"x".repeat(20_000)).await, 413, &["请返回重试"]);
    let machine = book.anyone().post(path, &json!({ "answer": "agrees", "answered_by": "erp" })).await;
    is_page(&machine, 415, &["请返回重试"]);
    assert_eq!(written(&book).await, before, "what is no answer is not recorded");

    let said =
        answers(&book, &statement, "answer=disagrees&remark=差+5+元%0D%0A见附件&answered_by=李雷").await;
    is_page(&said, 200, &["信息不符 Not agreed", "差 5 元 见附件", "李雷"]);
    let row = found(&book, &statement).await;
    assert_eq!((text(&row, "state"), text(&row, "remark")), ("disagreed", "差 5 元 见附件"));
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    let listed = async |query: String| {
        let rows = auditor.all(&format!("/v1/statements?{query}&{fresh}")).await;
        rows.iter().map(|row| text(row, "id").to_owned()).collect::<Vec<_>>()
    };
    let [first, second] = [&statement, &other].map(|statement| text(statement, "id").to_owned());
    assert_eq!(listed(format!("customer={acme}")).await, [second.clone(), first.clone()]);
    assert_eq!(listed("sort=issued".into()).await, [first.clone(), second.clone()]);
    assert_eq!(listed("state=disagreed".into()).await, [first]);
    assert_eq!(listed("customer=C99999".into()).await, [""; 0]);
    let page = auditor.get(&format!("/v1/statements?limit=1&{fresh}")).await;
    let rest = format!("/v1/statements?limit=1&cursor={}&{fresh}", text(&page.body, "next_cursor"));
    assert_ne!(auditor.get(&rest).await.data()[0]["id"], page.data()[0]["id"]);
    let table =
        auditor.get(&format!("/v1/statements?state=issued&{fresh}")).header("Accept", "text/csv").await;
    let begins = format!("{second},{acme},2026-01-01,{},", book.today());
    assert!(table.text.lines().nth(1).unwrap().starts_with(&begins), "{}", table.text);
    let wrong = auditor.get("/v1/statements?state=open&sort=customer").await;
    wrong.invalid(&[("?state", "malformed"), ("?sort", "unknown_value")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_link_leads_nowhere() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["200"]).await;
    let (statement, other) = (issued(&book, &acme).await, issued(&book, &acme).await);
    let before = written(&book).await;
    let path = text(&statement, "confirmation_path");
    let [id, unknown] = [text(&statement, "id"), "S01K7RA8ZAYFGXSMRSF9FMC3M04"];
    let (_, token) = path.rsplit_once('/').unwrap();
    let (_, others) = text(&other, "confirmation_path").rsplit_once('/').unwrap();
    let expected = book.anyone().get(&format!("/statements/{unknown}/{token}")).await;
    is_page(&expected, 404, &["链接无效"]);
    for wrong in [
        format!("/statements/{id}/{others}"),
        format!("/statements/{id}/{}", &token[1..]),
        format!("/statements/{id}/{token}A"),
        format!("/statements/{id}/none"),
        format!("/statements/none/{token}"),
        format!("/statements/{}/{token}", id.to_lowercase()),
    ] {
        let page = book.anyone().get(&wrong).await;
        assert_eq!((page.status, &page.text), (404, &expected.text), "{wrong}");
        let page = send(&book, &wrong, "answer=agrees&answered_by=Li").await;
        assert_eq!((page.status, &page.text), (404, &expected.text), "{wrong}");
    }
    assert_eq!(written(&book).await, before);
    let key: Vec<u8> = sqlx::query_scalar("SELECT key FROM link_keys").fetch_one(book.pool()).await.unwrap();
    assert_eq!(key.len(), 32);
    let refused = sqlx::query("UPDATE link_keys SET key = sha256(''::bytea)").execute(book.pool()).await;
    assert!(refused.unwrap_err().to_string().contains("permission denied"), "the runtime may only read it");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_statement_is_answered_by_nobody() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["200"]).await;
    let (finance, statement, answered) =
        (book.finance(), issued(&book, &acme).await, issued(&book, &acme).await);
    let withdraw = |statement: &Value| format!("/v1/statements/{}/withdraw", text(statement, "id"));
    book.refuses_values(finance.post(&withdraw(&statement), &json!({})), &[("/reason", "missing")]).await;
    let gone = book.changes(&finance, &withdraw(&statement), &bodies::because("sent to another")).await;
    assert_eq!(gone["state"], json!("withdrawn"));
    let again = finance.post(&withdraw(&statement), &bodies::because("a second thought")).await;
    assert_eq!(again.ok()["position"], gone["position"], "a second withdrawal changes nothing");
    let page =
        book.anyone().get(&format!("{}?min_position=99999999", text(&statement, "confirmation_path"))).await;
    is_page(&page, 410, &["已撤回"]);
    for form in ["answer=agrees&answered_by=Li", ""] {
        is_page(&answers(&book, &statement, form).await, 410, &["已撤回"]);
    }
    let paper = document(&book, &statement).await;
    assert!(paper.contains("已撤回 WITHDRAWN") && !paper.contains("盖章"), "{paper}");
    let row = found(&book, &statement).await;
    assert_eq!((text(&row, "state"), text(&row, "end_reason")), ("withdrawn", "sent to another"));

    is_page(&answers(&book, &answered, "answer=agrees&answered_by=Li").await, 200, &["Agreed"]);
    book.changes(&finance, &withdraw(&answered), &bodies::because("the wrong month")).await;
    let row = found(&book, &answered).await;
    assert_eq!(
        (text(&row, "state"), text(&row, "answer")),
        ("withdrawn", "agrees"),
        "what was answered stays"
    );
    let none = "/v1/statements/S01K7RA8ZAYFGXSMRSF9FMC3M04";
    book.refuses(
        finance.post(&format!("{none}/withdraw"), &bodies::because("x")),
        404,
        "statement-not-found",
    )
    .await;
    for path in [none.to_owned(), format!("{none}/document")] {
        book.refuses(finance.get(&path), 404, "statement-not-found").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_of_a_customer_and_of_days_that_are_past() {
    let api = ApiSettings { public_url: Some("https://ledger.example".into()), ..ApiSettings::default() };
    let book = TestBook::start_differently(Differently { api, ..Differently::default() }).await;
    let gone = text(book.operator().post("/v1/customers", &bodies::customer("Gone")).await.created(), "id")
        .to_owned();
    let (finance, path) = (book.finance(), format!("/v1/customers/{gone}/statements"));
    book.refuses_values(
        finance.post(&path, &json!({ "currency": "RMB", "from": "2026-1-1" })),
        &[("/currency", "unknown_currency"), ("/from", "malformed"), ("/to", "missing")],
    )
    .await;
    let tomorrow = book.today() + chrono::Days::new(1);
    for (from, to) in
        [("2026-01-01".to_owned(), tomorrow.to_string()), (tomorrow.to_string(), "2026-01-01".into())]
    {
        let body = json!({ "currency": "CNY", "from": from, "to": to });
        book.refuses_values(finance.post(&path, &body), &[("/to", "out_of_range")]).await;
    }
    let nobody = finance.post("/v1/customers/C99999/statements", &of_all(&book));
    book.refuses(nobody, 404, "customer-not-found").await;

    let statement = issued(&book, &gone).await;
    let why = bodies::because("asked to");
    book.admin().post(&format!("/v1/customers/{gone}/erase"), &why).await.ok();
    book.operator().post(&format!("/v1/customers/{gone}/close"), &why).await.ok();
    assert!(document(&book, &statement).await.contains("双方互不相欠"), "of nothing, and of who is gone");
    let last = issued(&book, &gone).await;
    is_page(&answers(&book, &last, "answer=agrees&answered_by=Li").await, 200, &["Agreed"]);
    let to_send = finance.get(&format!("/v1/statements/{}/document", text(&statement, "id"))).await;
    let link = format!("https://ledger.example{}", text(&statement, "confirmation_path"));
    assert!(to_send.text.contains(&link), "{}", to_send.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_lines_are_all_on_it() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["200"]).await;
    let (operator, receipts) = (book.operator(), 2_400);
    for some in (0..receipts).collect::<Vec<_>>().chunks(200) {
        let entered = some.iter().map(|number| {
            let body = receipt(Some(&acme), "0.01", &format!("R-{number}"));
            let operator = operator.clone();
            async move { operator.post("/v1/receipts", &body).await.expect(201).clone() }
        });
        join_all(entered).await;
    }
    let statement = issued(&book, &acme).await;
    assert_eq!(statement["closing"]["advance"], bodies::yuan("24.00"));
    assert_eq!(statement["line_count"], json!(receipts + 1));
    let paper = document(&book, &statement).await;
    assert_eq!(paper.matches("<tr class=\"line\">").count(), receipts + 1);
    let page = book.anyone().get(text(&statement, "confirmation_path")).await;
    is_page(&page, 200, &["176.00", "<form"]);
    assert_eq!(page.text.matches("<tr class=\"line\">").count(), receipts + 1);
    book.finish().await;
}
