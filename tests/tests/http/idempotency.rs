//! `Idempotency-Key`: the same key and request happen once, whoever is impatient.

use futures::future::join_all;
use serde_json::json;
use tallybook_tests::answer::number;
use tallybook_tests::book::Differently;
use tallybook_tests::rules::written;
use tallybook_tests::{Role, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn another_users_key_is_no_ones_but_his() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body = bodies::deposit(&acme, "100.00", "ICBC-1");
    book.operator().post("/v1/deposits", &body).key("K-1").await.created();
    // The same key of another is another command: it is judged by itself, and told nothing of the first.
    let same = book.finance().post("/v1/deposits", &body).key("K-1");
    book.refuses(same, 409, "reference-taken").await;
    let other =
        book.finance().post("/v1/deposits", &bodies::deposit(&acme, "5.00", "ICBC-2")).key("K-1").await;
    assert!(!other.replayed());
    other.created();
    assert_eq!(book.funds(&acme).await[0], "105.00");
    // Nor can anyone write what looks like another's command, or like the importer's.
    for (key, name) in [("user:operator:K-2", "A"), ("import/deposit/1", "B"), ("demo/customer/1", "C")] {
        book.finance().post("/v1/customers", &bodies::customer(name)).key(key).await.created();
    }
    let foreign: i64 =
        sqlx::query_scalar("SELECT count(*) FROM commands WHERE command_id !~ '^user:(operator|finance):'")
            .fetch_one(book.pool())
            .await
            .unwrap();
    assert_eq!(foreign, 0);
    book.operator().post("/v1/customers", &bodies::customer("D")).key("K-2").await.created();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_good_for_one_operation() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let (first, second) =
        (book.request(&acme, "10.00", "W1").await, book.request(&acme, "10.00", "W2").await);
    let approve =
        |id: &str| book.approver().post(&format!("/v1/withdrawals/{id}/approve"), &json!({})).key("K");
    approve(&first).await.ok();
    book.refuses(approve(&second), 422, "idempotency-key-reused").await;
    let reject =
        book.approver().post(&format!("/v1/withdrawals/{first}/reject"), &bodies::because("no")).key("K");
    book.refuses(reject, 422, "idempotency-key-reused").await;
    assert!(approve(&first).await.replayed());
    book.finish().await;
}

/// The body is compared by what it says, not by how it is written.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_written_otherwise_is_the_same() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let send = |body: String| {
        book.operator().request(reqwest::Method::POST, "/v1/deposits").raw("application/json", body)
    };
    let written_so = format!(
        r#"{{"customer":"{acme}","amount":{{"amount":"5.00","currency":"CNY"}},"reference":"R","method":"cash"}}"#
    );
    let and_so = format!(
        r#" {{"method":"cash", "remark":null, "amount":{{"currency":"CNY","amount":"5"}}, "reference":"\u0052", "customer":"{acme}"}} "#
    );
    send(written_so).key("K").await.created();
    assert!(send(and_so).key("K").await.replayed());
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_with_one_key_happen_once() {
    let book = TestBook::start().await;
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    let acme = book.customer("Acme").await;
    let body = bodies::deposit(&acme, "100.00", "ICBC-1");
    let clients = [book.operator(), book.operator().at(another.address())];
    let sent = (0..20).map(|n| clients[n % 2].post("/v1/deposits", &body).key("K").attempt());
    let answers: Vec<_> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
    for answer in &answers {
        assert_eq!(answer.created(), answers[0].created(), "all get the one answer");
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed()).count(), 1);
    assert_eq!(book.funds(&acme).await[0], "100.00");
    another.stop().await;
    book.finish().await;
}

/// A refusal leaves nothing, not even its key: once the reason is gone the same request goes through.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_may_be_tried_again() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let request =
        || book.finance().post("/v1/withdrawals", &bodies::withdrawal(&acme, "30.00", "W1")).key("K");
    book.refuses(request(), 422, "insufficient-funds").await;
    book.deposit(&acme, "30.00", "R1").await;
    let requested = request().await;
    assert!(!requested.replayed());
    let withdrawal = requested.created()["id"].clone();
    // The first answer again, although by now it would be refused.
    let again = request().await;
    assert_eq!((again.replayed(), &again.created()["id"]), (true, &withdrawal));
    book.finish().await;
}

/// What was answered once is answered again after everything else has changed.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_outlives_what_came_after_it() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let record = || book.operator().post("/v1/deposits", &bodies::deposit(&acme, "30.00", "R1")).key("K");
    let first = record().await.created().clone();
    let reverse = format!("/v1/deposits/{}/reverse", first["id"].as_str().unwrap());
    book.finance().post(&reverse, &bodies::because("recalled")).await.ok();
    let suspend = format!("/v1/customers/{acme}/suspend");
    book.operator().post(&suspend, &bodies::because("chargebacks")).await.ok();
    // A process that has nothing in memory knows it too.
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    for address in [book.address(), another.address()] {
        let request =
            book.operator().at(address).post("/v1/deposits", &bodies::deposit(&acme, "30.00", "R1"));
        let again = request.key("K").await;
        assert_eq!((again.replayed(), again.created()), (true, &first));
    }
    assert_eq!(book.funds(&acme).await[0], "0.00");
    another.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_to_two_hundred_visible_characters() {
    let book = TestBook::start().await;
    let register = |name: &str| book.operator().post("/v1/customers", &bodies::customer(name));
    for (key, name) in
        [("k".to_owned(), "A"), ("k".repeat(200), "B"), ("'; DROP TABLE commands; --".replace(' ', "_"), "C")]
    {
        register(name).key(&key).await.created();
        assert!(register(name).key(&key).await.replayed(), "{key}");
    }
    for key in [String::new(), "k".repeat(201), "two words".into(), "键".into()] {
        book.refuses_values(register("D").key(&key), &[("Idempotency-Key", "malformed")]).await;
    }
    let twice = register("D").key("k1").key("k2");
    book.refuses_values(twice, &[("Idempotency-Key", "malformed")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_changes_nothing_is_remembered_too() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "10.00", "W1").await;
    book.take(&id, &["approve"]).await;
    let mei = book.anyone().with_token(book.add_user("mei", Role::Finance).await);
    let cancel = |key: &str| mei.post(&format!("/v1/withdrawals/{id}/cancel"), &json!({})).key(key);
    let first = cancel("K1").await.ok().clone();
    let again = cancel("K2").await;
    assert_eq!((again.replayed(), &again.ok()["state"]), (false, &json!("cancelled")));
    assert!(number(&again.body, "position") >= number(&first, "position"));
    let before = written(&book).await;
    assert!(cancel("K2").await.replayed());
    assert_eq!(written(&book).await, before);
    book.finish().await;
}
