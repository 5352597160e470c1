//! `tallybook bill-run`: killed half-way and started again, it bills everyone once.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{Datelike, Utc};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tallybook_domain::Month;
use tallybook_tests::answer::text;
use tallybook_tests::program::{Program, done};
use tallybook_tests::{Client, bodies, truths};

use crate::book::{People, Processes};

const CUSTOMERS: usize = 1_500;

fn last_month() -> Month {
    let today = Utc::now().date_naive();
    Month::new(today.year(), today.month()).unwrap().previous().unwrap()
}

/// Customers under one plan, with one of them suspended. Answers with two others.
async fn fill(people: &People) -> [String; 2] {
    let plan = bodies::with(bodies::price_plan("standard"), "effective_from", Some(json!("2000-01-01")));
    people.finance.post("/v1/price-plans", &plan).await.created();
    let subscribe = |number: usize| async move {
        let body = bodies::customer(&format!("Customer {number}"));
        let registered = people.operator.post("/v1/customers", &body).await;
        let customer = text(registered.created(), "id").to_owned();
        let path = format!("/v1/customers/{customer}/price-plan");
        let from = last_month().first_day();
        people.operator.post(&path, &json!({ "plan": "standard", "from": from })).await.ok();
        customer
    };
    let customers: Vec<String> =
        stream::iter(0..CUSTOMERS).map(subscribe).buffer_unordered(32).collect().await;
    let path = format!("/v1/customers/{}/suspend", customers[0]);
    people.operator.post(&path, &bodies::because("chargebacks")).await.ok();
    [customers[1].clone(), customers[2].clone()]
}

async fn issued(pool: &PgPool) -> Vec<String> {
    let numbers = "SELECT payload -> 'BillIssued' ->> 'number' FROM events WHERE event_type = 'BillIssued'
                    ORDER BY position";
    sqlx::query_scalar(numbers).fetch_all(pool).await.unwrap()
}

async fn exports_are_the_tables_of_the_api(book: &Processes, auditor: &Client, month: &str) {
    let sum = "/v1/reports/revenue?group_by=plan";
    for (export, path) in [
        (vec!["bills", "--period", month], format!("/v1/bills?period={month}&sort=recorded")),
        (vec!["bills", "--status", "voided"], "/v1/bills?status=voided".to_owned()),
        (vec!["revenue", "--group-by", "plan"], sum.to_owned()),
        (vec!["receivables-summary"], "/v1/reports/receivables-summary".to_owned()),
        (vec!["receivables"], "/v1/receivables".to_owned()),
        (vec!["receivables", "--known-at", "900"], "/v1/receivables?known_at=900".to_owned()),
        (vec!["receivables-ageing", "--buckets", "0,9"], "/v1/receivables/ageing?buckets=0,9".to_owned()),
    ] {
        let exported = done(book.command(&[&["export"][..], &export, &["--format", "csv"]].concat()));
        let sent = auditor.get(&path).header("Accept", "text/csv").await;
        assert_eq!(exported, sent.text, "{export:?}");
    }
    let file = book.place().join("revenue.xlsx");
    let name = file.to_str().unwrap();
    let told = done(book.command(&["export", "revenue", "--format", "xlsx", "--output", name, "--json"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["rows"], json!(CUSTOMERS - 1));
    assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_half_way_bills_everyone_once() {
    let book = Processes::on_the_server();
    let projector = book.projector();
    let mut api = book.api();
    let people = book.people(&api.address).await;
    let [active, another] = fill(&people).await;
    // Nobody else takes up what the killed one leaves.
    api.stop();
    let (connect, schema) = book.owner();
    let connect = connect.options([("search_path", schema.as_str())]);
    let pool = PgPoolOptions::new().connect_with(connect).await.unwrap();
    let month = last_month().to_string();
    // Some are billed already: they are passed over before the kill and after it.
    let first = done(book.command(&["bill-run", &month, "--customer", &active, "--customer", &another]));
    assert!(first.contains("billed         2"), "{first}");
    let mut run = Program::run(book.command(&["bill-run", &month]), &book.log());
    while issued(&pool).await.len() < 100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    run.kill();
    let before = issued(&pool).await.len();
    assert!((100..CUSTOMERS - 1).contains(&before), "killed too late: {before} bills");

    let mut again = book.command(&["bill-run", &month, "--json"]);
    let ended = again.output().unwrap();
    assert_eq!(
        ended.status.code(),
        Some(1),
        "somebody is parked: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let summary: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let counted = ["customers", "billed", "skipped", "parked"].map(|count| summary[count].as_u64().unwrap());
    assert_eq!(counted, [CUSTOMERS as u64, CUSTOMERS as u64 - 3, 2, 1]);
    assert_eq!(summary["parked_customers"].as_array().map(Vec::len), Some(1), "{summary}");
    let numbers = issued(&pool).await;
    let distinct: BTreeSet<_> = numbers.iter().collect();
    assert_eq!((numbers.len(), distinct.len()), (CUSTOMERS - 1, CUSTOMERS - 1));
    let last = numbers.iter().max().unwrap();
    assert!(last.ends_with(&format!("-{:06}", CUSTOMERS - 1)), "numbers have no gaps: {last}");
    let customers = "SELECT count(DISTINCT aggregate_id) FROM events WHERE event_type = 'BillIssued'";
    let customers: i64 = sqlx::query_scalar(customers).fetch_one(&pool).await.unwrap();
    assert_eq!(customers, i64::try_from(CUSTOMERS - 1).unwrap());

    let workbook = book.place().join("preview.xlsx");
    let file = workbook.to_str().unwrap();
    let said =
        done(book.command(&["bill-run", &month, "--dry-run", "--output", file, "--customer", &active]));
    assert!(said.contains("would bill     0") && said.contains("skipped        1"), "{said}");
    assert!(std::fs::read(&workbook).unwrap().starts_with(b"PK"));
    pool.close().await;
    let api = book.api();
    exports_are_the_tables_of_the_api(&book, &people.auditor.at(&api.address), &month).await;
    truths::hold(&book.witness(people.auditor.at(&api.address))).await;
    drop(projector);
}
