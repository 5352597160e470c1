//! `/health`, `/metrics`, `/openapi.json`, `/docs`, `/problems` and addresses where nothing is.

use serde_json::json;
use tallybook_api::ApiSettings;
use tallybook_event_store::seal::{Standing, standing};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn health_is_open_to_anyone() {
    let book = TestBook::start().await;
    let door = book.anyone();
    assert_eq!(door.get("/health/live").await.ok()["status"], "alive");
    let ready = door.get("/health/ready").await;
    assert_eq!((&ready.ok()["status"], &ready.body["database"]), (&json!("ready"), &json!("up")));
    assert_eq!(ready.body["pending_migrations"], 0);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_open_unless_they_are_switched_off() {
    tallybook_api::metrics::install();
    let book = TestBook::start().await;
    book.customer("Acme").await;
    let figures = book.anyone().get("/metrics").await;
    figures.expect(200);
    assert!(figures.header("content-type").starts_with("text/plain"));
    for figure in [
        "tallybook_lane_commands_total",
        "tallybook_journal_position",
        "tallybook_projection_lag",
        "tallybook_projection_led",
        "tallybook_unsealed_seconds",
    ] {
        assert!(figures.text.contains(figure), "{figure}: {}", figures.text);
    }
    let api = ApiSettings { metrics: false, ..Default::default() };
    let silent = book.another(Differently { api, no_projector: true, ..Default::default() }).await;
    silent.anyone().get("/metrics").await.problem(404, "unknown-route");
    silent.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_much_is_sealed_is_known_to_the_figures() {
    tallybook_api::metrics::install();
    let book = TestBook::start().await;
    let empty = standing(book.pool()).await.unwrap();
    assert_eq!(empty, Standing { newest: None, unsealed_since: None });
    book.customer("Acme").await;
    let unsealed = standing(book.pool()).await.unwrap();
    assert!(unsealed.newest.is_none() && unsealed.unsealed_since.is_some(), "{unsealed:?}");
    let seal = book.seal().await;
    let sealed = standing(book.pool()).await.unwrap();
    assert_eq!(sealed, Standing { newest: Some((1, seal.sealed_at)), unsealed_since: None });
    book.customer("Apex").await;
    let grown = standing(book.pool()).await.unwrap();
    assert!(grown.newest == sealed.newest && grown.unsealed_since > unsealed.unsealed_since, "{grown:?}");
    let figures = book.anyone().get("/metrics").await;
    for figure in ["tallybook_seal_size", "tallybook_seal_at_seconds"] {
        assert!(figures.text.contains(figure), "{figure}: {}", figures.text);
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_describes_itself() {
    let book = TestBook::start().await;
    let description = book.anyone().get("/openapi.json").await;
    assert!(text(description.ok(), "openapi").starts_with("3.1"));
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"));
    assert!(
        committed.unwrap() == description.text,
        "docs/openapi.json is not what the API says: run `tallybook openapi`"
    );
    let docs = book.anyone().get("/docs/").await;
    assert_eq!(docs.status, 200);
    assert!(docs.header("content-type").starts_with("text/html"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_a_problem_says_so() {
    let book = TestBook::start().await;
    for path in
        ["/v1/customer", "/v1", "/v2/customers", "/v1/customers/", "/.env", "/v1/customers/C00001/delete"]
    {
        book.anyone().get(path).await.problem(404, "unknown-route");
    }
    for (method, path) in [
        ("DELETE", "/v1/customers"),
        ("PUT", "/v1/deposits"),
        ("GET", "/v1/auth/login"),
        ("POST", "/v1/events"),
    ] {
        let answer = book.finance().request(method.parse().unwrap(), path).await;
        answer.problem(405, "method-not-allowed");
        assert_ne!(answer.header("allow"), "", "{method} {path}");
    }
    book.anyone().get("/problems/nonsense").await.problem(404, "problem-not-found");
    book.finish().await;
}

/// Commands beyond the queue are refused at once, with nothing half done, and go through when tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_busy_and_loses_nothing() {
    let differently = Differently { queue_capacity: Some(4), ..Default::default() };
    let book = TestBook::start_differently(differently).await;
    let acme = book.customer("Acme").await;
    let record = |number: usize| {
        let (book, acme) = (&book, &acme);
        async move {
            let (reference, mut refused) = (format!("R{number}"), 0);
            loop {
                let body = bodies::deposit(acme, "1.00", &reference);
                let answer = book.operator().post("/v1/deposits", &body).key(&reference).await;
                if answer.status == 201 {
                    assert!(!answer.replayed(), "what was refused as busy was not done");
                    return refused;
                }
                answer.problem(503, "busy");
                assert_ne!(answer.header("retry-after"), "");
                refused += 1;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    };
    let refused: usize = futures::future::join_all((0..200).map(record)).await.into_iter().sum();
    assert!(refused > 0, "the queue was never full");
    assert_eq!(book.funds(&acme).await[0], "200.00");
    book.finish().await;
}
