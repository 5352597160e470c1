//! Lists of customers over HTTP: reported, marked, sent again.

use futures::StreamExt;
use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{Answer, Client, TestBook, bodies, truths};

use crate::list_forms::{XLSX, import, send, workbook};

const PATH: &str = "/v1/customers/import";

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "registered", "changed", "unchanged", "rejected"].map(|count| number(report, count))
}

const LIST: &str = "客户全称,客户编码,联系电话,行业\n青松贸易,KH-1,13800131234,零售\n蓝鹭科技,KH-2,13800135678,\n\
                    坏行,KH-2,,\n,KH-9,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_in_once_and_what_is_wrong_is_said_by_row() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let tried = import(&operator, &format!("{PATH}?dry_run=true"), LIST.as_bytes()).await;
    assert_eq!(counts(tried.ok()), [4, 2, 0, 0, 2]);
    assert_eq!(book.auditor().get("/v1/events").await.data(), &json!([]), "a dry run records nothing");

    let first = import(&operator, PATH, LIST.as_bytes()).await;
    let report = first.ok();
    assert_eq!(counts(report), [4, 2, 0, 0, 2]);
    assert_eq!(first.header("tallybook-position"), report["position"].to_string());
    assert_eq!(report["columns"]["phone"], "联系电话");
    let results = report["results"].as_array().unwrap();
    assert_eq!((&results[0]["row"], &results[0]["outcome"]), (&json!(2), &json!("registered")));
    assert_eq!(results[2]["errors"][0]["column"], "客户编码");
    assert_eq!(results[2]["errors"][0]["detail"], "row 3 has the same");
    assert_eq!(results[3]["errors"][0]["field"], "name");

    let found = operator.get(&format!("/v1/customers?code=KH-1&{}", book.fresh().await)).await;
    let found = &found.data()[0];
    assert_eq!((text(found, "name"), text(found, "phone")), ("青松贸易", "138****1234"));
    assert_eq!(text(found, "id"), text(&results[0], "customer"));

    let head = report["position"].clone();
    let again = import(&operator, PATH, LIST.as_bytes()).await;
    assert_eq!(counts(again.ok()), [4, 0, 0, 2, 2]);
    let events = book.auditor().get("/v1/events?limit=500").await;
    assert_eq!(events.data().as_array().unwrap().last().unwrap()["position"], head, "nothing twice");
    truths::hold(&book.witness()).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_comes_back_as_it_was_with_what_is_wrong_to_be_corrected_and_sent_again() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let marked = send(&operator, PATH, &[("file", LIST.as_bytes())]).header("Accept", "text/csv").await;
    assert_eq!((marked.status, marked.header("content-type")), (200, "text/csv"));
    assert!(marked.header("content-disposition").contains("customers.errors.csv"));
    let lines: Vec<&str> = marked.text.lines().collect();
    assert_eq!(lines[0], "客户全称,客户编码,联系电话,行业,import_error");
    assert_eq!(lines[1], "青松贸易,KH-1,13800131234,零售");
    assert!(lines[3].starts_with("坏行,KH-2,,,"), "{}", lines[3]);
    let corrected = marked.text.replace("坏行,KH-2", "好行,KH-3").replace("\n,KH-9", "\n新行,KH-9");
    let report = import(&operator, PATH, corrected.as_bytes()).await;
    assert_eq!(counts(report.ok()), [4, 2, 0, 2, 0]);

    let list = workbook(&[&["Name", "Code"], &["=1+1", "K-1"], &["", "K-2"]]);
    let marked = send(&operator, PATH, &[("file", &list)]).header("Accept", XLSX).begin().await;
    assert_eq!(marked.headers()["content-type"], XLSX);
    let bytes = marked.bytes().await.unwrap().to_vec();
    let again = import(&operator, PATH, &bytes).await;
    let report = again.ok();
    assert_eq!(counts(report), [2, 0, 0, 1, 1], "{report}");
    assert_eq!(report["ignored_columns"], json!(["import_error"]));
    let other = send(&operator, PATH, &[("file", &list)]).header("Accept", "text/csv").await;
    other.problem(406, "not-acceptable");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_changes_the_customer_with_its_code_or_name() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let person = json!({ "name": "Acme", "code": "A-1", "phone": "13800131234", "level": "A" });
    let acme = text(operator.post("/v1/customers", &person).await.created(), "id").to_owned();
    let beta =
        text(operator.post("/v1/customers", &bodies::customer("Beta")).await.created(), "id").to_owned();
    // The projector need not have seen them.
    let list = format!(
        "id,name,code,level,phone\n,ＡＣＭＥ  Ltd,a-1,B,138****1234\n,beta,B-1,,\n{acme},,,C,\n,Beta,B-9,,\n,New,N-1,,138****9999\n"
    );
    let report = import(&operator, PATH, list.as_bytes()).await;
    let report = report.ok();
    let results = report["results"].as_array().unwrap();
    let outcomes: Vec<&str> = results.iter().map(|result| text(result, "outcome")).collect();
    assert_eq!(outcomes, ["changed", "changed", "rejected", "rejected", "rejected"], "{report}");
    assert_eq!((&results[0]["customer"], &results[1]["customer"]), (&json!(acme), &json!(beta)));
    let shown = operator.get(&format!("/v1/customers/{acme}?reveal=true&{}", book.fresh().await)).await;
    assert_eq!((text(shown.data(), "name"), text(shown.data(), "level")), ("ＡＣＭＥ  Ltd", "B"));
    assert_eq!(text(shown.data(), "phone"), "13800131234", "a mask changes nothing");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_says_what_the_program_does_not_know_and_is_saved() {
    let book = TestBook::start().await;
    let finance = book.finance();
    let list = "户名,手机,座机,行业\n青松,13800131234,021-5555555,IT\n".as_bytes();
    finance_refuses(&finance, list).await;
    let mapping = json!({
        "columns": { "name": "户名", "phone": "手机" },
        "words": { "industry": { "IT": "信息技术" } },
    });
    let mapping = mapping.to_string();
    let path = format!("{PATH}?save_mapping=crm");
    let report = send(&finance, &path, &[("mapping", mapping.as_bytes()), ("file", list)]).await;
    assert_eq!(counts(report.ok()), [1, 1, 0, 0, 0]);
    assert_eq!(report.ok()["ignored_columns"], json!(["座机"]));
    let again = import(&finance, &format!("{PATH}?mapping=crm"), list).await;
    assert_eq!(counts(again.ok()), [1, 0, 0, 1, 0]);
    import(&finance, &format!("{PATH}?mapping=none"), list).await.invalid(&[("?mapping", "unknown")]);
    import(&finance, &format!("{PATH}?save_mapping=a/b"), list)
        .await
        .invalid(&[("?save_mapping", "malformed")]);
    book.finish().await;
}

