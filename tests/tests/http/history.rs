//! `/v1/aggregates/{type}/{id}/history`

use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{TestBook, bodies};

fn steps(history: &Value) -> Vec<(&str, Value)> {
    let events = history["events"].as_array().unwrap();
    events.iter().map(|step| (text(&step["event"], "event_type"), step["state"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_shown_as_each_event_left_it() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body = bodies::deposit(&acme, "100.00", "R1");
    let recorded = book.operator().post("/v1/deposits", &body).header("X-Request-Id", "req-7").await;
    let position = number(recorded.created(), "position");
    let withdrawal = book.request(&acme, "30.00", "W1").await;
    book.take(&withdrawal, &["approve", "submit", "succeed"]).await;

    let path = format!("/v1/aggregates/wallet/{acme}.CNY/history");
    let answer = book.auditor().get(&path).await;
    let history = answer.data();
    let funds: Vec<_> = steps(history)
        .into_iter()
        .map(|(event, state)| {
            (event.to_owned(), state["funds"]["balance"].clone(), state["funds"]["held"].clone())
        })
        .collect();
    let expected = [
        ("DepositRecorded", "100.00", "0.00"),
        ("FundsHeld", "100.00", "30.00"),
        ("HoldPaidOut", "70.00", "0.00"),
    ];
    let expected =
        expected.map(|(event, balance, held)| (event.to_owned(), bodies::yuan(balance), bodies::yuan(held)));
    assert_eq!(funds, expected);
    let first = &history["events"][0]["event"];
    assert_eq!((number(first, "position"), number(first, "sequence")), (position, 1));
    assert_eq!(first["metadata"]["actor"], "user:operator");
    assert_eq!(first["metadata"]["request_id"], "req-7");
    assert_eq!((&history["stopped"], &answer.body["next_cursor"]), (&Value::Null, &Value::Null));

    let path = format!("/v1/aggregates/withdrawal/{withdrawal}/history");
    let history = book.auditor().get(&path).await;
    let states: Vec<_> =
        steps(history.data()).iter().map(|(_, state)| text(&state["request"], "state").to_owned()).collect();
    assert_eq!(states, ["requested", "approved", "submitted", "succeeded"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_page_by_page_is_the_same_history() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for number in 0..5 {
        book.deposit(&acme, "1.00", &format!("R{number}")).await;
    }
    let path = format!("/v1/aggregates/wallet/{acme}.CNY/history");
    let whole = book.auditor().get(&path).await.data()["events"].clone();
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = book.auditor().get(&format!("{path}?limit=2{cursor}")).await;
        paged.extend(page.data()["events"].as_array().unwrap().iter().cloned());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(json!(paged), whole);
    let csv = book.auditor().get(&path).header("Accept", "text/csv").await;
    let lines: Vec<_> = csv.text.lines().collect();
    assert_eq!(lines.len(), 6, "{}", csv.text);
    assert!(lines[0].ends_with("leaf_hash,state") && lines[5].contains("5.00"), "{}", csv.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_journal_does_not_know_has_no_history() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for unknown in ["wallet/C99999.CNY", &format!("wallet/{acme}"), &format!("bill/{acme}"), "customer/%00"] {
        let path = format!("/v1/aggregates/{unknown}/history");
        book.auditor().get(&path).await.problem(404, "aggregate-not-found");
    }
    let path = format!("/v1/aggregates/customer/{acme}/history");
    book.auditor().get(&format!("{path}?cursor=x")).await.problem(422, "validation");
    book.auditor().get(&format!("{path}?from=1")).await.invalid(&[("?from", "unknown")]);
    book.operator().get(&path).await.problem(403, "forbidden");
    book.finish().await;
}
