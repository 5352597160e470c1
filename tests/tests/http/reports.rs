//! `/v1/reports`

use chrono::Days;
use serde_json::{Value, json};
use tallybook_tests::{TestBook, bodies};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the trial balance says of an account in CNY.
async fn account(book: &TestBook, code: &str, fresh: &str) -> Value {
    let balance = book.auditor().get(&format!("/v1/ledger/trial-balance?currency=CNY&{fresh}")).await;
    let accounts = balance.data()["currencies"][0]["accounts"].clone();
    accounts.as_array().unwrap().iter().find(|account| account["code"] == code).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn revenue_is_what_the_ledger_says_it_is() {
    let book = TestBook::start().await;
    let [acme, _] = book.billed("Acme").await;
    let [brio, voided] = book.billed("Brio").await;
    book.finance().post(&format!("/v1/bills/{voided}/void"), &bodies::because("the wrong plan")).await.ok();
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    let report = auditor.get(&format!("/v1/reports/revenue?{fresh}")).await;
    let report = report.data();
    assert_eq!(report["group_by"], "customer");
    let [sums] = report["currencies"].as_array().unwrap().as_slice() else { panic!("{report}") };
    for (member, amount) in
        [("issued", "2000.00"), ("voided", "1000.00"), ("credit_notes", "0.00"), ("revenue", "1000.00")]
    {
        assert_eq!(sums[member], bodies::yuan(amount), "{member}");
    }
    let groups = sums["groups"].as_array().unwrap();
    let shown: Vec<_> =
        groups.iter().map(|group| (&group["key"], &group["name"], &group["revenue"])).collect();
    let (thousand, nothing) = (bodies::yuan("1000.00"), bodies::yuan("0.00"));
    assert_eq!(shown, [(&json!(acme), &json!("Acme"), &thousand), (&json!(brio), &json!("Brio"), &nothing)]);
    let revenue = account(&book, "6001", &fresh).await;
    assert_eq!((&revenue["credit"], &revenue["debit"]), (&bodies::yuan("2000.00"), &bodies::yuan("1000.00")));

    let tomorrow = book.today() + Days::new(1);
    let later = auditor.get(&format!("/v1/reports/revenue?from={tomorrow}&{fresh}")).await;
    assert_eq!(later.data()["currencies"], json!([]));
    let then = auditor.get("/v1/reports/revenue?known_at=1").await;
    assert_eq!(then.data()["currencies"], json!([]), "nothing was billed then");
    for by in ["plan", "meter", "industry", "account_manager"] {
        let report = auditor.get(&format!("/v1/reports/revenue?group_by={by}&limit=1&{fresh}")).await;
        assert_eq!(report.data()["currencies"][0]["revenue"], thousand, "{by}");
    }
    let path = format!("/v1/reports/revenue?{fresh}");
    let csv = auditor.get(&path).header("Accept", "text/csv").await;
    let row = format!("{acme},Acme,1,1000.00,0.00,0.00,0.00,1000.00,CNY");
    assert_eq!(csv.text.lines().nth(1), Some(row.as_str()));
    let workbook = auditor.get(&path).header("Accept", XLSX).await;
    assert_eq!((workbook.status, workbook.header("content-type")), (200, XLSX));
    let wrong = auditor.get("/v1/reports/revenue?group_by=colour&limit=0").await;
    wrong.invalid(&[("?group_by", "malformed"), ("?limit", "out_of_range")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receivables_are_counted_by_how_long_they_have_been_due() {
    let book = TestBook::start().await;
    let [acme, _] = book.billed("Acme").await;
    let [_, voided] = book.billed("Brio").await;
    book.finance().post(&format!("/v1/bills/{voided}/void"), &bodies::because("the wrong plan")).await.ok();
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    let summary = auditor.get(&format!("/v1/reports/receivables-summary?{fresh}")).await;
    let summary = summary.data();
    assert_eq!(summary["on"], json!(book.today()));
    let [sums] = summary["currencies"].as_array().unwrap().as_slice() else { panic!("{summary}") };
    assert_eq!((&sums["customer_count"], &sums["bill_count"]), (&json!(1), &json!(1)));
    let owed = bodies::yuan("1060.00");
    assert_eq!((&sums["open"], &sums["not_due"]), (&owed, &owed));
    assert_eq!((&sums["customers"][0]["customer"], &sums["customers"][0]["open"]), (&json!(acme), &owed));
    assert_eq!(account(&book, "1122", &fresh).await["closing"], owed);
    for (days, bucket) in [
        (30, "not_due"),
        (31, "overdue_1_30"),
        (61, "overdue_31_60"),
        (120, "overdue_61_90"),
        (121, "overdue_over_90"),
    ] {
        let date = book.today() + Days::new(days);
        let summary = auditor.get(&format!("/v1/reports/receivables-summary?as_of={date}&{fresh}")).await;
        assert_eq!(summary.data()["currencies"][0][bucket], owed, "{date}");
    }
    let yesterday = book.today() - Days::new(1);
    let before = auditor.get(&format!("/v1/reports/receivables-summary?as_of={yesterday}&{fresh}")).await;
    assert_eq!(before.data()["currencies"], json!([]), "nothing was owed yet");
    let path = format!("/v1/reports/receivables-summary?{fresh}");
    let csv = auditor.get(&path).header("Accept", "text/csv").await;
    let row = format!("{acme},Acme,1,1060.00,1060.00,0.00,0.00,0.00,0.00,CNY");
    assert_eq!(csv.text.lines().nth(1), Some(row.as_str()));
    book.finish().await;
}
