//! `/v1/bill-runs`

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveTime};
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::{TestBook, bodies};

const RUNS: &str = "/v1/bill-runs";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn bills(book: &TestBook) -> Vec<Value> {
    book.auditor().all(&format!("/v1/bills?sort=recorded&{}", book.fresh().await)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_with_a_plan_is_billed_once() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let month = book.last_month();
    for name in ["Acme", "Brio", "Corso"] {
        book.subscriber(name, "standard").await;
    }
    book.customer("Nobody's").await;
    let asked = book.finance().post(RUNS, &json!({ "period": month })).key("run").await;
    let started = asked.expect(202);
    assert_eq!(asked.header("location"), format!("{RUNS}/{month}"));
    assert_eq!((text(started, "id"), text(started, "state")), (month.to_string().as_str(), "running"));
    assert_eq!(started["customers"], 3);
    let run = book.finished_run(month).await;
    assert_eq!((&run["billed"], &run["skipped"], &run["parked"]), (&json!(3), &json!(0), &json!(0)));
    assert_eq!(run["totals"], json!([bodies::yuan("3180.00")]));
    assert_eq!(run["started"]["by"], "user:finance");
    let again = book.finance().post(RUNS, &json!({ "period": month })).key("run").await;
    assert!(again.replayed());

    let run = book.run_bills(json!({})).await;
    assert_eq!((&run["billed"], &run["skipped"]), (&json!(0), &json!(3)));
    let bills = bills(&book).await;
    let numbers: Vec<_> = bills.iter().map(|bill| text(bill, "number").split_once('-').unwrap().1).collect();
    assert_eq!(numbers, ["000001", "000002", "000003"]);
    let runs = book.auditor().get(RUNS).await;
    assert_eq!(runs.data().as_array().map(Vec::len), Some(1));
    let csv = book.auditor().get(RUNS).header("Accept", "text/csv").await;
    assert!(csv.text.contains(&format!("{month},finished,3,0,3,0,,")), "{}", csv.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_billed_is_parked_until_it_is_put_right() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let (good, bad) = (book.subscriber("Good", "standard").await, book.subscriber("Bad", "standard").await);
    let step = |step: &str| format!("/v1/customers/{bad}/{step}");
    book.operator().post(&step("suspend"), &bodies::because("chargebacks")).await.ok();
    let run = book.run_bills(json!({})).await;
    assert_eq!((&run["billed"], &run["parked"]), (&json!(1), &json!(1)));
    let parked = &run["parked_customers"][0];
    assert_eq!(
        (text(parked, "customer"), text(parked, "reason")),
        (bad.as_str(), "the customer is suspended")
    );
    let list = format!("{RUNS}/{}/parked", book.last_month());
    let csv = book.auditor().get(&list).header("Accept", "text/csv").await;
    assert!(csv.text.contains(&format!("{bad},the customer is suspended,")), "{}", csv.text);

    book.operator().post(&step("reactivate"), &json!({})).await.ok();
    let run = book.run_bills(json!({ "customers": [bad, good] })).await;
    assert_eq!(
        (&run["billed"], &run["skipped"], &run["parked_customers"]),
        (&json!(1), &json!(1), &json!([]))
    );
    assert_eq!(*book.auditor().get(&list).await.data(), json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_without_a_plan_used_is_not_passed_over_in_silence() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let (planned, planless) = (book.subscriber("Acme", "standard").await, book.customer("Brio").await);
    let day = book.last_month().first_day();
    let used =
        json!({ "customer": planless, "meter": "calls", "date": day, "quantity": "5", "reference": "r-1" });
    book.operator().post("/v1/usage", &used).await.created();
    // Nobody waits for the read model: what it does not know yet is in the journal.
    for whom in [json!({}), json!({ "customers": [planless] }), json!({ "customers": [planned, planless] })] {
        let run = book.run_bills(whom).await;
        assert_eq!(run["parked"], json!(1), "{run}");
        let parked = &run["parked_customers"][0];
        assert_eq!(text(parked, "customer"), planless);
        assert!(text(parked, "reason").contains(&day.to_string()), "{parked}");
    }
    assert_eq!(bills(&book).await.len(), 1);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_everything_and_writes_nothing() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    let month = book.last_month();
    let finance = book.finance();
    let before = tallybook_tests::rules::written(&book).await;
    let path = format!("{RUNS}?dry_run=true");
    let body = json!({ "period": month });
    let tried = finance.post(&path, &body).await;
    let tried = &tried.ok()["outcome"];
    assert_eq!((&tried["customers"], &tried["billed"]), (&json!(1), &json!(1)));
    assert_eq!(tried["totals"], json!([bodies::yuan("1060.00")]));
    assert_eq!(tried["bills"][0]["amounts"]["subtotal"], bodies::yuan("1000.00"));
    let csv = finance.post(&path, &body).header("Accept", "text/csv").await;
    let rows: Vec<_> = csv.text.lines().map(str::to_owned).collect();
    assert!(rows[0].starts_with("customer,row,plan,from,to,item,name,meter,quantity,"), "{}", rows[0]);
    let flat = format!("{acme},line,standard v1,{},{},", month.first_day(), month.last_day());
    assert!(rows[1].starts_with(&flat) && rows[1].contains("600.00"), "{}", rows[1]);
    let bill = format!("{acme},bill,,,,,,,,,1000.00,60.00,1060.00,CNY,");
    assert_eq!(*rows.last().unwrap(), bill);
    let xlsx = finance.post(&path, &body).header("Accept", XLSX).begin().await;
    assert_eq!(xlsx.headers()["content-type"], XLSX);
    assert_eq!(&xlsx.bytes().await.unwrap()[..2], b"PK");
    assert_eq!(tallybook_tests::rules::written(&book).await, before);
    let current = json!({ "period": book.this_month() });
    finance.post(&path, &current).await.ok();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_refused() {
    let book = TestBook::start().await;
    let finance = book.finance();
    book.refuses_values(finance.post(RUNS, &json!({})), &[("/period", "missing")]).await;
    let wrong = json!({
        "period": "2026-13", "customers": ["C1", "x"], "issue_date": "soon", "payment_term_days": 4000,
    });
    let errors = [
        ("/period", "malformed"),
        ("/customers/0", "malformed"),
        ("/customers/1", "malformed"),
        ("/issue_date", "malformed"),
        ("/payment_term_days", "out_of_range"),
    ];
    book.refuses_values(finance.post(RUNS, &wrong), &errors).await;
    let nobody = json!({ "period": book.last_month(), "customers": [] });
    book.refuses_values(finance.post(RUNS, &nobody), &[("/customers", "empty")]).await;
    let unknown = json!({ "period": book.last_month(), "customers": ["C99999"] });
    let far = json!({ "period": book.last_month(), "issue_date": "2962-01-01" });
    let tried = format!("{RUNS}?dry_run=true");
    for runs in [RUNS, &tried] {
        book.refuses(finance.post(runs, &unknown), 404, "customer-not-found").await;
        book.refuses(finance.post(runs, &far), 422, "effective-date-out-of-range").await;
    }
    let table = finance.post(&tried, &far).header("Accept", "text/csv");
    book.refuses(table, 422, "effective-date-out-of-range").await;
    let later = json!({ "period": book.this_month(), "issue_date": book.this_month().last_day() });
    finance.post(&tried, &later).await.ok();
    let early = finance.post(RUNS, &json!({ "period": book.this_month() }));
    book.refuses(early, 422, "period-not-over").await;
    for month in ["2001-01", "none"] {
        let path = format!("{RUNS}/{month}");
        book.refuses(finance.get(&path), 404, "bill-run-not-found").await;
        book.refuses(finance.get(&format!("{path}/stream")), 404, "bill-run-not-found").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_followed_to_its_end() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    book.subscriber("Acme", "standard").await;
    let month = book.last_month();
    let started = book.finance().post(RUNS, &json!({ "period": month })).await;
    let position = &started.expect(202)["position"];
    let path = format!("{RUNS}/{month}/stream?min_position={position}");
    let told = book.auditor().get(&path).begin().await.text().await.unwrap();
    let last = told.lines().rev().find_map(|line| line.strip_prefix("data:")).unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!((text(&last, "state"), &last["billed"]), ("finished", &json!(1)));
    book.finish().await;
}

/// Nothing is ever folded, so the read model does not know that anybody has a plan.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_missed_who_was_given_a_plan_a_moment_ago() {
    let book =
        TestBook::start_differently(Differently { no_projector: true, ..Differently::default() }).await;
    book.old_plan("standard").await;
    book.subscriber("Acme", "standard").await;
    let started = book.finance().post(RUNS, &json!({ "period": book.last_month() })).await;
    assert_eq!(started.expect(202)["customers"], 1);
    let finished = "SELECT count(*) FROM events WHERE event_type = 'BillRunFinished'";
    while sqlx::query_scalar::<_, i64>(finished).fetch_one(book.pool()).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let issued = "SELECT count(*) FROM events WHERE event_type = 'BillIssued'";
    assert_eq!(sqlx::query_scalar::<_, i64>(issued).fetch_one(book.pool()).await.unwrap(), 1);
    book.stop().await;
}

/// Seconds since 1970, as everyone in this book has them.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(NOW.load(Ordering::Relaxed), 0).unwrap()
}

fn it_is(moment: &str) {
    NOW.store(moment.parse::<DateTime<chrono::Utc>>().unwrap().timestamp(), Ordering::Relaxed);
}

/// On the first day at its time, in the book's time zone, by one of the processes; and not again.
#[tokio::test(flavor = "multi_thread")]
async fn the_month_is_billed_by_itself_once() {
    it_is("2026-10-31T12:00:00+08:00");
    let api = tallybook_api::ApiSettings {
        bill_run_at: NaiveTime::from_hms_opt(2, 30, 0),
        ..tallybook_api::ApiSettings::default()
    };
    let differently = || Differently { api: api.clone(), clock: Some(now), ..Differently::default() };
    let book = TestBook::start_differently(differently()).await;
    let other = book.another(Differently { no_projector: true, ..differently() }).await;
    book.old_plan("standard").await;
    let acme = book.customer("Acme").await;
    let path = format!("/v1/customers/{acme}/price-plan");
    book.operator().post(&path, &json!({ "plan": "standard", "from": "2026-10-01" })).await.ok();
    it_is("2026-11-01T02:29:59+08:00");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(*book.auditor().get(RUNS).await.data(), json!([]), "it is not yet time");

    it_is("2026-11-01T02:30:00+08:00");
    let run = book.finished_run("2026-10".parse().unwrap()).await;
    assert_eq!((&run["billed"], text(&run["started"], "by")), (&json!(1), "system:schedule"));
    it_is("2026-11-02T02:30:00+08:00");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let started = "SELECT count(*) FROM events WHERE event_type = 'BillRunStarted'";
    assert_eq!(sqlx::query_scalar::<_, i64>(started).fetch_one(book.pool()).await.unwrap(), 1);
    other.stop().await;
    book.finish().await;
}
