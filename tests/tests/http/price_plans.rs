//! `/v1/price-plans`, `/v1/customers/{id}/price-plan` and `/v1/customers/price-plan`

use chrono::{Days, NaiveDate};
use reqwest::Method;
use serde_json::{Value, json};
use tallybook_domain::Month;
use tallybook_read_models::billing::billable_customers;
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

const PLANS: &str = "/v1/price-plans";

fn versions(code: &str) -> String {
    format!("{PLANS}/{code}/versions")
}

fn plan_of(customer: &str) -> String {
    format!("/v1/customers/{customer}/price-plan")
}

/// A version without the plan it is of.
fn version(effective_from: NaiveDate) -> Value {
    let body = bodies::with(bodies::price_plan("any"), "code", None);
    let body = bodies::with(body, "name", None);
    bodies::with(body, "effective_from", Some(json!(effective_from)))
}

/// A plan that has been in force for years.
async fn old_plan(book: &TestBook, code: &str) {
    let body = bodies::with(bodies::price_plan(code), "effective_from", Some(json!("2000-01-01")));
    book.finance().post(PLANS, &body).await.created();
}

async fn assign(book: &TestBook, customer: &str, plan: Option<&str>, from: NaiveDate) {
    book.operator().post(&plan_of(customer), &json!({ "plan": plan, "from": from })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_created_with_its_first_version() {
    let book = TestBook::start().await;
    let (finance, today) = (book.finance(), book.today());
    let created = book.creates(&finance, PLANS, &bodies::price_plan("standard-2026")).await;
    assert_eq!((&created["plan"], &created["version"]), (&json!("standard-2026"), &json!(1)));
    assert_eq!(created["effective_from"], json!(today));

    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("{PLANS}/standard-2026?{fresh}")).await;
    let found = found.data();
    for (member, value) in [
        ("code", json!("standard-2026")),
        ("name", json!("标准版")),
        ("currency", json!("CNY")),
        ("latest_version", json!(1)),
        ("version_in_force", json!(1)),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    assert_eq!(found["created"]["by"], "user:finance");
    let first = &found["versions"][0];
    assert_eq!((&first["version"], &first["effective_from"]), (&json!(1), &json!(today)));
    assert_eq!((&first["terms"]["tax_rate"], &first["terms"]["minimum"]), (&json!("0.06"), &json!("1000")));
    let item = &first["terms"]["items"][1];
    assert_eq!((&item["code"], &item["model"]), (&json!("gigabytes"), &json!("graduated")));
    assert_eq!(item["tiers"][1], json!({ "up_to": null, "unit_price": "5.005" }));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_the_code_of_one_plan() {
    let book = TestBook::start().await;
    old_plan(&book, "standard").await;
    let request = book.finance().post(PLANS, &bodies::price_plan("standard"));
    let refused = book.refuses(request, 409, "price-plan-exists").await;
    assert_eq!(refused.body["plan"], "standard");
    book.refuses(book.auditor().get(&format!("{PLANS}/none")), 404, "price-plan-not-found").await;
    book.refuses(book.auditor().get(&format!("{PLANS}/no plan")), 404, "price-plan-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_follows_the_one_before_it() {
    let book = TestBook::start().await;
    let (finance, today) = (book.finance(), book.today());
    let tomorrow = today + Days::new(1);
    old_plan(&book, "standard").await;
    let path = versions("standard");
    let added = book.creates(&finance, &path, &version(tomorrow)).await;
    assert_eq!((&added["version"], &added["effective_from"]), (&json!(2), &json!(tomorrow)));
    let request = finance.post(&path, &version(tomorrow));
    let refused = book.refuses(request, 422, "plan-version-not-later").await;
    assert_eq!((&refused.body["version"], &refused.body["latest"]), (&json!(2), &json!(tomorrow)));
    let in_yen = bodies::with(version(tomorrow + Days::new(1)), "currency", Some(json!("USD")));
    book.refuses(finance.post(&path, &in_yen), 422, "currency-mismatch").await;
    let request = finance.post(&versions("none"), &version(today));
    book.refuses(request, 404, "price-plan-not-found").await;
    let slip = bodies::with(version(today), "effective_from", Some(json!("0026-03-01")));
    book.refuses(finance.post(&path, &slip), 422, "effective-date-out-of-range").await;

    let month = Month::of(tomorrow).unwrap().next().unwrap();
    let inside = book.creates(&finance, &path, &version(month.last_day())).await;
    assert_eq!(inside["warning"]["code"], "begins_inside_month");
    let detail = text(&inside["warning"], "detail");
    assert!(detail.contains(&month.to_string()) && detail.contains("begin anew"), "{detail}");
    let whole = finance.post(&path, &version(month.last_day() + Days::new(1))).await;
    assert_eq!(whole.created().get("warning"), None, "it begins a month");

    let found = book.auditor().get(&format!("{PLANS}/standard?{}", book.fresh().await)).await;
    assert_eq!(found.data()["versions"].as_array().map(Vec::len), Some(4));
    let in_force = ["latest_version", "version_in_force"].map(|member| &found.data()[member]);
    assert_eq!(in_force, [&json!(4), &json!(1)], "the second begins tomorrow");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_plan_is_told() {
    let book = TestBook::start().await;
    let wrong = json!({
        "code": "no spaces",
        "effective_from": "2026-2-1",
        "currency": "CNY",
        "items": [
            { "model": "flat", "fee": "0.001" },
            { "model": "flat", "fee": "1", "surprise": 1 },
            { "model": "volume", "meter": "seats", "tiers": [{ "up_to": "10", "unit_price": "-1" }] },
        ],
        "tax_rate": "6",
        "usage": [],
    });
    book.refuses_values(
        book.finance().post(PLANS, &wrong),
        &[
            ("/code", "malformed"),
            ("/name", "missing"),
            ("/effective_from", "malformed"),
            ("/items/0/fee", "too_precise"),
            ("/items/1/code", "duplicate"),
            ("/items/1/surprise", "unknown"),
            ("/items/2/tiers/0/unit_price", "out_of_range"),
            ("/tax_rate", "out_of_range"),
            ("/usage", "unknown"),
        ],
    )
    .await;
    old_plan(&book, "standard").await;
    let request = book.finance().post(&versions("standard"), &json!({}));
    let missing = [("/effective_from", "missing"), ("/currency", "missing"), ("/items", "missing")];
    book.refuses_values(request, &missing).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_gets_no_plan_in_another_currency_than_its_own() {
    let book = TestBook::start().await;
    old_plan(&book, "standard").await;
    let dollars = json!({ "name": "Acme", "currency": "USD" });
    let acme = text(book.operator().post("/v1/customers", &dollars).await.created(), "id").to_owned();
    let assign = json!({ "plan": "standard", "from": book.today() });
    let refused = book.refuses(book.finance().post(&plan_of(&acme), &assign), 422, "currency-mismatch").await;
    assert_eq!((text(&refused.body, "expected"), text(&refused.body, "given")), ("USD", "CNY"));
    book.operator().patch(&format!("/v1/customers/{acme}"), &json!({ "currency": "CNY" })).await.ok();
    book.finance().post(&plan_of(&acme), &assign).await.ok();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_customers_are_given_a_plan_or_none_is() {
    const PATH: &str = "/v1/customers/price-plan";
    let book = TestBook::start().await;
    let (operator, today) = (book.operator(), book.today());
    old_plan(&book, "standard").await;
    let (acme, brio, corso) =
        (book.customer("Acme").await, book.customer("Brio").await, book.customer("Corso").await);
    assign(&book, &brio, Some("standard"), today).await;
    let several = |customers: Value| json!({ "customers": customers, "plan": "standard", "from": today });
    let before = tallybook_tests::rules::written(&book).await;
    let unknown = operator.post(PATH, &several(json!([acme, corso, "C99999"])));
    book.refuses(unknown, 404, "customer-not-found").await;
    assert_eq!(tallybook_tests::rules::written(&book).await, before, "nobody was given it");

    let given = book.changes(&operator, PATH, &several(json!([corso, acme, brio, acme]))).await;
    assert_eq!((&given["plan"], &given["from"]), (&json!("standard"), &json!(today)));
    assert_eq!((&given["assigned"], &given["unchanged"]), (&json!([acme, corso]), &json!(1)));
    let seen = book.auditor().get(&format!("{}?{}", plan_of(&corso), book.fresh().await)).await;
    assert_eq!(seen.data()["plan"], "standard");

    let wrong = json!({ "customers": [], "plan": "no plan", "from": "soon" });
    let errors = [("/customers", "empty"), ("/plan", "malformed"), ("/from", "malformed")];
    book.refuses_values(operator.post(PATH, &wrong), &errors).await;
    let request = operator.post(PATH, &json!({ "customers": ["x"], "plan": "standard", "from": today }));
    book.refuses_values(request, &[("/customers/0", "malformed")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_listed_by_code_or_age() {
    let book = TestBook::start().await;
    for code in ["b", "a", "c"] {
        old_plan(&book, code).await;
    }
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    for (sort, expected) in
        [("code", ["a", "b", "c"]), ("-code", ["c", "b", "a"]), ("created", ["b", "a", "c"])]
    {
        let rows = auditor.all(&format!("{PLANS}?sort={sort}&{fresh}")).await;
        assert_eq!(rows.iter().map(|row| text(row, "code")).collect::<Vec<_>>(), expected, "{sort}");
    }
    let table = auditor.get(PLANS).header("accept", "text/csv").await;
    assert!(table.text.contains("a,标准版,CNY,1,1,"), "{}", table.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_assigned_changed_and_ended() {
    let book = TestBook::start().await;
    let (operator, today) = (book.operator(), book.today());
    let acme = book.customer("Acme").await;
    old_plan(&book, "standard").await;
    old_plan(&book, "large").await;
    let path = plan_of(&acme);
    let none = book.auditor().get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(none.data(), &json!({ "customer": acme, "plan": null, "changes": [], "requested": null }));

    let assigned = book.changes(&operator, &path, &json!({ "plan": "standard", "from": today })).await;
    assert_eq!((&assigned["plan"], &assigned["from"]), (&json!("standard"), &json!(today)));
    let day = |days| today + Days::new(days);
    book.changes(&book.finance(), &path, &json!({ "plan": "large", "from": day(10) })).await;
    let ended = book.changes(&operator, &path, &json!({ "plan": null, "from": day(5) })).await;
    assert_eq!((&ended["customer"], &ended["plan"]), (&json!(acme), &Value::Null));
    let again = operator.post(&path, &json!({ "plan": null, "from": day(5) })).await;
    assert_eq!(again.ok()["position"], ended["position"], "what is so already is recorded once");

    let seen = book.auditor().get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(seen.data()["plan"], "standard");
    let changes: Vec<_> = seen.data()["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["from"].clone(), change["plan"].clone(), change["void"].clone()))
        .collect();
    assert_eq!(
        changes,
        [
            (json!(today), json!("standard"), json!(false)),
            (json!(day(5)), json!(null), json!(false)),
            (json!(day(10)), json!("large"), json!(true)),
        ]
    );
    assert_eq!(seen.data()["changes"][2]["changed"]["by"], "user:finance");
    let table = book.auditor().get(&path).header("accept", "text/csv").await;
    assert!(table.text.contains(&format!("{},large,true,", day(10))), "{}", table.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_or_what_there_is_not_is_not_assigned() {
    let book = TestBook::start().await;
    let (operator, today) = (book.operator(), book.today());
    let acme = book.customer("Acme").await;
    book.finance().post(PLANS, &bodies::price_plan("new")).await.created();
    let (path, body) = (plan_of(&acme), |plan: Value, from| json!({ "plan": plan, "from": from }));
    let request = operator.post(&path, &body(json!("none"), today));
    book.refuses(request, 404, "price-plan-not-found").await;
    for method in [Method::POST, Method::GET] {
        let path = plan_of("C99999");
        let request = match method {
            Method::GET => operator.get(&path),
            _ => operator.post(&path, &body(json!("new"), today)),
        };
        book.refuses(request, 404, "customer-not-found").await;
    }
    let request = operator.post(&path, &body(json!("new"), today - Days::new(1)));
    let refused = book.refuses(request, 422, "price-plan-not-begun").await;
    assert_eq!(refused.body["begins"], json!(today));
    let request = operator.post(&path, &body(Value::Null, today));
    book.refuses(request, 422, "no-price-plan").await;
    old_plan(&book, "old").await;
    let request = operator.post(&path, &body(json!("old"), today - Days::new(800)));
    book.refuses(request, 422, "plan-change-too-long-ago").await;
    let without = [("/plan", "missing"), ("/from", "missing")];
    book.refuses_values(operator.post(&path, &json!({})), &without).await;
    let request = operator.post(&path, &json!({ "plan": 1, "from": today }));
    book.refuses_values(request, &[("/plan", "wrong_type")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_plan_on_a_day_of_the_month_is_billable() {
    let book = TestBook::start().await;
    for plan in ["a", "b"] {
        old_plan(&book, plan).await;
    }
    let month = Month::of(book.today()).unwrap();
    let (first, last) = (month.first_day(), month.last_day());
    let days = |from: NaiveDate, count| from + Days::new(count);
    let histories: [&[(Option<&str>, NaiveDate)]; 8] = [
        &[(Some("a"), first - Days::new(40))],
        &[(Some("a"), last)],
        &[(Some("a"), days(last, 1))],
        &[(Some("a"), first - Days::new(40)), (None, first)],
        &[(Some("a"), first - Days::new(40)), (None, days(first, 1))],
        &[(Some("a"), first), (Some("b"), days(first, 9)), (Some("a"), days(first, 19))],
        // What was planned for later is void, and what begins after the month does not count.
        &[(Some("b"), days(first, 9)), (Some("a"), first), (Some("b"), days(last, 9))],
        &[(Some("b"), days(first, 9)), (Some("a"), first), (None, days(first, 20)), (Some("b"), last)],
    ];
    let mut customers = Vec::new();
    for (number, history) in histories.into_iter().enumerate() {
        let customer = book.customer(&format!("Customer {number}")).await;
        for (plan, from) in history {
            assign(&book, &customer, *plan, *from).await;
        }
        customers.push(customer);
    }
    book.auditor().get(&format!("{PLANS}?{}", book.fresh().await)).await.ok();
    book.auditor().get(&format!("{}?{}", plan_of(&customers[0]), book.fresh().await)).await.ok();
    let billable = billable_customers(book.pool(), month).await.unwrap().data;
    let seen: Vec<_> = billable
        .iter()
        .map(|(customer, plans)| (customer.as_str(), plans.iter().map(|plan| plan.as_str()).collect()))
        .collect();
    let expected: [(&str, Vec<&str>); 6] = [
        (&customers[0], vec!["a"]),
        (&customers[1], vec!["a"]),
        (&customers[4], vec!["a"]),
        (&customers[5], vec!["a", "b"]),
        (&customers[6], vec!["a"]),
        (&customers[7], vec!["a", "b"]),
    ];
    assert_eq!(seen, expected);
    book.finish().await;
}
