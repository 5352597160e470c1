//! `/v1/views`, and reading in a view with `view=`

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tallybook_projector::{drop_view, view_schema};
use tallybook_tests::answer::{number, text};
use tallybook_tests::{TestBook, bodies};

/// The view of everything recorded so far.
async fn make(book: &TestBook, name: &str) -> u64 {
    let head: i64 =
        sqlx::query_scalar("SELECT position FROM book_head").fetch_one(book.pool()).await.unwrap();
    let head = u64::try_from(head).unwrap();
    book.make_view(name, head).await;
    head
}

/// What is answered at each of these, live or in a view.
async fn answers(book: &TestBook, paths: &[String], with: &str) -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::new();
    for path in paths {
        let separator = if path.contains('?') { '&' } else { '?' };
        let answer = book.auditor().get(&format!("{path}{separator}{with}")).await;
        answer.data();
        answers.insert(path.clone(), answer.body);
    }
    answers
}

fn every_read(customer: &str, deposit: &str, withdrawal: &str) -> Vec<String> {
    let of_customer =
        ["", "/wallets", "/wallet-statement?currency=CNY", "/wallet-statement?currency=CNY&limit=1"];
    let mut paths: Vec<String> =
        of_customer.iter().map(|rest| format!("/v1/customers/{customer}{rest}")).collect();
    paths.extend([format!("/v1/deposits/{deposit}"), format!("/v1/withdrawals/{withdrawal}")]);
    let lists = [
        "/v1/customers",
        "/v1/customers?sort=-name&limit=1",
        "/v1/wallets",
        "/v1/deposits",
        "/v1/withdrawals",
        "/v1/ledger/accounts",
        "/v1/ledger/trial-balance",
        "/v1/ledger/accounts/2241.01/lines?currency=CNY",
        "/v1/dashboard",
    ];
    paths.extend(lists.map(str::to_owned));
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_in_a_view_shows_what_it_showed_then() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.customer_with("Bolt", "50.00").await;
    let deposit = text(&book.deposit(&acme, "20.00", "R2").await, "id").to_owned();
    let withdrawal = book.request(&acme, "30.00", "W1").await;
    let paths = every_read(&acme, &deposit, &withdrawal);
    let then = answers(&book, &paths, &book.fresh().await).await;
    let csv = |with: String| book.auditor().get(&format!("/v1/deposits?{with}")).header("Accept", "text/csv");
    let table_then = csv(book.fresh().await).await;
    let position = make(&book, "then").await;
    assert_eq!(answers(&book, &paths, "view=then").await, then, "as of now is as it is now");

    let finance = book.finance();
    book.take(&withdrawal, &["approve", "submit", "succeed"]).await;
    let because = bodies::because("twice");
    finance.post(&format!("/v1/deposits/{deposit}/reverse"), &because).await.ok();
    book.operator().patch(&format!("/v1/customers/{acme}"), &json!({ "name": "Acme Two" })).await.ok();
    book.customer_with("Cog", "7.00").await;
    let now = answers(&book, &paths, &book.fresh().await).await;
    let unchanged: Vec<_> = paths.iter().filter(|path| now[*path]["data"] == then[*path]["data"]).collect();
    assert_eq!(unchanged, Vec::<&String>::new(), "each of them shows something of what came after");
    assert_eq!(answers(&book, &paths, "view=then").await, then);
    assert!(then.values().all(|answer| answer["position"] == position));
    assert_eq!(csv("view=then".into()).await.text, table_then.text);
    assert_ne!(csv(book.fresh().await).await.text, table_then.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_listed_until_they_are_dropped() {
    let book = TestBook::start().await;
    book.customer("Acme").await;
    book.customer("Bolt").await;
    assert_eq!(*book.auditor().get("/v1/views").await.data(), json!([]));
    book.make_view("march", 1).await;
    let views = book.auditor().get("/v1/views").await.data().clone();
    let march = &views[0];
    assert_eq!((text(march, "name"), number(march, "position")), ("march", 1));
    assert_eq!(text(march, "made_by"), "cli:tester");
    assert!(number(march, "bytes") > 0, "{march}");
    for member in ["recorded_at", "made_at"] {
        text(march, member).parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    }
    let customers = async || book.auditor().all("/v1/customers?view=march").await.len();
    assert_eq!(customers().await, 1);

    let drop = || async { drop_view(book.pool(), book.schema(), &"march".parse().unwrap()).await.unwrap() };
    drop().await;
    let path = "/v1/customers?view=march";
    let refused = book.auditor().get(path).await;
    assert_eq!(text(refused.problem(404, "view-not-found"), "view"), "march");
    book.make_view("march", 2).await;
    assert_eq!(customers().await, 2, "another view under the same name");
    // Half made, as a process leaves it that dies.
    sqlx::query("UPDATE views SET made_at = NULL").execute(book.pool()).await.unwrap();
    book.auditor().get(path).await.problem(404, "view-not-found");
    assert_eq!(*book.auditor().get("/v1/views").await.data(), json!([]));
    drop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_named_where_it_can_be_read_and_nowhere_else() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    make(&book, "now").await;
    let auditor = book.auditor();
    auditor.get("/v1/wallets?view=never_made").await.problem(404, "view-not-found");
    for bad in ["March", "a-b", "x;drop", "3rd"] {
        auditor.get(&format!("/v1/wallets?view={bad}")).await.invalid(&[("?view", "malformed")]);
    }
    auditor.get("/v1/wallets?view=now&min_position=1").await.invalid(&[("?min_position", "not_with_view")]);
    let by_header = auditor.get("/v1/wallets?view=now").header("Tallybook-Min-Position", "1").await;
    by_header.invalid(&[("?min_position", "not_with_view")]);
    for elsewhere in
        ["/v1/events", "/v1/events/1", "/v1/users", "/v1/api-keys", "/v1/projections", "/v1/views"]
    {
        auditor.get(&format!("{elsewhere}?view=now")).await.invalid(&[("?view", "unknown")]);
    }
    let write = book.finance().post("/v1/deposits?view=now", &bodies::deposit(&acme, "1.00", "R9"));
    book.refuses_values(write, &[("?view", "unknown")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_a_view_is_an_error_and_never_the_live_table() {
    let book = TestBook::start().await;
    book.customer_with("Acme", "100.00").await;
    make(&book, "damaged").await;
    make(&book, "older").await;
    assert_eq!(book.auditor().all("/v1/wallets?view=damaged").await.len(), 1);
    let schema = |name: &str| view_schema(book.schema(), &name.parse().unwrap());
    let drop = format!("DROP TABLE {}.wallets", schema("damaged"));
    sqlx::query(&drop).execute(book.pool()).await.unwrap();
    book.auditor().get("/v1/wallets?view=damaged").await.problem(500, "internal");

    let age = format!("UPDATE {}.projections SET version = 0 WHERE name = 'deposits'", schema("older"));
    sqlx::query(&age).execute(book.pool()).await.unwrap();
    let refused = book.auditor().get("/v1/wallets?view=older").await;
    assert_eq!(text(refused.problem(409, "view-outdated"), "view"), "older");
    book.finish().await;
}
