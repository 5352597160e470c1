//! `/v1/projections/{name}/rebuild` and `/v1/projections/rebuilds`

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tallybook_tests::TestBook;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;

async fn ask(book: &TestBook, wanted: &str, body: &Value) -> Value {
    let (name, query) = wanted.split_once('?').unwrap_or((wanted, ""));
    let asked = book.admin().post(&format!("/v1/projections/{name}/rebuild?{query}"), body).await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let location = format!("/v1/projections/rebuilds/{}", text(&asked.body, "id"));
    assert_eq!(asked.headers["location"], location);
    asked.body
}

/// The rebuild when it is over.
async fn ended(book: &TestBook, asked: &Value) -> Value {
    let path = format!("/v1/projections/rebuilds/{}", text(asked, "id"));
    for _ in 0..300 {
        let answer = book.auditor().get(&path).await;
        let rebuild = answer.data();
        if !matches!(text(rebuild, "state"), "requested" | "running") {
            return rebuild.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the rebuild does not end: {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_is_done_by_the_projector_and_says_what_it_changed() {
    let book = TestBook::start().await;
    book.customer_with("Acme", "100.00").await;
    book.auditor().get(&format!("/v1/wallets?{}", book.fresh().await)).await.data();
    let asked = ask(&book, "wallets", &json!({})).await;
    assert_eq!((text(&asked, "projection"), text(&asked, "state")), ("wallets", "requested"));
    let done = ended(&book, &asked).await;
    assert_eq!(text(&done, "state"), "swapped", "{done}");
    assert_eq!(done["error"], json!(null));
    assert_eq!(done["report"]["differences"][0]["changed"], 0);
    assert_eq!(done["progress"]["percent"], 100);
    assert!(done["finished_at"].is_string());

    sqlx::query("UPDATE wallets SET balance = balance + 7, available = available + 7")
        .execute(book.pool())
        .await
        .unwrap();
    let refused = ended(&book, &ask(&book, "wallets", &json!({ "expect_equal": true })).await).await;
    assert_eq!(text(&refused, "state"), "failed", "{refused}");
    assert!(text(&refused, "error").contains("no difference was expected"));
    assert_eq!(refused["report"]["differences"][0]["changed"], 1);
    let compared = ended(&book, &ask(&book, "wallets?dry_run=true", &json!({})).await).await;
    assert_eq!(text(&compared, "state"), "compared", "{compared}");
    assert_eq!(compared["report"]["differences"][0]["money"]["CNY"]["balance"], "-7.00");
    ended(&book, &ask(&book, "wallets", &json!({})).await).await;
    let wallets = book.auditor().get("/v1/wallets").await;
    assert_eq!(wallets.data()[0]["balance"]["amount"], "100.00");

    let listed = book.auditor().get("/v1/projections/rebuilds?limit=3").await;
    let states: Vec<_> = listed.data().as_array().unwrap().iter().map(|it| text(it, "state")).collect();
    assert_eq!(states, ["swapped", "compared", "failed"]);
    let cursor = text(listed.ok(), "next_cursor").to_owned();
    let rest = book.auditor().get(&format!("/v1/projections/rebuilds?limit=3&cursor={cursor}")).await;
    assert_eq!(rest.data().as_array().unwrap().len(), 1);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_keeps_others_out_and_can_be_cancelled() {
    let book = TestBook::start_differently(Differently { no_projector: true, ..Default::default() }).await;
    let admin = book.admin();
    let asked = ask(&book, "wallets", &json!({})).await;
    let second = admin.post("/v1/projections/wallets/rebuild", &json!({})).await;
    second.problem(409, "rebuild-under-way");
    assert_eq!((&second.body["projection"], &second.body["rebuild"]), (&json!("wallets"), &asked["id"]));
    let path = format!("/v1/projections/rebuilds/{}/cancel", text(&asked, "id"));
    for _ in 0..2 {
        let cancelled = admin.post(&path, &json!({})).await;
        assert_eq!(text(cancelled.ok(), "state"), "cancelled");
    }
    let again = ask(&book, "wallets", &json!({})).await;
    // Whoever runs projections does it.
    let projector = book.another(Differently::default()).await;
    assert_eq!(text(&ended(&book, &again).await, "state"), "swapped");
    projector.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_under_way_can_be_cancelled_and_followed() {
    let book = TestBook::start().await;
    book.customer_with("Acme", "100.00").await;
    book.auditor().get(&format!("/v1/wallets?{}", book.fresh().await)).await.data();
    // It cannot make its tables like this one.
    let mut holding = book.pool().begin().await.unwrap();
    sqlx::query("LOCK TABLE wallets").execute(&mut *holding).await.unwrap();
    let asked = ask(&book, "wallets", &json!({})).await;
    let id = text(&asked, "id");
    let stream = book.auditor().get(&format!("/v1/projections/rebuilds/{id}/stream")).begin().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    for _ in 0..100 {
        let shown = book.auditor().get(&format!("/v1/projections/rebuilds/{id}")).await;
        if text(shown.data(), "state") == "running" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let cancel = format!("/v1/projections/rebuilds/{id}/cancel");
    let cancelled = book.admin().post(&cancel, &json!({})).await;
    assert_eq!(cancelled.ok()["cancel_requested"], true);
    tokio::time::sleep(Duration::from_secs(2)).await;
    holding.rollback().await.unwrap();
    assert_eq!(text(&ended(&book, &asked).await, "state"), "cancelled");
    let bytes: Vec<_> = stream.bytes_stream().map(|chunk| chunk.unwrap().to_vec()).collect().await;
    let told = String::from_utf8(bytes.concat()).unwrap();
    let states: Vec<String> = told
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| text(&serde_json::from_str(data).unwrap(), "state").to_owned())
        .collect();
    assert_eq!(states.last().map(String::as_str), Some("cancelled"), "{told}");
    assert!(states.iter().any(|state| state == "running"), "{told}");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gets_the_same_rebuild() {
    let book = TestBook::start_differently(Differently { no_projector: true, ..Default::default() }).await;
    let send = async |name: &str, key: &str| {
        book.admin().post(&format!("/v1/projections/{name}/rebuild"), &json!({})).key(key).await
    };
    let first = send("wallets", "nightly").await;
    assert_eq!((first.status, first.replayed()), (202, false), "{}", first.body);
    let again = send("wallets", "nightly").await;
    assert_eq!((again.status, again.replayed(), &again.body), (202, true, &first.body));
    send("deposits", "nightly").await.problem(422, "idempotency-key-reused");
    send("wallets", "other").await.problem(409, "rebuild-under-way");
    let of_wallets = book.auditor().get("/v1/projections/rebuilds?projection=wallets").await;
    assert_eq!(of_wallets.data().as_array().unwrap().len(), 1);
    let of_deposits = book.auditor().get("/v1/projections/rebuilds?projection=deposits").await;
    assert_eq!(*of_deposits.data(), json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let book = TestBook::start().await;
    let admin = book.admin();
    admin.post("/v1/projections/wallet/rebuild", &json!({})).await.problem(404, "projection-not-found");
    let wrong =
        admin.post("/v1/projections/wallets/rebuild", &json!({ "expect_equal": "yes", "now": 1 })).await;
    wrong.invalid(&[("/expect_equal", "wrong_type"), ("/now", "unknown")]);
    for id in ["none", "0199f0a4-0000-7c3b-9a63-000000000000"] {
        let path = format!("/v1/projections/rebuilds/{id}");
        admin.get(&path).await.problem(404, "rebuild-not-found");
        admin.get(&format!("{path}/stream")).await.problem(404, "rebuild-not-found");
        admin.post(&format!("{path}/cancel"), &json!({})).await.problem(404, "rebuild-not-found");
    }
    book.auditor().get("/v1/projections/rebuilds?cursor=x").await.invalid(&[("?cursor", "malformed")]);
    book.finish().await;
}
