//! `/v1/events/stream`

use std::time::Duration;

use futures::StreamExt;
use reqwest::Response;
use serde_json::{Value, json};
use tallybook_tests::answer::number;
use tallybook_tests::book::Differently;
use tallybook_tests::client::Request;
use tallybook_tests::{TestBook, bodies};

/// A stream of server-sent events, taken apart by hand.
struct Listener {
    body: futures::stream::BoxStream<'static, reqwest::Result<Vec<u8>>>,
    unread: String,
}

impl Listener {
    async fn begin(request: Request) -> Self {
        let response: Response = request.begin().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec())).boxed();
        Self { body, unread: String::new() }
    }

    /// The next event's id and data. `None`: the stream has ended.
    async fn next(&mut self) -> Option<(u64, Value)> {
        let block =
            tokio::time::timeout(Duration::from_secs(20), self.block()).await.expect("an event in time")?;
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let id = field("id:").unwrap().parse().unwrap();
        Some((id, serde_json::from_str(field("data:").unwrap()).unwrap()))
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                if block.lines().any(|line| line.starts_with("data:")) {
                    return Some(block);
                }
            }
            let chunk = self.body.next().await?.ok()?;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_what_was_and_what_comes() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let mut listener = Listener::begin(book.auditor().get("/v1/events/stream")).await;
    let (id, event) = listener.next().await.unwrap();
    assert_eq!((id, &event["event_type"]), (1, &json!("CustomerRegistered")));
    book.deposit(&acme, "1.00", "R1").await;
    let (id, event) = listener.next().await.unwrap();
    assert_eq!((id, number(&event, "position"), &event["event_type"]), (2, 2, &json!("DepositRecorded")));
    let same = book.auditor().get("/v1/events/2").await;
    assert_eq!(&event, same.data());
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_is_taken_up_where_it_broke() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    for number in 0..5 {
        book.deposit(&acme, "1.00", &format!("R{number}")).await;
    }
    let mut first = Listener::begin(book.auditor().get("/v1/events/stream?after=1")).await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        heard.push(first.next().await.unwrap().0);
    }
    drop(first);
    let last = heard.last().unwrap().to_string();
    // As an EventSource does it: the same address, and where it was.
    let again = book.auditor().get("/v1/events/stream?after=1").header("Last-Event-ID", &last);
    let mut again = Listener::begin(again).await;
    for _ in 0..3 {
        heard.push(again.next().await.unwrap().0);
    }
    assert_eq!(heard, [2, 3, 4, 5, 6], "nothing is missed and nothing comes twice");
    for wrong in ["six", "-1", "9223372036854775808", "18446744073709551615"] {
        let refused = book.auditor().get("/v1/events/stream").header("Last-Event-ID", wrong).await;
        refused.invalid(&[("Last-Event-ID", "malformed")]);
    }
    let beyond = book.auditor().get("/v1/events/stream?after=9223372036854775808").await;
    beyond.invalid(&[("?after", "out_of_range")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_only_what_it_asked_for() {
    let book = TestBook::start().await;
    let (acme, other) = (book.customer("Acme").await, book.customer("Other").await);
    let path = format!("/v1/events/stream?event_type=DepositRecorded&aggregate_id={other}.CNY");
    let mut listener = Listener::begin(book.auditor().get(&path)).await;
    book.deposit(&acme, "1.00", "R1").await;
    let deposit = book.deposit(&other, "1.00", "R2").await;
    assert_eq!(listener.next().await.unwrap().0, number(&deposit, "position"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_listen_no_more_hears_no_more() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let mei = book.anyone().with_token(book.add_user("mei", tallybook_tests::Role::Auditor).await);
    let mut listener = Listener::begin(mei.get("/v1/events/stream")).await;
    assert!(listener.next().await.is_some());
    book.admin().patch("/v1/users/mei", &json!({ "disabled": true })).await.ok();
    book.deposit(&acme, "1.00", "R1").await;
    assert_eq!(listener.next().await, None, "the stream ends with the right to it");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_too_many_is_refused() {
    let api = tallybook_api::ApiSettings { max_event_streams: 1, ..Default::default() };
    let book = TestBook::start_differently(Differently { api, ..Default::default() }).await;
    let listener = Listener::begin(book.auditor().get("/v1/events/stream")).await;
    let second = book.auditor().get("/v1/events/stream").await;
    second.problem(503, "busy");
    assert_ne!(second.header("retry-after"), "");
    drop(listener);
    book.auditor().get("/v1/events").await.data();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_all_the_places() {
    let book = TestBook::start().await;
    let mut listeners = Vec::new();
    for _ in 0..8 {
        listeners.push(Listener::begin(book.auditor().get("/v1/events/stream")).await);
    }
    book.auditor().get("/v1/events/stream").await.problem(503, "busy");
    drop(Listener::begin(book.finance().get("/v1/events/stream")).await);
    listeners.pop();
    // The server notices when it next writes, or when the connection is closed.
    let mut again = book.auditor().get("/v1/events/stream").begin().await.status();
    for _ in 0..100 {
        if again == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = book.auditor().get("/v1/events/stream").begin().await.status();
    }
    assert_eq!(again, 200, "a place that is left is free again");
    drop(listeners);
    book.finish().await;
}

/// Two processes on one book: a listener at one hears what came in through the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_what_another_process_recorded() {
    let book = TestBook::start().await;
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    let mut listener = Listener::begin(book.auditor().at(another.address()).get("/v1/events/stream")).await;
    let acme = book.operator().post("/v1/customers", &bodies::customer("Acme")).await;
    assert_eq!(listener.next().await.unwrap().0, number(acme.created(), "position"));
    drop(listener);
    another.stop().await;
    book.finish().await;
}
