//! `/v1/usage/sources`, `/v1/usage/runs` and `/v1/usage/quarantine`, with a small real server outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Datelike};
use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_api::usage_sources::{SourceSettings, Sources};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::outside::{Outside, Reply};
use tallybook_tests::{TestBook, bodies};

const SECRET: &str = "s3cret";

/// A source at the small server; `more` is added to its settings.
pub(crate) fn source(outside: &Outside, more: Value) -> Sources {
    let mut settings = json!({
        "name": "meters",
        "kind": "http",
        "url": outside.url("/usage/{customer}?month={month}"),
        "headers": { "authorization": { "env": "METERS_TOKEN", "prefix": "Bearer " } },
        "records": { "path": "data", "meter": "meter", "date": "day", "quantity": "count", "reference": "id" },
        "retry_after_milliseconds": 1,
        "timeout_seconds": 1,
    });
    for (key, value) in more.as_object().unwrap() {
        settings[key] = value.clone();
    }
    let settings: SourceSettings = serde_json::from_value(settings).unwrap();
    let secret = |name: &str| (name == "METERS_TOKEN").then(|| SECRET.to_owned());
    Sources::open(&[settings], &secret).unwrap()
}

async fn book(usage_sources: Sources) -> TestBook {
    let api = ApiSettings { usage_sources, ..ApiSettings::default() };
    TestBook::start_differently(Differently { api, ..Differently::default() }).await
}

/// Waits until it is known everywhere who is active.
async fn settled(book: &TestBook) {
    let fresh = book.fresh().await;
    book.auditor().get(&format!("/v1/customers?{fresh}")).await.ok();
}

/// What a source answers: of each day of last month, from the first on, this quantity.
pub(crate) fn month(path: &str, quantities: &[Value]) -> Reply {
    let month = path.split_once("month=").unwrap().1;
    let records: Vec<Value> = (1..)
        .zip(quantities)
        .map(|(day, count)| {
            json!({ "meter": "sms", "day": format!("{month}-{day:02}"), "count": count, "id": format!("gw/{day}") })
        })
        .collect();
    Reply::Json(json!({ "data": records }).to_string())
}

/// Asks for last month, and answers with the run once it is over.
pub(crate) async fn collected(book: &TestBook, more: Value) -> Value {
    let body = bodies::with(more, "months", Some(json!([book.last_month()])));
    let started = book.operator().post("/v1/usage/sources/meters/runs", &body).await;
    let run = text(started.expect(202), "id").to_owned();
    assert_eq!(started.header("location"), format!("/v1/usage/runs/{run}"));
    finished(book, &run).await
}

