//! `/v1/bills`

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_says_what_is_owed_and_what_it_is_made_of() {
    let book = TestBook::start().await;
    let [customer, bill] = book.billed("Acme").await;
    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/bills/{bill}?{fresh}")).await;
    let found = found.data();
    for (member, value) in [
        ("id", json!(bill)),
        ("customer", json!(customer)),
        ("state", json!("issued")),
        ("status", json!("issued")),
        ("subtotal", bodies::yuan("1000.00")),
        ("tax", bodies::yuan("60.00")),
        ("total", bodies::yuan("1060.00")),
        ("settled", bodies::yuan("0.00")),
        ("open", bodies::yuan("1060.00")),
        ("issue_date", json!(book.today())),
        ("due_date", json!(book.today() + chrono::Days::new(30))),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    assert!(text(found, "number").ends_with("-000001"), "{found}");
    book.refuses(book.auditor().get("/v1/bills/C99999.2026-01"), 404, "bill-not-found").await;
    book.refuses(book.auditor().get("/v1/bills/none"), 404, "bill-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_are_found_by_what_they_are() {
    let book = TestBook::start().await;
    let [acme, first] = book.billed("Acme").await;
    let [_, second] = book.billed("Brio").await;
    let path = format!("/v1/bills/{second}/void");
    book.finance().post(&path, &bodies::because("the wrong plan")).await.ok();
    let (fresh, auditor, month) = (book.fresh().await, book.auditor(), book.last_month());
    let (due, later) = (book.today() + chrono::Days::new(30), book.today() + chrono::Days::new(31));
    for (query, expected) in [
        (String::new(), vec![&second, &first]),
        ("sort=recorded".into(), vec![&first, &second]),
        (format!("customer={acme}"), vec![&first]),
        (format!("period={month}&status=issued"), vec![&first]),
        ("period=2001-01".into(), vec![]),
        ("status=voided".into(), vec![&second]),
        ("status=overdue".into(), vec![]),
        (format!("due_before={due}"), vec![]),
        (format!("due_before={later}"), vec![&first]),
    ] {
        let found = auditor.get(&format!("/v1/bills?{query}&{fresh}")).await;
        let found: Vec<_> = found.data().as_array().unwrap().iter().map(|bill| text(bill, "id")).collect();
        assert_eq!(found, expected, "{query}");
    }
    let wrong = auditor.get("/v1/bills?status=paid").await;
    assert_eq!(wrong.problem(422, "validation")["errors"][0]["pointer"], "?status");
    let csv = auditor.get("/v1/bills?sort=recorded").header("Accept", "text/csv").await;
    let row = csv.text.lines().nth(1).unwrap();
    assert!(row.starts_with(&format!("{first},{acme},{month},")), "{row}");
    assert!(row.contains(",issued,issued,none,1000.00,60.00,1060.00,0.00,0.00,1060.00,CNY,"), "{row}");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_printed_with_all_that_stands_on_it() {
    let book = TestBook::start().await;
    let [customer, bill] = book.billed("晨曦 <b>商贸</b>").await;
    let (path, fresh) = (format!("/v1/bills/{bill}/document"), book.fresh().await);
    let page = book.auditor().get(&format!("{path}?{fresh}")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for expected in
        ["晨曦 &lt;b&gt;商贸&lt;/b&gt;", &customer, &bill, "-000001", "1,060.00", "人民币壹仟零陆拾元整"]
    {
        assert!(page.text.contains(expected), "{expected} is missing in {}", page.text);
    }
    assert!(!page.text.contains("已作废"), "{}", page.text);
    book.finance().post(&format!("/v1/bills/{bill}/void"), &bodies::because("the wrong plan")).await.ok();
    let fresh = book.fresh().await;
    let voided = book.auditor().get(&format!("{path}?{fresh}")).await;
    assert!(voided.text.contains("已作废 VOID"), "{}", voided.text);
    book.refuses(book.auditor().get("/v1/bills/C99999.2026-01/document"), 404, "bill-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_bill_is_owed_by_nobody() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let (finance, path) = (book.finance(), format!("/v1/bills/{bill}/void"));
    book.refuses_values(finance.post(&path, &json!({})), &[("/reason", "missing")]).await;
    let none = "/v1/bills/C99999.2026-01/void";
    book.refuses(finance.post(none, &bodies::because("a mistake")), 404, "bill-not-found").await;
    let voided = book.changes(&finance, &path, &bodies::because("the wrong plan")).await;
    assert_eq!((&voided["state"], &voided["open"]), (&json!("voided"), &json!(null)));
    let again = finance.post(&path, &bodies::because("a second thought")).await;
    assert_eq!(*again.ok(), voided, "a second voiding changes nothing");
    book.finish().await;
}
