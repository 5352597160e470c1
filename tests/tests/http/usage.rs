//! `/v1/usage` and `/v1/customers/{id}/usage`

use futures::future::join_all;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{Client, TestBook, bodies};

const USAGE: &str = "/v1/usage";
const BATCH: &str = "/v1/usage/batch";

fn corrected(body: Value) -> Value {
    bodies::with(body, "correction", Some(json!(true)))
}

fn batch(records: &[Value]) -> Value {
    json!({ "records": records })
}

/// Every record in the list, as customer, meter, date, reference and quantity.
async fn listed(book: &TestBook, query: &str) -> Vec<[String; 5]> {
    let rows = book.auditor().all(&format!("{USAGE}?sort=date&{query}&{}", book.fresh().await)).await;
    let cell = |row: &Value, name| text(row, name).to_owned();
    rows.iter()
        .map(|row| ["customer", "meter", "date", "reference", "quantity"].map(|name| cell(row, name)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_recorded_once() {
    let book = TestBook::start().await;
    let (acme, today) = (book.customer("Acme").await, book.today());
    let record = bodies::usage(&acme, "sms", today, "120.50");
    let first = book.creates(&book.operator(), USAGE, &record).await;
    let month = today.format("%Y-%m");
    assert_eq!(first["id"], format!("{acme}.{month}.usage"));
    assert_eq!((&first["effect"], &first["late"]), (&json!("recorded"), &json!(false)));
    let same = bodies::with(record.clone(), "quantity", Some(json!("120.5")));
    for client in [book.operator(), book.finance()] {
        let again = client.post(USAGE, &same).await;
        assert_eq!(again.ok()["effect"], "unchanged");
        assert_eq!(again.body["position"], first["position"], "nothing was recorded");
    }
    let rows = book.auditor().get(&format!("{USAGE}?{}", book.fresh().await)).await;
    let row = &rows.data()[0];
    for (member, value) in [
        ("customer", json!(acme)),
        ("month", json!(month.to_string())),
        ("meter", json!("sms")),
        ("date", json!(today)),
        ("reference", json!("gw-1")),
        ("quantity", json!("120.5")),
        ("late", json!(false)),
        ("billed_by", json!(null)),
    ] {
        assert_eq!(row[member], value, "{member}");
    }
    assert_eq!(row["created"]["by"], "user:operator");
    assert_eq!(rows.data().as_array().map(Vec::len), Some(1));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_quantity_is_a_correction_or_a_mistake() {
    let book = TestBook::start().await;
    let (acme, today) = (book.customer("Acme").await, book.today());
    let operator = book.operator();
    let with = |quantity| bodies::usage(&acme, "sms", today, quantity);
    book.refuses(operator.post(USAGE, &corrected(with("3"))), 404, "usage-not-recorded").await;
    operator.post(USAGE, &with("3")).await.created();
    let refused = book.refuses(operator.post(USAGE, &with("4")), 409, "usage-differs").await;
    assert_eq!((&refused.body["recorded"], &refused.body["given"]), (&json!("3"), &json!("4")));
    assert_eq!(refused.body["index"], json!(null), "one record has no place in a batch");
    let changed = book.changes(&operator, USAGE, &corrected(with("4"))).await;
    assert_eq!(changed["effect"], "corrected");
    assert_eq!(operator.post(USAGE, &corrected(with("4"))).await.ok()["effect"], "unchanged");
    assert_eq!(listed(&book, "").await, [[&*acme, "sms", &today.to_string(), "gw-1", "4"]]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_is_recorded() {
    let book = TestBook::start().await;
    let (acme, today) = (book.customer("Acme").await, book.today());
    let clients = [book.operator(), book.finance()];
    let send = |n: usize| {
        let quantity = if n.is_multiple_of(3) { "2" } else { "1" };
        clients[n % 2].post(USAGE, &bodies::usage(&acme, "sms", today, quantity)).attempt()
    };
    let answers = join_all((0..24).map(send)).await;
    let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.unwrap().status).collect();
    let count = |status| statuses.iter().filter(|seen| **seen == status).count();
    assert_eq!(count(201), 1, "{statuses:?}");
    assert!([(15, 8), (7, 16)].contains(&(count(200), count(409))), "{statuses:?}");
    assert_eq!(listed(&book, "").await.len(), 1);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_recorded_whole() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let operator = book.operator();
    let known = bodies::usage(&acme, "sms", "2026-01-31", "1");
    operator.post(USAGE, &known).await.created();
    let records = [
        known,
        bodies::usage(&other, "data.gb", "2026-02-01", "0.000000000001"),
        corrected(bodies::usage(&acme, "sms", "2026-01-31", "2")),
        bodies::usage(&acme, "sms", "2026-02-01", "5"),
        bodies::usage(&acme, "mms", "2026-01-02", "7"),
    ];
    let outcome = book.creates(&operator, BATCH, &batch(&records)).await;
    let effects: Vec<&str> =
        outcome["records"].as_array().unwrap().iter().map(|record| text(record, "effect")).collect();
    assert_eq!(effects, ["unchanged", "recorded", "corrected", "recorded", "recorded"]);
    assert_eq!(outcome["records"][1]["id"], format!("{other}.2026-02.usage"));
    let counts = ["recorded", "unchanged", "corrected", "late"].map(|count| outcome[count].as_u64().unwrap());
    assert_eq!(counts, [3, 1, 1, 0]);
    let again = operator.post(BATCH, &batch(&records[3..])).await;
    assert_eq!((&again.ok()["unchanged"], again.status), (&json!(2), 200));
    let all = [
        [&*acme, "mms", "2026-01-02", "gw-1", "7"],
        [&*acme, "sms", "2026-01-31", "gw-1", "2"],
        [&*acme, "sms", "2026-02-01", "gw-1", "5"],
        [&*other, "data.gb", "2026-02-01", "gw-1", "0.000000000001"],
    ];
    assert_eq!(listed(&book, "").await, all);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_one_refused_record_is_refused_with_every_reason() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let operator = book.operator();
    operator.post(USAGE, &bodies::usage(&acme, "sms", "2026-01-31", "1")).await.created();
    let records = [
        bodies::usage(&acme, "sms", "2026-01-30", "9"),
        bodies::usage("C99999", "sms", "2026-01-30", "9"),
        bodies::usage(&acme, "sms", "2026-01-31", "9"),
        corrected(bodies::usage(&acme, "sms", "2026-02-01", "9")),
        bodies::usage(&acme, "sms", "9999-12-31", "9"),
        bodies::usage(&acme, "sms", "0026-01-31", "9"),
        bodies::usage(&acme, "mms", "2026-01-01", "1000000000000000"),
        bodies::usage(&acme, "mms", "2026-01-02", "1"),
    ];
    let refused = book.refuses(operator.post(BATCH, &batch(&records)), 404, "customer-not-found").await;
    assert_eq!((&refused.body["index"], &refused.body["customer"]), (&json!(1), &json!("C99999")));
    let errors: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "code")))
        .collect();
    let expected = [
        ("/records/1", "customer-not-found"),
        ("/records/2", "usage-differs"),
        ("/records/3", "usage-not-recorded"),
        ("/records/4", "effective-date-out-of-range"),
        ("/records/5", "effective-date-out-of-range"),
        ("/records/7", "usage-sum-out-of-range"),
    ];
    assert_eq!(errors, expected);
    assert_eq!(listed(&book, "").await.len(), 1, "nothing of it was recorded");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_usage_is_refused_with_every_reason() {
    let book = TestBook::start().await;
    let (acme, operator) = (book.customer("Acme").await, book.operator());
    let members = ["/customer", "/meter", "/date", "/quantity", "/reference"];
    book.refuses_values(operator.post(USAGE, &json!({})), &members.map(|member| (member, "missing"))).await;
    let good = bodies::usage(&acme, "sms", "2026-01-31", "1");
    let wrong = json!({
        "customer": "Acme", "meter": "-x", "date": "2026-1-31", "quantity": 12, "reference": "r".repeat(201),
        "correction": "yes", "unit": "MB",
    });
    let errors = [
        ("/records/1/customer", "malformed"),
        ("/records/1/meter", "malformed"),
        ("/records/1/date", "malformed"),
        ("/records/1/quantity", "wrong_type"),
        ("/records/1/reference", "too_long"),
        ("/records/1/correction", "wrong_type"),
        ("/records/1/unit", "unknown"),
        ("/records/2", "wrong_type"),
    ];
    book.refuses_values(operator.post(BATCH, &batch(&[good.clone(), wrong, json!(1)])), &errors).await;
    for (quantity, code) in [
        ("-1", "out_of_range"),
        ("1000000000000000.1", "out_of_range"),
        ("0.0000000000001", "too_precise"),
        ("1e3", "malformed"),
    ] {
        let body = bodies::with(good.clone(), "quantity", Some(json!(quantity)));
        book.refuses_values(operator.post(USAGE, &body), &[("/quantity", code)]).await;
    }
    book.refuses_values(operator.post(BATCH, &batch(&[])), &[("/records", "empty")]).await;
    let record = |n: usize| bodies::with(good.clone(), "reference", Some(json!(format!("r{n}"))));
    let many: Vec<Value> = (0..1_001).map(record).collect();
    book.refuses_values(operator.post(BATCH, &batch(&many)), &[("/records", "too_long")]).await;
    assert_eq!(operator.post(BATCH, &batch(&many[1..])).await.created()["recorded"], 1_000);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_batch_gets_its_first_answer() {
    let book = TestBook::start().await;
    let (acme, operator) = (book.customer("Acme").await, book.operator());
    let body = batch(&[bodies::usage(&acme, "sms", "2026-01-31", "1")]);
    let first = operator.post(BATCH, &body).key("K").await;
    let again = operator.post(BATCH, &body).key("K").await;
    assert_eq!((first.created(), again.replayed()), (again.created(), true));
    let other = batch(&[bodies::usage(&acme, "sms", "2026-01-31", "2")]);
    operator.post(BATCH, &other).key("K").await.problem(422, "idempotency-key-reused");
    book.finish().await;
}

async fn seeded(book: &TestBook) -> [String; 2] {
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let mut records = Vec::new();
    for customer in [&acme, &other] {
        for meter in ["sms", "mms"] {
            for date in ["2026-01-31", "2026-02-01", "2026-02-28"] {
                records.push(bodies::usage(customer, meter, date, "1.5"));
            }
        }
    }
    let second = bodies::usage(&acme, "sms", "2026-02-28", "0.25");
    records.push(bodies::with(second, "reference", Some(json!("gw-2"))));
    book.operator().post(BATCH, &batch(&records)).await.created();
    [acme, other]
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_found_by_customer_month_meter_day_and_lateness() {
    let book = TestBook::start().await;
    let [acme, _] = seeded(&book).await;
    for (query, found) in [
        ("", 13),
        (&*format!("customer={acme}"), 7),
        (&*format!("customer={acme}&month=2026-02"), 5),
        ("meter=sms&date_from=2026-02-01", 5),
        ("date_to=2026-01-31", 4),
        ("date_from=2026-02-01&date_to=2026-02-01", 4),
        ("late=false", 13),
        ("late=true", 0),
        ("month=2026-03", 0),
    ] {
        assert_eq!(listed(&book, query).await.len(), found, "{query}");
    }
    let auditor = book.auditor();
    for (query, pointer) in [
        ("month=2026-13", "?month"),
        ("meter=-", "?meter"),
        ("late=no", "?late"),
        ("date_from=2026-02-02&date_to=2026-02-01", "?date_to"),
    ] {
        let refused = auditor.get(&format!("{USAGE}?{query}")).await;
        assert_eq!(refused.problem(422, "validation")["errors"][0]["pointer"], pointer);
    }
    let csv = auditor.get(&format!("{USAGE}?sort=date&limit=1")).header("Accept", "text/csv").await;
    let row = csv.text.lines().nth(1).unwrap().to_owned();
    assert!(row.starts_with(&format!("{acme},2026-01,mms,2026-01-31,gw-1,1.5,false,,")), "{row}");
    book.finish().await;
}

/// Page by page, in each order, every record comes exactly once, though many came in with one event.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_usage_follow_each_other() {
    let book = TestBook::start().await;
    seeded(&book).await;
    let fresh = book.fresh().await;
    for sort in ["recorded", "-recorded", "date", "-date"] {
        let path = format!("{USAGE}?sort={sort}&{fresh}");
        let whole = book.auditor().all(&path).await;
        let paged = by_pages(&book.auditor(), &path, 4).await;
        assert_eq!((whole.len(), &whole), (13, &paged), "{sort}");
    }
    book.finish().await;
}

async fn by_pages(client: &Client, path: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}&limit={limit}{cursor}")).await;
        rows.extend(page.data().as_array().unwrap().iter().cloned());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_month_is_summed_up_by_meter_and_day() {
    let book = TestBook::start().await;
    let [acme, _] = seeded(&book).await;
    let path = format!("/v1/customers/{acme}/usage?month=2026-02");
    let month = book.auditor().get(&format!("{path}&{}", book.fresh().await)).await;
    let day = |date: &str, records: u64, quantity: &str| json!({ "date": date, "records": records, "quantity": quantity, "late_records": 0 });
    let expected = json!({
        "customer": acme, "month": "2026-02", "bills": [],
        "meters": [
            { "meter": "mms", "records": 2, "quantity": "3", "late_records": 0,
              "days": [day("2026-02-01", 1, "1.5"), day("2026-02-28", 1, "1.5")] },
            { "meter": "sms", "records": 3, "quantity": "3.25", "late_records": 0,
              "days": [day("2026-02-01", 1, "1.5"), day("2026-02-28", 2, "1.75")] },
        ],
    });
    assert_eq!(*month.data(), expected);
    let csv = book.auditor().get(&path).header("Accept", "text/csv").await;
    assert_eq!(csv.text.lines().last().unwrap().trim(), "sms,2026-02-28,2,1.75,0");
    let empty = book.auditor().get(&format!("/v1/customers/{acme}/usage")).await;
    assert_eq!(empty.data()["month"], book.today().format("%Y-%m").to_string());
    book.auditor().get("/v1/customers/C99999/usage").await.problem(404, "customer-not-found");
    book.finish().await;
}
