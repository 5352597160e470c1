//! `/v1/events`

use serde_json::json;
use tallybook_tests::answer::{number, text};
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_shows_who_did_what() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body = bodies::deposit(&acme, "100.00", "ICBC-1");
    let recorded =
        book.operator().post("/v1/deposits", &body).key("erp-42").header("X-Request-Id", "req-7").await;
    recorded.created();
    assert_eq!(recorded.header("x-request-id"), "req-7");
    let position = number(&recorded.body, "position");

    let event = book.auditor().get(&format!("/v1/events/{position}")).await;
    let event = event.data();
    for (member, value) in [
        ("position", json!(position)),
        ("aggregate_type", json!("wallet")),
        ("aggregate_id", json!(format!("{acme}.CNY"))),
        ("sequence", json!(1)),
        ("event_type", json!("DepositRecorded")),
        ("event_version", json!("1.0")),
    ] {
        assert_eq!(event[member], value, "{member}");
    }
    let metadata = &event["metadata"];
    assert_eq!(
        (&metadata["actor"], &metadata["command_id"]),
        (&json!("user:operator"), &json!("user:operator:erp-42"))
    );
    assert_eq!(
        (&metadata["request_id"], &metadata["client_address"]),
        (&json!("req-7"), &json!("127.0.0.1"))
    );
    assert_eq!(event["payload"]["DepositRecorded"]["amount"], bodies::yuan("100.00"));
    assert_eq!(text(event, "leaf_hash").len(), 64);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_goes_with_the_event() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let path = format!("/v1/customers/{acme}/suspend");
    let suspended = book.operator().post(&path, &bodies::because("chargebacks")).await;
    let position = number(suspended.ok(), "position");
    let event = book.auditor().get(&format!("/v1/events/{position}")).await;
    assert_eq!(event.data()["metadata"]["reason"], "chargebacks");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_from_a_position_by_aggregate_and_by_type() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    for number in 0..5 {
        let customer = if number % 2 == 0 { &acme } else { &other };
        book.deposit(customer, "1.00", &format!("R{number}")).await;
    }
    let reader = book.auditor();
    let positions = async |query: &str| -> Vec<u64> {
        reader
            .all(&format!("/v1/events?{query}"))
            .await
            .iter()
            .map(|event| number(event, "position"))
            .collect()
    };
    assert_eq!(positions("after=0").await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(positions("after=5").await, [6, 7]);
    assert_eq!(positions("after=7").await, [0_u64; 0]);
    assert_eq!(positions("after=9223372036854775807").await, [0_u64; 0]);
    assert_eq!(positions(&format!("aggregate_id={acme}.CNY")).await, [3, 5, 7]);
    assert_eq!(positions(&format!("aggregate_id={acme}.CNY&after=3")).await, [5, 7]);
    assert_eq!(positions("event_type=CustomerRegistered").await, [1, 2]);
    assert_eq!(positions("aggregate_id=C99999").await, [0_u64; 0]);

    let page = reader.get("/v1/events?after=1&limit=3").await;
    assert_eq!(page.data().as_array().map(Vec::len), Some(3));
    let next = text(&page.body, "next_cursor").to_owned();
    let page = reader.get(&format!("/v1/events?after=1&limit=3&cursor={next}")).await;
    assert_eq!((number(&page.data()[0], "position"), &page.body["next_cursor"]), (5, &json!(null)));

    reader.get("/v1/events?event_type=Everything").await.invalid(&[("?event_type", "unknown_value")]);
    reader.get("/v1/events?after=-1").await.invalid(&[("?after", "out_of_range")]);
    for list in ["/v1/events?", &format!("/v1/events?aggregate_id={acme}.CNY&")] {
        for cursor in ["-1", "9223372036854775808", "18446744073709551615", "x"] {
            let answer = reader.get(&format!("{list}cursor={cursor}")).await;
            answer.invalid(&[("?cursor", "malformed")]);
        }
        let answer = reader.get(&format!("{list}cursor=9223372036854775807")).await;
        assert_eq!((answer.data(), &answer.body["next_cursor"]), (&json!([]), &json!(null)));
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_event_beyond_the_last() {
    let book = TestBook::start().await;
    book.customer("Acme").await;
    let reader = book.auditor();
    reader.get("/v1/events/1").await.data();
    for position in ["0", "2", "9223372036854775808", "18446744073709551615", "-1", "x"] {
        reader.get(&format!("/v1/events/{position}")).await.problem(404, "event-not-found");
    }
    book.finish().await;
}
