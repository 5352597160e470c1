//! Lists of usage over HTTP: recorded, reported, marked, sent again.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{TestBook, bodies, truths};

use crate::list_forms::{XLSX, import, send};

const PATH: &str = "/v1/usage/import";

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "recorded", "corrected", "unchanged", "rejected"].map(|count| number(report, count))
}

fn outcomes(report: &Value) -> Vec<&str> {
    report["results"].as_array().unwrap().iter().map(|result| text(result, "outcome")).collect()
}

/// 青松 with the code KH-1, and 蓝鹭; a day of last month.
async fn customers(book: &TestBook) -> [String; 3] {
    let operator = book.operator();
    let first = operator.post("/v1/customers", &json!({ "name": "青松", "code": "KH-1" })).await;
    let other = operator.post("/v1/customers", &json!({ "name": "蓝鹭" })).await;
    let day = book.last_month().last_day().to_string();
    [text(first.created(), "id").to_owned(), text(other.created(), "id").to_owned(), day]
}

/// Every record, as customer, reference and quantity.
async fn recorded(book: &TestBook) -> Vec<[String; 3]> {
    let rows = book.auditor().all(&format!("/v1/usage?sort=date&{}", book.fresh().await)).await;
    rows.iter()
        .map(|row| ["customer", "reference", "quantity"].map(|name| text(row, name).to_owned()))
        .collect()
}