async fn finance_refuses(finance: &Client, list: &[u8]) {
    import(finance, PATH, list).await.invalid(&[("/file", "no_header")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_list_is_refused_whole() {
    let book = TestBook::start().await;
    let operator = book.operator();
    for bytes in [&b"PK\x03\x04nothing"[..], b"\xd0\xcf\x11\xe0", b"\xff\xfea\0", b"a\xff\xff"] {
        import(&operator, PATH, bytes).await.invalid(&[("/file", "unreadable")]);
    }
    let long = format!("name\n{}", "x\n".repeat(20_001));
    import(&operator, PATH, long.as_bytes()).await.invalid(&[("/file", "unreadable")]);
    send(&operator, PATH, &[("mapping", b"{}")]).await.invalid(&[("/file", "missing")]);
    let twice = send(&operator, PATH, &[("file", b"name\nA\n"), ("sheet", b"")]).await;
    twice.invalid(&[("/sheet", "unknown")]);
    let wrong = send(&operator, PATH, &[("file", b"name\nA\n"), ("mapping", b"{\"colums\":1}")]).await;
    wrong.invalid(&[("/mapping", "malformed")]);
    operator.post(PATH, &json!({})).await.problem(415, "unsupported-media-type");
    let large = vec![b'x'; 17 * 1024 * 1024];
    send(&operator, PATH, &[("file", &large)]).await.problem(413, "body-too-large");
    assert_eq!(book.auditor().get("/v1/events").await.data(), &json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_is_filled_in_and_imported() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let template = operator.get("/v1/customers/import-template").begin().await;
    assert_eq!(
        (template.status().as_u16(), template.headers()["content-type"].to_str().unwrap()),
        (200, XLSX)
    );
    let bytes = template.bytes().await.unwrap().to_vec();
    let report = import(&operator, PATH, &bytes).await;
    assert_eq!(counts(report.ok()), [0, 0, 0, 0, 0]);
    assert_eq!(report.ok()["ignored_columns"], json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_list_brought_back_changes_nothing() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let whole = json!({
        "name": "-青松", "code": "0042", "short_name": "=青", "industry": "物流", "level": "A", "account_manager": "王芳",
        "tax_number": "91350100M000100Y43", "bank_name": "招商银行", "settlement_mode": "postpaid",
        "billing_cycle": "monthly", "payment_term_days": 30, "credit_limit": bodies::yuan("50000.00"),
        "oldest_first": false, "currency": "CNY", "tags": ["vip", "north"], "remarks": "@May", "external_ids": {"crm": "A-77"},
        "contact_person": "王小明", "phone": "+86 138 0013 1234", "email": "w@x.com",
        "address": "上海市闵行区示例路 1 号", "bank_account": "6222020000000000001",
    });
    operator.post("/v1/customers", &whole).await.created();
    // A closed customer is in the list, too.
    let gone = book.customer("Gone").await;
    book.finance().post(&format!("/v1/customers/{gone}/close"), &bodies::because("moved away")).await.ok();
    for format in ["text/csv", XLSX] {
        let path = format!("/v1/customers?{}", book.fresh().await);
        let exported = operator.get(&path).header("Accept", format).begin().await;
        let bytes = exported.bytes().await.unwrap().to_vec();
        let report = import(&operator, PATH, &bytes).await;
        assert_eq!(counts(report.ok()), [2, 0, 0, 2, 0], "{format}: {}", report.text);
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_list_sent_by_two_at_once_registers_everyone_once() {
    let book = TestBook::start().await;
    let (operator, finance) = (book.operator(), book.finance());
    let rows: String = (0..600).map(|row| format!("Customer {row},K-{row},138{row:08}\n")).collect();
    let list = format!("name,code,phone\n{rows}");
    let (one, other) =
        tokio::join!(import(&operator, PATH, list.as_bytes()), import(&finance, PATH, list.as_bytes()));
    let (one, other) = (counts(one.ok()), counts(other.ok()));
    assert_eq!((one[4], other[4]), (0, 0), "{one:?}, {other:?}");
    assert_eq!(one[1] + other[1], 600, "{one:?}, {other:?}");
    assert_eq!(one[3] + other[3], 600, "{one:?}, {other:?}");
    truths::hold(&book.witness()).await;
    book.finish().await;
}

/// A form of which only the beginning arrives.
fn stalled(client: &Client) -> tokio::task::JoinHandle<Result<Answer, reqwest::Error>> {
    let begin = futures::stream::iter([Ok::<_, std::io::Error>("--X\r\n")]);
    let body = reqwest::Body::wrap_stream(begin.chain(futures::stream::pending()));
    let request = client.request(reqwest::Method::POST, PATH);
    tokio::spawn(request.raw("multipart/form-data; boundary=X", body).attempt())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_lists_are_taken_in_than_there_are_places() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let list = b"name\nAcme\n";
    let mut waiting = Vec::new();
    eventually(async || {
        // One that comes while the list below is read may be turned away itself.
        waiting.push(stalled(&operator));
        let busy = import(&operator, PATH, list).await;
        busy.status == 503 && busy.kind() == "busy" && busy.header("retry-after") == "5"
    })
    .await;
    import(&operator, "/v1/usage/import", list).await.problem(503, "busy");
    operator.get("/v1/customers").header("Accept", XLSX).begin().await.error_for_status().unwrap();
    for sender in waiting {
        sender.abort();
    }
    eventually(async || import(&operator, PATH, list).await.status == 200).await;
    book.finish().await;
}

async fn eventually(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it never comes to that");
}
