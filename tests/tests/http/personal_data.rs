//! Personal fields over HTTP: masked, shown to few and written down, erased.

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::{Role, TestBook, bodies};

const PLAIN: [&str; 5] =
    ["王小明", "13800131234", "zhang.wei@x.com", "上海市闵行区虹梅路1535号1幢", "6222021001116245702"];

fn person(name: &str) -> Value {
    json!({
        "name": name, "contact_person": PLAIN[0], "phone": PLAIN[1], "email": PLAIN[2], "address": PLAIN[3],
        "bank_account": PLAIN[4],
    })
}

fn personal(customer: &Value) -> Vec<&Value> {
    ["contact_person", "phone", "email", "address", "bank_account"].iter().map(|f| &customer[f]).collect()
}

/// Every table of the book, as text.
async fn dump(book: &TestBook) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_all(book.pool())
            .await
            .unwrap();
    let mut dump = String::new();
    for table in tables {
        let query = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        dump += &sqlx::query_scalar::<_, String>(&query).fetch_one(book.pool()).await.unwrap();
    }
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_fields_are_masked_and_shown_in_full_to_few_who_are_written_down() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let registered = book.creates(&operator, "/v1/customers", &person("Acme")).await;
    assert!(PLAIN.iter().all(|plain| !registered.to_string().contains(plain)));
    let id = text(&registered, "id").to_owned();
    let path = format!("/v1/customers/{id}?{}", book.fresh().await);
    let masked = ["王*", "138****1234", "z***@x.com", "上海市闵行区****", "****5702"];
    for role in [Role::Admin, Role::Auditor, Role::Dashboard, Role::Finance] {
        let found = book.as_role(role).get(&path).await;
        assert_eq!(personal(found.data()), masked.each_ref(), "{role}");
        assert_eq!(found.data()["personal_fields"], "masked");
    }
    for role in [Role::Admin, Role::Auditor, Role::Approver, Role::Dashboard] {
        book.as_role(role).get(&format!("{path}&reveal=true")).await.problem(403, "forbidden");
    }
    let shown = operator.get(&format!("{path}&reveal=true")).header("X-Request-Id", "look-1").await;
    assert_eq!(personal(shown.data()), PLAIN.each_ref());
    assert_eq!(shown.data()["personal_fields"], "shown");
    book.finance().get(&format!("/v1/customers?reveal=true&{}", book.fresh().await)).await.ok();

    let record = book.auditor().get("/v1/access/personal-showings").await;
    let entries = record.data().as_array().unwrap();
    let seen: Vec<_> = entries.iter().map(|e| (text(e, "principal"), text(e, "customer"))).collect();
    assert_eq!(seen, [("user:finance", id.as_str()), ("user:operator", id.as_str())]);
    assert_eq!(entries[0]["fields"].as_array().unwrap().len(), 5);
    let of_one = book.auditor().get("/v1/access/personal-showings?principal=user:operator&limit=1").await;
    assert_eq!(of_one.data().as_array().unwrap().len(), 1);
    let none = book.auditor().get("/v1/access/personal-showings?customer=C00099").await;
    assert_eq!(none.data(), &json!([]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_tables_keep_their_masks() {
    let book = TestBook::start().await;
    let operator = book.operator();
    operator.post("/v1/customers", &person("Acme")).await.created();
    let list = format!("/v1/customers?{}", book.fresh().await);
    for accept in ["application/json", "text/csv"] {
        let answer = operator.get(&list).header("Accept", accept).await;
        assert!(answer.text.contains("138****1234"), "{}", answer.text);
        assert!(PLAIN.iter().all(|plain| !answer.text.contains(plain)), "{}", answer.text);
    }
    let table = operator.get(&format!("{list}&reveal=true")).header("Accept", "text/csv").await;
    table.invalid(&[("?reveal", "not_in_a_table")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_kept_or_replayed_holds_them_in_the_clear() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let id = text(operator.post("/v1/customers", &person("Acme")).await.created(), "id").to_owned();
    operator.patch(&format!("/v1/customers/{id}"), &json!({ "phone": "13900000000" })).await.ok();
    book.fresh().await;
    let auditor = book.auditor();
    for path in [format!("/v1/events?aggregate_id={id}"), format!("/v1/aggregates/customer/{id}/history")] {
        let answer = auditor.get(&path).await;
        answer.ok();
        assert!(PLAIN.iter().all(|plain| !answer.text.contains(plain)), "{}", answer.text);
    }
    let tried = operator.post("/v1/customers?dry_run=true", &person("Beta")).await;
    assert!(PLAIN.iter().all(|plain| !tried.text.contains(plain)), "{}", tried.text);
    let dump = dump(&book).await;
    assert!(dump.contains("Acme") && PLAIN.iter().all(|plain| !dump.contains(plain)));
    assert!(!dump.contains("13900000000"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_gone_for_ever() {
    let book = TestBook::start().await;
    let (operator, admin) = (book.operator(), book.admin());
    let id = text(operator.post("/v1/customers", &person("Acme")).await.created(), "id").to_owned();
    let path = format!("/v1/customers/{id}");
    book.fresh().await;
    let erased = book.changes(&admin, &format!("{path}/erase"), &bodies::because("request 117")).await;
    assert_eq!(erased["name"], "Acme", "what is the company's stays");
    let again = admin.post(&format!("{path}/erase"), &bodies::because("again")).await.ok().clone();
    assert_eq!(again["position"], erased["position"], "a repeat records nothing");
    let found = operator.get(&format!("{path}?reveal=true&{}", book.fresh().await)).await;
    assert_eq!(found.data()["personal_fields"], "erased");
    assert!(personal(found.data()).iter().all(|field| field.is_null()));
    let late = operator.patch(&path, &json!({ "phone": PLAIN[1] }));
    book.refuses(late, 422, "personal-data-erased").await;
    operator.patch(&path, &json!({ "level": "A" })).await.ok();
    let keys: i64 = sqlx::query_scalar("SELECT count(*) FROM customer_keys WHERE wrapped_key IS NOT NULL")
        .fetch_one(book.pool())
        .await
        .unwrap();
    assert_eq!(keys, 0);
    let unknown = admin.post("/v1/customers/C00099/erase", &bodies::because("request 118"));
    book.refuses(unknown, 404, "customer-not-found").await;
    book.refuses_values(admin.post(&format!("{path}/erase"), &json!({})), &[("/reason", "missing")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_personal_fields_are_neither_taken_in_nor_shown() {
    let book = TestBook::start().await;
    let id = text(book.operator().post("/v1/customers", &person("Acme")).await.created(), "id").to_owned();
    let fresh = book.fresh().await;
    let locked = book.another(Differently { no_personal_data_key: true, ..Differently::default() }).await;
    let operator = locked.operator();
    operator.post("/v1/customers", &person("Beta")).await.problem(422, "personal-data-locked");
    operator.post("/v1/customers", &bodies::customer("Beta")).await.created();
    let found = operator.get(&format!("/v1/customers/{id}?reveal=true&{fresh}")).await;
    assert_eq!(found.data()["personal_fields"], "locked");
    assert!(personal(found.data()).iter().all(|field| field.is_null()));
    locked.stop().await;
    book.finish().await;
}
