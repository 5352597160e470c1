//! A usage source that is a folder of files.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_api::usage_sources::{SourceSettings, Sources};
use tallybook_tests::TestBook;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;

async fn book(folder: &Path) -> TestBook {
    let settings = json!({ "name": "drop", "kind": "folder", "path": folder, "mapping": { "meter": "sms" },
        "settle_seconds": 1 });
    let settings: SourceSettings = serde_json::from_value(settings).unwrap();
    let usage_sources = Sources::open(&[settings], &|_| None).unwrap();
    let api = ApiSettings { usage_sources, ..ApiSettings::default() };
    TestBook::start_differently(Differently { api, ..Differently::default() }).await
}

fn put(folder: &Path, name: &str, rows: &[&str]) {
    let lines = [&["customer,date,quantity,reference"], rows].concat();
    std::fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
}

async fn gone(folder: &Path, name: &str) {
    for _ in 0..300 {
        if !folder.join(name).exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} is not taken in");
}

async fn run(book: &TestBook, number: u64) -> Value {
    for _ in 0..300 {
        let fresh = book.fresh().await;
        let found = book.auditor().get(&format!("/v1/usage/runs/drop.{number}?{fresh}")).await;
        if found.status == 200 && text(found.data(), "state") != "running" {
            return found.data().clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("run {number} does not end");
}

/// Requests, recorded, unchanged, put aside, and failed.
fn counts(run: &Value) -> [u64; 5] {
    ["asked", "recorded", "unchanged", "quarantined", "failed"].map(|of| run[of].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_taken_in_once_and_put_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let book = book(path).await;
    let acme = book.customer("Acme").await;
    let month = book.last_month();
    let day = |day: u32, quantity: &str| format!("{acme},{month}-{day:02},{quantity},gw-{day}");
    let good: Vec<String> = (1..=4).map(|n| day(n, if n == 4 { "101" } else { "10" })).collect();
    let good: Vec<&str> = good.iter().map(String::as_str).collect();
    put(path, "good.csv", &good);
    gone(path, "good.csv").await;
    let first = run(&book, 1).await;
    assert_eq!(counts(&first), [1, 3, 0, 1, 0], "{first}");
    assert!(path.join("done/good.csv").is_file());

    // The same content again, under another name.
    put(path, "again.csv", &good);
    gone(path, "again.csv").await;
    let second = run(&book, 2).await;
    assert_eq!(counts(&second), [1, 0, 0, 0, 0], "{second}");
    assert!(path.join("done/again.csv").is_file());

    put(path, "bad.csv", &[&day(5, "10"), &day(6, "-1"), "Nobody,2026-01-01,1,x", &day(7, "10")]);
    std::fs::write(path.join("none.xlsx"), "not a workbook").unwrap();
    std::fs::write(path.join("readme.txt"), "is left alone").unwrap();
    gone(path, "bad.csv").await;
    gone(path, "none.xlsx").await;
    let third = run(&book, 3).await;
    // Less than nothing is for a person to look at, not for who writes the file.
    assert_eq!(counts(&third), [2, 2, 0, 1, 2], "{third}");
    let told = third["failures"].to_string();
    for part in ["bad.csv", "row 4", "none.xlsx"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let waiting = book.auditor().get("/v1/usage/quarantine?state=waiting").await;
    assert!(
        waiting.data().as_array().unwrap().iter().any(|held| held["held"]["reason"] == "negative"),
        "{}",
        waiting.body
    );
    let copy = std::fs::read_to_string(path.join("failed/bad.csv.errors.csv")).unwrap();
    assert!(copy.contains("import_error") && copy.lines().count() == 5, "{copy}");
    assert!(path.join("failed/bad.csv").is_file() && path.join("failed/none.xlsx").is_file());
    assert!(path.join("readme.txt").is_file());

    // Whom and when is said by the files: a run that says so, too, would be in the way of theirs.
    let runs = "/v1/usage/sources/drop/runs";
    for (named, pointer) in
        [(json!({"customers": [acme]}), "/customers"), (json!({"months": [month]}), "/months")]
    {
        let refused = book.operator().post(runs, &named).await;
        assert_eq!((refused.status, refused.body["errors"][0]["pointer"].as_str()), (422, Some(pointer)));
    }

    let sources = book.auditor().get("/v1/usage/sources").await;
    assert_eq!(text(&sources.data()[0], "kind"), "folder");
    book.finish().await;
}

/// More records than one decision takes in.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_that_comes_again_sets_back_nothing_that_was_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let book = book(path).await;
    let acme = book.customer("Acme").await;
    let month = book.last_month();
    let rows: Vec<String> = (1..=1_100).map(|n| format!("{acme},{month}-01,10,gw-{n}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    put(path, "long.csv", &rows);
    gone(path, "long.csv").await;
    let first = run(&book, 1).await;
    assert_eq!(counts(&first), [1, 1_100, 0, 0, 0], "{first}");

    let right = json!({
        "customer": acme, "meter": "sms", "date": format!("{month}-01"), "quantity": "7", "reference": "gw-1",
        "correction": true,
    });
    let corrected = book.operator().post("/v1/usage", &right).await;
    assert_eq!(text(corrected.ok(), "effect"), "corrected");

    put(path, "again.csv", &rows);
    gone(path, "again.csv").await;
    let second = run(&book, 2).await;
    assert_eq!(counts(&second), [1, 0, 0, 0, 0], "{second}");
    assert!(path.join("done/again.csv").is_file());
    book.finish().await;
}
