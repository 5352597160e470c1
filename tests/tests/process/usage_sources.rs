//! `tallybook usage collect`: killed half-way, its run is taken up by an API, and each record is there once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{Datelike, Utc};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tallybook_domain::Month;
use tallybook_tests::answer::text;
use tallybook_tests::outside::{Outside, Reply};
use tallybook_tests::program::Program;
use tallybook_tests::{bodies, truths};

use crate::book::{People, Processes};

const CUSTOMERS: usize = 120;
/// Requests that are answered before the source hangs: more than are recorded together.
const ANSWERED: usize = 70;
const SECRET: &str = "kept-in-a-file";

fn last_month() -> Month {
    let today = Utc::now().date_naive();
    Month::new(today.year(), today.month()).unwrap().previous().unwrap()
}

async fn fill(people: &People) {
    let plan = bodies::with(bodies::price_plan("standard"), "effective_from", Some(json!("2000-01-01")));
    people.finance.post("/v1/price-plans", &plan).await.created();
    let subscribe = |number: usize| async move {
        let body = bodies::customer(&format!("Customer {number}"));
        let registered = people.operator.post("/v1/customers", &body).await;
        let path = format!("/v1/customers/{}/price-plan", text(registered.created(), "id"));
        let from = last_month().first_day();
        people.operator.post(&path, &json!({ "plan": "standard", "from": from })).await.ok();
    };
    stream::iter(0..CUSTOMERS).for_each_concurrent(16, subscribe).await;
}

/// Answers so many, hangs until it is let go, and then answers all.
async fn hanging(go: Arc<AtomicBool>) -> Outside {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    Outside::start(move |path, _| {
        if !go.load(Ordering::Relaxed) && asked.fetch_add(1, Ordering::Relaxed) >= ANSWERED {
            return Reply::Never;
        }
        let month = path.split_once("month=").unwrap().1;
        let day = |n: u32| json!({ "day": format!("{month}-{n:02}"), "count": 1.5 });
        Reply::Json(json!([day(1), day(2)]).to_string())
    })
    .await
}

async fn count(pool: &PgPool, what: &str) -> i64 {
    sqlx::query_scalar(what).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_half_way_is_taken_up_and_records_everything_once() {
    let book = Processes::on_the_server();
    let go = Arc::new(AtomicBool::new(false));
    let outside = hanging(go.clone()).await;
    let (settings, secret) = (book.place().join("tallybook.toml"), book.place().join("secret"));
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let source = format!(
        r#"
            [[usage_sources]]
            name = "meters"
            kind = "http"
            url = "{}"
            headers = {{ X-Key = {{ file = "{}" }} }}
            records = {{ meter = {{ constant = "sms" }}, date = "day", quantity = "count" }}
        "#,
        outside.url("/usage/{customer}?month={month}"),
        secret.display()
    );
    std::fs::write(&settings, source).unwrap();
    let config = ["--config", settings.to_str().unwrap()];
    let projector = book.projector();
    let serve = || book.api_with(&settings);
    let mut api = serve();
    let people = book.people(&api.address).await;
    fill(&people).await;
    // Nobody else takes up what the killed one leaves.
    api.stop();
    let (connect, schema) = book.owner();
    let connect = connect.options([("search_path", schema.as_str())]);
    let pool = PgPoolOptions::new().connect_with(connect).await.unwrap();

    let month = last_month().to_string();
    let collect = [&["usage", "collect", "meters", "--month", &month, "--json"], &config[..]].concat();
    let mut run = Program::run(book.command(&collect), &book.log());
    let collected = "SELECT count(*) FROM events WHERE event_type = 'UsageCollected'";
    while count(&pool, collected).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    run.kill();
    let recorded = "SELECT count(*) FROM events WHERE event_type = 'UsageRecorded'";
    assert_eq!(count(&pool, recorded).await, 50);
    let asked = outside.heads().len();

    go.store(true, Ordering::Relaxed);
    let (one, other) = (serve(), serve());
    let finished = "SELECT count(*) FROM events WHERE event_type = 'UsageRunFinished'";
    while count(&pool, finished).await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let everybody = i64::try_from(CUSTOMERS).unwrap();
    assert_eq!(count(&pool, recorded).await, everybody);
    assert_eq!(outside.heads().len() - asked, CUSTOMERS, "one of the two has asked, everyone once");
    for head in outside.heads() {
        assert!(head.to_ascii_lowercase().contains(&format!("x-key: {SECRET}")), "{head}");
    }
    assert!(!book.logged().contains(SECRET));

    let again = book.command(&collect).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((text(&again, "id"), &again["recorded"]), ("meters.2", &json!(0)));
    assert_eq!(&again["unchanged"], &json!(2 * CUSTOMERS));
    let auditor = people.auditor.at(&one.address);
    let runs = auditor.all("/v1/usage/runs").await;
    let first = runs.last().unwrap();
    assert_eq!((&first["asked"], &first["recorded"]), (&json!(CUSTOMERS), &json!(2 * CUSTOMERS)), "{first}");
    assert_eq!(first["unchanged"], json!(100), "what the killed one had recorded");
    pool.close().await;
    truths::hold(&book.witness(auditor)).await;
    drop((projector, other));
}