async fn head(book: &TestBook) -> Value {
    let events = book.auditor().all("/v1/events").await;
    events.last().unwrap()["position"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_recorded_once_and_what_is_wrong_is_said_by_row() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [first, other, day] = customers(&book).await;
    // By id, code and name; then one that nobody is called, one twice, one twice with another quantity.
    let list = format!(
        "客户编号,计量项,日期,用量,流水号\n{first},sms,{day},1.50,r-1\nkh-1,sms,{day},0.000000000001,r-2\n\
         蓝鹭,sms,{day},\"1,234\",r-1\n白石,sms,{day},1,r-1\n青松,sms,{day},1.5,r-1\nKH-1,sms,{day},2,r-1\n\
         C09999,sms,{day},1,r-1\n"
    );
    let before = head(&book).await;
    let tried = import(&operator, &format!("{PATH}?dry_run=true"), list.as_bytes()).await;
    assert_eq!(counts(tried.ok()), [7, 3, 0, 1, 3], "{}", tried.text);
    assert_eq!((head(&book).await, &tried.body["position"]), (before, &Value::Null), "nothing is recorded");

    let done = import(&operator, PATH, list.as_bytes()).await;
    let report = done.ok();
    assert_eq!(counts(report), [7, 3, 0, 1, 3]);
    assert_eq!(done.header("tallybook-position"), report["position"].to_string());
    assert_eq!(
        outcomes(report),
        ["recorded", "recorded", "recorded", "rejected", "unchanged", "rejected", "rejected"]
    );
    let wrong = |place: usize| report["results"][place]["errors"][0].clone();
    assert_eq!(wrong(3)["column"], "客户编号");
    assert_eq!(
        (&wrong(5)["field"], &wrong(5)["detail"]),
        (&json!("quantity"), &json!("row 2 has the same record, with 1.50"))
    );
    assert!(text(&wrong(6), "detail").contains("no customer C09999"), "{}", wrong(6));
    assert_eq!((&report["results"][2]["row"], &report["results"][2]["customer"]), (&json!(4), &json!(other)));
    let row =
        |customer: &str, reference: &str, quantity: &str| [customer, reference, quantity].map(str::to_owned);
    let mut records = recorded(&book).await;
    records.sort();
    assert_eq!(
        records,
        [row(&first, "r-1", "1.5"), row(&first, "r-2", "0.000000000001"), row(&other, "r-1", "1234")]
    );
    let after = head(&book).await;
    assert_eq!(counts(import(&book.finance(), PATH, list.as_bytes()).await.ok()), [7, 0, 0, 4, 3]);
    assert_eq!(head(&book).await, after, "nothing twice");
    truths::hold(&book.witness()).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_quantity_is_rejected_unless_a_correction_is_meant() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [first, _, day] = customers(&book).await;
    let record = |quantity| bodies::usage(&first, "sms", &day, quantity);
    operator.post("/v1/usage", &record("3")).await.created();
    let same_words = operator.post("/v1/usage", &record("4")).await;
    let same_words =
        text(same_words.problem(409, "usage-differs"), "detail").trim_end_matches('.').to_owned();

    let list =
        format!("customer,meter,date,quantity,reference\nKH-1,sms,{day},4,gw-1\nKH-1,sms,{day},5,gw-2\n");
    let report = import(&operator, PATH, list.as_bytes()).await;
    assert_eq!(outcomes(report.ok()), ["rejected", "recorded"]);
    assert_eq!(text(&report.body["results"][0]["errors"][0], "detail"), same_words);
    // Said of all rows: those that are new are recorded all the same.
    let list = format!("{list}KH-1,sms,{day},6,gw-3\n");
    let meant = [("corrections", &b"true"[..]), ("file", list.as_bytes())];
    let report = send(&operator, PATH, &meant).await;
    assert_eq!(outcomes(report.ok()), ["corrected", "unchanged", "recorded"]);
    let again = send(&operator, PATH, &meant).await;
    assert_eq!(counts(again.ok()), [3, 0, 0, 3, 0]);
    // Said of single rows: then what is corrected has to be there.
    let list = format!(
        "customer,meter,date,quantity,reference,更正\nKH-1,sms,{day},7,gw-1,是\nKH-1,sms,{day},8,gw-2,否\nKH-1,sms,{day},9,gw-9,yes\n"
    );
    let report = import(&operator, PATH, list.as_bytes()).await;
    assert_eq!(outcomes(report.ok()), ["corrected", "rejected", "rejected"]);
    assert_eq!(report.body["results"][2]["errors"][0]["field"], "reference");
    let quantities: Vec<String> = recorded(&book).await.into_iter().map(|[.., quantity]| quantity).collect();
    assert_eq!(quantities, ["7", "5", "6"]);
    let wrong = [("corrections", &b"perhaps"[..]), ("file", list.as_bytes())];
    send(&operator, PATH, &wrong).await.invalid(&[("/corrections", "malformed")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_loses_no_row_to_another_and_usage_after_the_bill_is_late() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [billed, _] = book.billed("Acme").await;
    let [_, other, day] = customers(&book).await;
    let mut list = "customer,meter,date,quantity,reference\n".to_owned();
    for row in 0..2_500 {
        // Every hundredth is of nobody, one is of a month that has been billed.
        let customer = match row {
            _ if row % 100 == 99 => "C09999",
            1_234 => &billed,
            _ => &other,
        };
        list.push_str(&format!("{customer},sms,{day},{row},r-{row}\n"));
    }
    let report = import(&operator, PATH, list.as_bytes()).await;
    assert_eq!(counts(report.ok()), [2_500, 2_475, 0, 0, 25]);
    assert_eq!((number(&report.body, "late"), &report.body["results"][1_234]["late"]), (1, &json!(true)));
    let rejected =
        report.body["results"].as_array().unwrap().iter().filter(|row| row["outcome"] == "rejected");
    assert!(rejected.map(|row| number(row, "row")).eq((0..25).map(|hundred| hundred * 100 + 101)));
    assert_eq!(recorded(&book).await.len(), 2_475);
    truths::hold(&book.witness()).await;
    book.finish().await;
}

/// As people make them: days as Excel keeps them, quantities as numbers, the name of a customer.
fn workbook(day: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in (0_u16..).zip(["客户名称", "计量项", "日期", "用量", "流水号"]) {
        sheet.write_string(1, column, name).unwrap();
    }
    for (row, (name, quantity)) in
        (2_u32..).zip([("青松", 0.300_000_000_000_000_04), ("蓝鹭", 12.5), ("白石", 3.0)])
    {
        sheet.write_string(row, 0, name).unwrap();
        sheet.write_string(row, 1, "sms").unwrap();
        sheet.write_datetime_with_format(row, 2, ExcelDateTime::parse_from_str(day).unwrap(), &date).unwrap();
        sheet.write_number(row, 3, quantity).unwrap();
        sheet.write_number(row, 4, f64::from(row)).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_comes_back_with_what_is_wrong_to_be_corrected_and_sent_again() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [first, _, day] = customers(&book).await;
    let marked = send(&operator, PATH, &[("file", &workbook(&day))]).header("Accept", XLSX).begin().await;
    assert!(marked.headers()["content-disposition"].to_str().unwrap().contains("usage.errors.xlsx"));
    let bytes = marked.bytes().await.unwrap().to_vec();
    operator.post("/v1/customers", &bodies::customer("白石")).await.created();
    let again = import(&operator, PATH, &bytes).await;
    assert_eq!(counts(again.ok()), [3, 1, 0, 2, 0], "{}", again.text);
    assert_eq!(again.body["ignored_columns"], json!(["import_error"]));
    assert_eq!(recorded(&book).await[0], [first, "2".into(), "0.3".into()]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_is_saved_and_no_other_list_takes_it() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [_, _, day] = customers(&book).await;
    let list = format!("户号,日期,条数\nKH-1,{day},3\n").into_bytes();
    import(&operator, PATH, &list).await.invalid(&[("/file", "no_header")]);
    let mapping = json!({ "columns": { "customer": "户号", "quantity": "条数" }, "meter": "sms", "reference": "daily" });
    let mapping = mapping.to_string();
    let parts = [("mapping", mapping.as_bytes()), ("file", list.as_slice())];
    assert_eq!(
        counts(send(&operator, &format!("{PATH}?save_mapping=gw"), &parts).await.ok()),
        [1, 1, 0, 0, 0]
    );
    assert_eq!(counts(import(&operator, &format!("{PATH}?mapping=gw"), &list).await.ok()), [1, 0, 0, 1, 0]);
    let customers = import(&operator, "/v1/customers/import?mapping=gw", &list).await;
    customers.invalid(&[("?mapping", "unknown")]);
    let wrong = [("mapping", &b"{\"meters\":\"sms\"}"[..]), ("file", list.as_slice())];
    send(&operator, PATH, &wrong).await.invalid(&[("/mapping", "malformed")]);
    let template = operator.get("/v1/usage/import-template").begin().await;
    let template = template.bytes().await.unwrap().to_vec();
    assert_eq!(counts(import(&operator, PATH, &template).await.ok()), [0; 5]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_export_of_usage_says_is_unchanged_when_it_comes_back() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let [first, _, day] = customers(&book).await;
    let record = bodies::usage(&first, "sms", &day, "0.000000000001");
    operator.post("/v1/usage", &record).await.created();
    for format in ["text/csv", XLSX] {
        let path = format!("/v1/usage?{}", book.fresh().await);
        let exported = operator.get(&path).header("Accept", format).begin().await;
        let bytes = exported.bytes().await.unwrap().to_vec();
        let report = import(&operator, PATH, &bytes).await;
        assert_eq!(counts(report.ok()), [1, 0, 0, 1, 0], "{format}: {}", report.text);
    }
    book.finish().await;
}