async fn finished(book: &TestBook, run: &str) -> Value {
    for _ in 0..300 {
        let fresh = book.fresh().await;
        let found = book.auditor().get(&format!("/v1/usage/runs/{run}?{fresh}")).await;
        if found.status == 200 && text(found.data(), "state") != "running" {
            return found.data().clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{run} does not end");
}

fn counts(run: &Value) -> [u64; 6] {
    ["asked", "recorded", "unchanged", "corrected", "quarantined", "held"].map(|of| run[of].as_u64().unwrap())
}

async fn quarantine(book: &TestBook) -> Vec<Value> {
    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/usage/quarantine?sort=quarantined&{fresh}")).await;
    found.data().as_array().unwrap().clone()
}

/// What is recorded for a day of last month.
async fn recorded(book: &TestBook, customer: &str, day: u32) -> Option<String> {
    let (fresh, month) = (book.fresh().await, book.last_month());
    let query = format!("customer={customer}&date_from={month}-{day:02}&date_to={month}-{day:02}");
    let found = book.auditor().get(&format!("/v1/usage?{query}&{fresh}")).await;
    let records = found.data().as_array().unwrap();
    assert!(records.len() <= 1, "{records:?}");
    records.first().map(|record| text(record, "quantity").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_collected_once_however_often_it_is_asked_for() {
    let outside = Outside::start(|path, _| month(path, &[json!(1.25), json!("2"), json!(3)])).await;
    let book = book(source(&outside, json!({}))).await;
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    let other = book.subscriber("Other", "standard").await;
    let suspended = book.subscriber("Suspended", "standard").await;
    let because = bodies::because("chargebacks");
    book.operator().post(&format!("/v1/customers/{suspended}/suspend"), &because).await.ok();
    book.customer("Without a plan").await;

    settled(&book).await;
    let first = collected(&book, json!({})).await;
    assert_eq!((text(&first, "state"), counts(&first)), ("finished", [2, 6, 0, 0, 0, 0]), "{first}");
    assert_eq!((first["failures"].clone(), first["given_up"].clone()), (json!([]), json!(null)));
    assert_eq!(recorded(&book, &acme, 1).await.as_deref(), Some("1.25"));
    let again = collected(&book, json!({})).await;
    assert_eq!((text(&again, "id"), counts(&again)), ("meters.2", [2, 0, 6, 0, 0, 0]));
    let one = collected(&book, json!({ "customers": [other] })).await;
    assert_eq!(counts(&one), [1, 0, 3, 0, 0, 0]);

    for head in outside.heads() {
        assert!(head.contains(&format!("Bearer {SECRET}")), "{head}");
    }
    let mut asked = outside.paths();
    asked.sort();
    let of = |customer: &str| format!("/usage/{customer}?month={}", book.last_month());
    assert_eq!(asked, [of(&acme), of(&acme), of(&other), of(&other), of(&other)]);

    let sources = book.auditor().get("/v1/usage/sources").await;
    let shown = &sources.data()[0];
    assert_eq!((text(shown, "name"), text(shown, "place")), ("meters", outside.host().as_str()));
    assert!(!sources.text.contains(SECRET) && !sources.text.contains("/usage/"), "{}", sources.text);
    let runs = book.auditor().all("/v1/usage/runs?source=meters").await;
    assert_eq!(
        runs.iter().map(|run| text(run, "id")).collect::<Vec<_>>(),
        ["meters.3", "meters.2", "meters.1"]
    );
    assert_eq!(text(&runs[0]["started"], "by"), "user:operator");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_and_told() {
    let outside = Outside::start(|path, before| {
        let good = || month(path, &[json!("1")]);
        let customer = path.trim_start_matches("/usage/").split('?').next().unwrap();
        match (customer, before) {
            ("C00001", 0) => Reply::Status(500),
            ("C00001", 1) => Reply::Drop,
            ("C00001", 2) => Reply::Half("{".repeat(100)),
            ("C00002", _) => Reply::Status(404),
            ("C00003", 0) => Reply::Never,
            ("C00004", _) => Reply::Json("<html>".into()),
            ("C00005", _) => Reply::Json(format!("{{\"data\": [\"{}\"]}}", "x".repeat(2_000))),
            ("C00006", _) => Reply::Json(r#"{"data": [{"meter": "sms", "count": 1}, 7]}"#.into()),
            ("C00007", _) => Reply::Status(302),
            ("C00008", _) => Reply::Status(503),
            _ => good(),
        }
    })
    .await;
    let book = book(source(&outside, json!({ "answer_limit_bytes": 1_000 }))).await;
    book.old_plan("standard").await;
    for number in 1..=9 {
        book.subscriber(&format!("Customer {number}"), "standard").await;
    }
    settled(&book).await;
    let run = collected(&book, json!({})).await;
    assert_eq!((text(&run, "state"), counts(&run)), ("finished", [9, 3, 0, 0, 0, 0]), "{run}");
    let failures = run["failures"].as_array().unwrap();
    let told = |customer: &str| -> Vec<&str> {
        let of = failures.iter().filter(|failure| failure["customer"] == json!(customer));
        of.map(|failure| text(failure, "reason")).collect()
    };
    assert_eq!(told("C00002"), ["the source answered 404"]);
    assert_eq!(told("C00004"), ["the answer is not JSON"]);
    assert_eq!(told("C00005"), ["the answer is larger than 1000 bytes"]);
    assert_eq!(told("C00006"), ["record 1: the date is missing", "record 2: the date is missing"]);
    assert_eq!(told("C00007"), ["the source answered 302"]);
    assert_eq!(told("C00008"), ["the source answered 503"]);
    assert_eq!((failures.len(), &run["failed"]), (7, &json!(7)));
    let asked = |customer: &str| outside.paths().iter().filter(|path| path.contains(customer)).count();
    assert_eq!([1, 2, 3, 4, 8, 9].map(|number| asked(&format!("C0000{number}"))), [4, 1, 2, 1, 4, 1]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_nobody_answers_for_is_given_up() {
    let outside = Outside::start(|_, _| Reply::Drop).await;
    let book = book(source(&outside, json!({ "retries": 0 }))).await;
    book.old_plan("standard").await;
    for number in 1..=12 {
        book.subscriber(&format!("Customer {number}"), "standard").await;
    }
    settled(&book).await;
    let run = collected(&book, json!({})).await;
    assert_eq!((text(&run, "state"), &run["asked"], &run["failed"]), ("failed", &json!(5), &json!(5)));
    assert_eq!(text(&run, "given_up"), "the source did not answer 5 requests in a row");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_believed_waits_for_a_person_and_is_recorded_once() {
    let outside = Outside::start(|path, _| {
        let ten = || json!("10");
        month(
            path,
            &[ten(), ten(), ten(), json!("101"), json!(-5), json!("many"), json!("100"), json!("1e99")],
        )
    })
    .await;
    let book = book(source(&outside, json!({}))).await;
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    settled(&book).await;
    let run = collected(&book, json!({})).await;
    assert_eq!(counts(&run), [1, 4, 0, 0, 4, 0], "{run}");
    let held = quarantine(&book).await;
    let seen: Vec<_> =
        held.iter().map(|one| (text(&one["held"], "given"), text(&one["held"], "reason"))).collect();
    assert_eq!(
        seen,
        [("101", "above_average"), ("-5", "negative"), ("many", "not_a_number"), ("1e99", "out_of_range")]
    );
    assert_eq!(held[0]["held"]["average"], json!("10"));
    assert_eq!(recorded(&book, &acme, 4).await, None, "what is not believed is not used");

    let (operator, why) = (book.operator(), bodies::because("a busy day"));
    let path = |n: usize, step: &str| format!("/v1/usage/quarantine/{}/{step}", text(&held[n], "id"));
    book.refuses(operator.post(&path(1, "accept"), &why), 422, "quarantined-usage-not-a-quantity").await;
    for _ in 0..2 {
        operator.post(&path(0, "accept"), &why).await.ok();
        let right = bodies::with(why.clone(), "quantity", Some(json!("5")));
        operator.post(&path(1, "accept"), &right).await.ok();
        operator.post(&path(2, "dismiss"), &why).await.ok();
    }
    book.refuses(operator.post(&path(0, "dismiss"), &why), 409, "quarantined-usage-decided").await;
    book.refuses(
        operator.post(&path(2, "accept"), &bodies::with(why.clone(), "quantity", Some(json!("1")))),
        409,
        "quarantined-usage-decided",
    )
    .await;
    let none = format!("/v1/usage/quarantine/{acme}.{}.q9/dismiss", book.last_month());
    book.refuses(operator.post(&none, &why), 404, "quarantined-usage-not-found").await;
    let both = [recorded(&book, &acme, 4).await, recorded(&book, &acme, 5).await];
    assert_eq!(both, [Some("101".to_owned()), Some("5".to_owned())]);

    // What was accepted with another quantity, dismissed or is waiting still comes again, and nothing comes of it.
    let again = collected(&book, json!({})).await;
    assert_eq!(counts(&again), [1, 0, 5, 0, 0, 3], "{again}");
    let after = quarantine(&book).await;
    let states: Vec<_> = after.iter().map(|one| text(one, "state")).collect();
    assert_eq!(states, ["accepted", "accepted", "dismissed", "waiting"]);
    assert_eq!((text(&after[0], "reason"), text(&after[1], "quantity")), ("a busy day", "5"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_quantity_corrects_only_where_the_source_may() {
    for may in [false, true] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let outside = Outside::start(move |path, _| {
            let second = counted.fetch_add(1, Ordering::Relaxed) > 0;
            month(path, &[json!(if second { "12" } else { "10" })])
        })
        .await;
        let book = book(source(&outside, json!({ "corrections": may }))).await;
        book.old_plan("standard").await;
        let acme = book.subscriber("Acme", "standard").await;
        settled(&book).await;
        collected(&book, json!({})).await;
        let second = collected(&book, json!({})).await;
        let expected = if may { [1, 0, 0, 1, 0, 0] } else { [1, 0, 0, 0, 1, 0] };
        assert_eq!(counts(&second), expected, "{second}");
        if !may {
            let held = quarantine(&book).await;
            assert_eq!(
                (&held[0]["held"]["reason"], &held[0]["held"]["recorded"]),
                (&json!("changed"), &json!("10"))
            );
            assert_eq!(recorded(&book, &acme, 1).await.as_deref(), Some("10"));
            let accept = format!("/v1/usage/quarantine/{}/accept", text(&held[0], "id"));
            // Somebody corrects it meanwhile: what the person saw is not so any more.
            let first = format!("{}-01", book.last_month());
            for quantity in ["11", "10"] {
                let record = bodies::with(
                    bodies::usage(&acme, "sms", &first, quantity),
                    "reference",
                    Some(json!("gw/1")),
                );
                let record = bodies::with(record, "correction", Some(json!(true)));
                book.operator().post("/v1/usage", &record).await.ok();
                let why = bodies::because("the meter says so");
                match quantity {
                    "11" => {
                        book.refuses(book.operator().post(&accept, &why), 409, "usage-differs").await;
                    }
                    _ => {
                        book.operator().post(&accept, &why).await.ok();
                    }
                }
            }
        }
        assert_eq!(recorded(&book, &acme, 1).await.as_deref(), Some("12"));
        book.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_for_wrongly_is_refused() {
    let gate = Arc::new(AtomicBool::new(false));
    let open = gate.clone();
    let outside = Outside::start(
        move |path, _| {
            if open.load(Ordering::Relaxed) { month(path, &[]) } else { Reply::Never }
        },
    )
    .await;
    let book = book(source(&outside, json!({}))).await;
    book.old_plan("standard").await;
    book.subscriber("Acme", "standard").await;
    settled(&book).await;
    let (operator, runs) = (book.operator(), "/v1/usage/sources/meters/runs");
    book.refuses(operator.post("/v1/usage/sources/none/runs", &json!({})), 404, "usage-source-not-found")
        .await;
    operator
        .post(runs, &json!({ "months": [], "customers": ["x"] }))
        .await
        .invalid(&[("/months", "empty"), ("/customers/0", "malformed")]);
    book.refuses(book.auditor().get("/v1/usage/runs/meters.1"), 404, "usage-run-not-found").await;
    let started = operator.post(runs, &json!({ "months": [book.last_month()] })).await;
    let same = operator.post(runs, &json!({ "months": [book.last_month()] })).await;
    assert_eq!(started.expect(202)["id"], same.expect(202)["id"]);
    book.refuses(operator.post(runs, &json!({ "months": ["2020-01"] })), 409, "usage-run-under-way").await;
    gate.store(true, Ordering::Relaxed);
    finished(&book, "meters.1").await;
    book.finish().await;
}

/// Seconds since 1970, as everyone in the book of the last test has them.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(NOW.load(Ordering::Relaxed), 0).unwrap()
}

fn it_is(moment: &str) {
    NOW.store(moment.parse::<DateTime<chrono::Utc>>().unwrap().timestamp(), Ordering::Relaxed);
}

/// Each day at its time, in the source's time zone, by one of the processes; in the first days also last month.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_asked_by_itself_once_a_day() {
    let outside = Outside::start(|path, _| month(path, &[json!("1")])).await;
    let daily = json!({ "at": "03:30", "time_zone": "UTC" });
    let differently = || {
        let api = ApiSettings { usage_sources: source(&outside, daily.clone()), ..ApiSettings::default() };
        Differently { api, clock: Some(now), ..Differently::default() }
    };
    it_is("2026-11-03T03:29:59Z");
    let book = TestBook::start_differently(differently()).await;
    let other = book.another(Differently { no_projector: true, ..differently() }).await;
    assert_eq!(book.today().day(), 3);
    book.old_plan("standard").await;
    let acme = book.subscriber("Acme", "standard").await;
    settled(&book).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(*book.auditor().get("/v1/usage/runs").await.data(), json!([]), "it is not yet time");

    it_is("2026-11-03T03:30:00Z");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let run = finished(&book, "meters.1").await;
    assert_eq!((counts(&run), text(&run["started"], "by")), ([2, 2, 0, 0, 0, 0], "system:schedule"));
    let of = |month: &str| format!("/usage/{acme}?month={month}");
    let mut asked = outside.paths();
    asked.sort();
    assert_eq!(asked, [of("2026-10"), of("2026-11")]);

    it_is("2026-11-04T23:59:59Z");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let run = finished(&book, "meters.2").await;
    assert_eq!(run["terms"]["months"], json!(["2026-11"]));
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let started = "SELECT count(*) FROM events WHERE event_type = 'UsageRunStarted'";
    assert_eq!(sqlx::query_scalar::<_, i64>(started).fetch_one(book.pool()).await.unwrap(), 2);
    other.stop().await;
    book.finish().await;
}
