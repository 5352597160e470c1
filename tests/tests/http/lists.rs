//! What all lists have in common: pages, formats, freshness.

use serde_json::json;
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::Differently;
use tallybook_tests::{TestBook, bodies};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_the_same_while_others_write() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for number in 0..7 {
        book.deposit(&acme, "1.00", &format!("R{number}")).await;
    }
    let reader = book.auditor();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = reader.get(&format!("/v1/deposits?limit=2{cursor}&{}", book.fresh().await)).await;
        seen.extend(
            page.data().as_array().unwrap().iter().map(|deposit| text(deposit, "reference").to_owned()),
        );
        // Newest first, so what comes in now belongs before the first page and moves nothing.
        book.deposit(&acme, "1.00", &format!("late {}", seen.len())).await;
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["R6", "R5", "R4", "R3", "R2", "R1", "R0"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_one_of_its_own_list_or_refused() {
    let book = TestBook::start().await;
    for name in ["A", "B", "C"] {
        book.customer_with(name, "1.00").await;
    }
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let page = reader.get(&format!("/v1/customers?limit=1&{fresh}")).await;
    page.data();
    let of_customers = text(&page.body, "next_cursor").to_owned();
    let lists = [
        "/v1/customers?sort=-id",
        "/v1/customers?sort=name",
        "/v1/deposits?",
        "/v1/withdrawals?",
        "/v1/events?",
        "/v1/users?",
        "/v1/api-keys?",
        "/v1/customers/C00001/wallet-statement?currency=CNY",
        "/v1/ledger/accounts/1002/lines?currency=CNY",
        "/v1/ledger/restatement?period=2026-03&known_at_1=0",
    ];
    for path in lists {
        let admin = book.admin();
        for cursor in [of_customers.as_str(), "AAAA", "-1", "%00", "W10", "bnVsbA", "💥", &"x".repeat(5000)]
        {
            let answer = admin.get(&format!("{path}&cursor={cursor}")).await;
            // A list of names may take a cursor that is some name, but never fails over one.
            if answer.status != 200 {
                answer.problem(422, "validation");
                assert_eq!(answer.body["errors"][0]["pointer"], "?cursor", "{path} {cursor}");
            } else {
                assert!(matches!(path, "/v1/users?" | "/v1/api-keys?" | "/v1/events?"), "{path} {cursor}");
            }
        }
    }
    for limit in ["0", "501", "-1", "ten", "1.5", "99999999999999999999"] {
        reader.get(&format!("/v1/customers?limit={limit}")).await.invalid(&[("?limit", "out_of_range")]);
    }
    book.finish().await;
}

/// An empty `limit` is as good as none, and a table without one is the whole list.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_the_whole_list() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let sent = (0..620).map(|number| {
        let body = bodies::deposit(&acme, "1.00", &format!("R{number}"));
        book.operator().post("/v1/deposits", &body).attempt()
    });
    for answer in futures::future::join_all(sent).await {
        answer.unwrap().created();
    }
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    let path = format!("/v1/deposits?{fresh}");
    let table = reader.get(&path).header("Accept", "text/csv").await;
    assert_eq!(table.text.lines().count(), 621);
    let some = reader.get(&format!("{path}&limit=10")).header("Accept", "text/csv").await;
    assert_eq!(some.text.lines().count(), 11);
    assert_eq!(reader.get(&path).await.data().as_array().map(Vec::len), Some(50));

    let workbook = reader.get(&path).header("Accept", XLSX).begin().await;
    assert_eq!(workbook.headers()["content-type"], XLSX);
    assert_eq!(workbook.bytes().await.unwrap()[..4], *b"PK\x03\x04");
    reader.get(&path).header("Accept", "text/html").await.problem(406, "not-acceptable");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_a_table_too() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.request(&acme, "1.00", "W1").await;
    book.billed("Brio").await;
    let close = format!("/v1/ledger/periods/{}/close", book.last_month());
    book.finance().post(&close, &serde_json::json!({})).await.ok();
    book.make_view("begin", 1).await;
    let fresh = book.fresh().await;
    for path in [
        "/v1/customers?".to_owned(),
        "/v1/wallets?".to_owned(),
        format!("/v1/customers/{acme}/wallets?"),
        format!("/v1/customers/{acme}/wallet-statement?currency=CNY&"),
        "/v1/deposits?".to_owned(),
        "/v1/withdrawals?".to_owned(),
        "/v1/ledger/accounts?".to_owned(),
        "/v1/ledger/trial-balance?".to_owned(),
        "/v1/ledger/restatement?period=2999-12&known_at_1=0&".to_owned(),
        "/v1/ledger/accounts/1002/lines?currency=CNY&".to_owned(),
        "/v1/dashboard?".to_owned(),
        "/v1/price-plans?".to_owned(),
        "/v1/bills?".to_owned(),
        "/v1/bill-runs?".to_owned(),
        "/v1/ledger/periods?".to_owned(),
        "/v1/reports/revenue?group_by=meter&".to_owned(),
        "/v1/reports/receivables-summary?".to_owned(),
        "/v1/receivables?".to_owned(),
        "/v1/receivables/ageing?".to_owned(),
        "/v1/events?".to_owned(),
        "/v1/projections?".to_owned(),
        "/v1/users?".to_owned(),
        "/v1/views?".to_owned(),
    ] {
        let of_no_read_model = ["/v1/projections?", "/v1/users?", "/v1/events?", "/v1/views?"];
        let fresh = if of_no_read_model.contains(&path.as_str()) { "" } else { &fresh };
        let table = book.auditor().get(&format!("{path}{fresh}")).header("Accept", "text/csv").await;
        assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"), "{path}");
        assert!(table.text.lines().count() > 1, "{path}: {}", table.text);
        let workbook = book.auditor().get(&format!("{path}{fresh}")).header("Accept", XLSX).begin().await;
        assert_eq!(workbook.headers()["content-type"], XLSX, "{path}");
        assert_eq!(workbook.bytes().await.unwrap()[..4], *b"PK\x03\x04", "{path}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_until_the_read_model_has_what_he_wrote() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for number in 0..20 {
        let answer = book.deposit(&acme, "1.00", &format!("R{number}")).await;
        let position = tallybook_tests::answer::number(&answer, "position");
        let in_query = format!("/v1/customers/{acme}/wallets?min_position={position}");
        let in_header = book.auditor().get(&format!("/v1/customers/{acme}/wallets"));
        let in_header = in_header.header("Tallybook-Min-Position", &position.to_string());
        for wallets in [book.auditor().get(&in_query).await, in_header.await] {
            assert_eq!(wallets.data()[0]["balance"], answer["balance"]);
            assert!(tallybook_tests::answer::number(&wallets.body, "position") >= position);
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_is_behind_says_so() {
    let differently = Differently { no_projector: true, ..Default::default() };
    let book = TestBook::start_differently(differently).await;
    let acme = book.customer("Acme").await;
    let behind = book.auditor().get("/v1/customers?min_position=1&wait_ms=50").await;
    behind.problem(503, "projection-behind");
    assert_ne!(behind.header("retry-after"), "");
    assert_eq!((number(&behind.body, "position"), number(&behind.body, "min_position")), (0, 1));
    let not_yet = book.auditor().get(&format!("/v1/customers/{acme}")).await;
    assert_eq!(not_yet.problem(404, "customer-not-found")["position"], 0);
    book.auditor().get("/v1/customers?wait_ms=30001").await.invalid(&[("?wait_ms", "out_of_range")]);
    let header = book.auditor().get("/v1/customers").header("Tallybook-Min-Position", "last").await;
    header.invalid(&[("Tallybook-Min-Position", "malformed")]);

    // The projector comes up, and the same question has its answer.
    let projector = book.another(Differently::default()).await;
    let answer = book.auditor().get("/v1/customers?min_position=1&wait_ms=30000").await;
    assert_eq!(answer.data()[0]["name"], json!("Acme"));
    book.finish().await;
    projector.stop().await;
}
