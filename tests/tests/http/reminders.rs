//! `/v1/reminders`

use serde_json::json;
use tallybook_tests::TestBook;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_where_no_way_out_is_set_up() {
    let book = TestBook::start().await;
    let [customer, bill] = book.billed("Acme").await;
    let (fresh, auditor) = (book.fresh().await, book.auditor());
    for query in ["sort=raised", "status=pending", &format!("customer={customer}&bill={bill}")] {
        let found = auditor.get(&format!("/v1/reminders?{query}&{fresh}")).await;
        assert_eq!(*found.data(), json!([]), "{query}");
    }
    let wrong = auditor.get("/v1/reminders?status=lost").await;
    assert_eq!(wrong.problem(422, "validation")["errors"][0]["pointer"], "?status");
    let csv = auditor.get("/v1/reminders").header("Accept", "text/csv").await;
    assert!(csv.text.starts_with("bill,step,channel,customer,number,"), "{}", csv.text);
    book.finish().await;
}
