//! `/v1/projections`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::{TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn every_read_model_says_how_far_it_has_come() {
    let book = TestBook::start().await;
    book.customer_with("Acme", "100.00").await;
    book.auditor().get(&format!("/v1/deposits?{}", book.fresh().await)).await.data();
    let mut projections = Value::Null;
    for _ in 0..200 {
        projections = book.auditor().get("/v1/projections").await.data().clone();
        if projections.as_array().unwrap().iter().all(|projection| projection["position"] == 2) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let expected: Vec<_> =
        tallybook_projector::every().into_iter().map(|projection| projection.name).collect();
    let mut names: Vec<_> = projections.as_array().unwrap().iter().map(|it| text(it, "name")).collect();
    assert_eq!(names.len(), expected.len());
    names.retain(|name| !expected.contains(name));
    assert!(names.is_empty(), "{names:?}");
    for projection in projections.as_array().unwrap() {
        for (member, value) in [
            ("position", json!(2)),
            ("head", json!(2)),
            ("lag", json!(0)),
            ("status", json!("running")),
            ("error", json!(null)),
            ("led", json!(true)),
            ("rebuild", json!(null)),
        ] {
            assert_eq!(projection[member], value, "{member} of {projection}");
        }
        assert!(projection["led_since"].is_string() && projection["lease_until"].is_string(), "{projection}");
    }
    book.finish().await;
}

/// A row that should not be there is in the way of an event: its read model stops there, says so, and goes on from
/// there when the row is gone. The others do not care.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_cannot_go_on_stops_loudly_and_skips_nothing() {
    let book = TestBook::start_differently(Differently { no_projector: true, ..Default::default() }).await;
    let stray =
        "INSERT INTO customers (id, name, status, created_position, created_at, created_by, updated_position,
                                        updated_at, updated_by)
                 VALUES ('C00001', 'stray', 'active', 1, now(), 'x', 1, now(), 'x')";
    sqlx::query(stray).execute(book.pool()).await.unwrap();
    let acme = book.customer_with("Acme", "100.00").await;
    let projector = book.another(Differently::default()).await;
    let reader = book.auditor();
    let wallets = reader.get(&format!("/v1/wallets?{}", book.fresh().await)).await;
    assert_eq!(wallets.data()[0]["balance"], bodies::yuan("100.00"));

    let stopped = reader.get("/v1/customers?min_position=1&wait_ms=10000").await;
    stopped.problem(503, "projection-stopped");
    let listed = reader.get("/v1/projections").await;
    let customers =
        listed.data().as_array().unwrap().iter().find(|it| it["name"] == "customers").unwrap().clone();
    assert_eq!((&customers["status"], &customers["position"]), (&json!("stopped"), &json!(0)));
    assert!(customers["error"].is_string(), "{customers}");
    book.anyone().get("/health/ready").await.ok();

    let (admin, resume) = (book.admin(), "/v1/projections/customers/resume");
    let dry = admin.post(&format!("{resume}?dry_run=true"), &json!({})).await.ok().clone();
    assert_eq!((&dry["status"], &dry["error_position"]), (&json!("stopped"), &json!(1)));
    let unknown = admin.post("/v1/projections/custommers/resume", &json!({})).await;
    assert_eq!(unknown.problem(404, "projection-not-found")["id"], "custommers");
    reader.post(resume, &json!({})).await.problem(403, "forbidden");
    let still = reader.get("/v1/projections").await.data().to_string();
    assert!(still.contains("stopped"), "{still}");

    sqlx::query("DELETE FROM customers").execute(book.pool()).await.unwrap();
    let resumed = admin.post(resume, &json!({})).await.ok().clone();
    assert_eq!((&resumed["status"], &resumed["error"]), (&json!("running"), &json!(null)));
    let again = admin.post(resume, &json!({})).await.ok().clone();
    assert_eq!(again["status"], "running", "one that runs stays as it is");
    let answer = reader.get(&format!("/v1/customers/{acme}?min_position=2&wait_ms=30000")).await;
    assert_eq!(answer.data()["name"], "Acme");
    book.deposit(&acme, "1.00", "R2").await;
    book.operator().patch(&format!("/v1/customers/{acme}"), &bodies::customer("Apex")).await.ok();
    book.finish().await;
    projector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_nobody_runs_says_so() {
    let book = TestBook::start_differently(Differently { no_projector: true, ..Default::default() }).await;
    let projector = book.another(Differently::default()).await;
    let acme = book.customer("Acme").await;
    let fresh = format!("/v1/customers/{acme}?min_position=1&wait_ms=10000");
    book.auditor().get(&fresh).await.data();
    projector.stop().await;
    let listed = book.auditor().get("/v1/projections").await;
    for projection in listed.data().as_array().unwrap() {
        let told = (&projection["status"], &projection["led"], &projection["led_since"]);
        assert_eq!(told, (&json!("not_led"), &json!(false), &json!(null)), "{projection}");
    }
    let ready = book.anyone().get("/health/ready").await;
    assert_eq!(ready.ok()["projections"][0]["led"], false);
    // The truths are checked of what is read.
    let projector = book.another(Differently::default()).await;
    book.finish().await;
    projector.stop().await;
}

/// Two projectors on one book: each read model is led by one of them, and each event is folded once.
#[tokio::test(flavor = "multi_thread")]
async fn two_projectors_fold_each_event_once() {
    let book = TestBook::start().await;
    let second = book.another(Differently::default()).await;
    let acme = book.customer("Acme").await;
    for round in 0..10 {
        let sent = (0..30).map(|number| {
            let body = bodies::deposit(&acme, "1.00", &format!("R{round}-{number}"));
            book.operator().post("/v1/deposits", &body).attempt()
        });
        for answer in futures::future::join_all(sent).await {
            answer.unwrap().created();
        }
    }
    assert_eq!(book.funds(&acme).await[0], "300.00");
    // The one that leads goes, and the other takes its place.
    second.stop().await;
    book.deposit(&acme, "1.00", "last").await;
    assert_eq!(book.funds(&acme).await[0], "301.00");
    book.finish().await;
}
