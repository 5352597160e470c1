//! Customers' files over HTTP: profiles, account managers, closing.

use reqwest::Method;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

fn whole_profile() -> Value {
    json!({
        "name": "上海闵行贸易有限公司", "code": "KH-0042", "short_name": "闵行", "industry": "物流", "level": "A",
        "account_manager": "王芳", "tax_number": "91350100M000100Y43", "bank_name": "招商银行上海分行",
        "settlement_mode": "postpaid", "billing_cycle": "monthly", "payment_term_days": 30,
        "credit_limit": bodies::yuan("50000.00"), "oldest_first": true, "currency": "CNY", "tags": ["vip", "north", "vip"],
        "remarks": "since May", "external_ids": {"crm": "A-77"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_profile_is_registered_and_read_back() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let registered = book.creates(&operator, "/v1/customers", &whole_profile()).await;
    let path = format!("/v1/customers/{}", text(&registered, "id"));
    let found = operator.get(&format!("{path}?{}", book.fresh().await)).await;
    let mut expected = whole_profile();
    expected["tags"] = json!(["north", "vip"]);
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(found.data()[member], *value, "{member}");
    }
    assert_eq!(found.data()["personal_fields"], "masked");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_set_cleared_or_kept() {
    let book = TestBook::start().await;
    let finance = book.finance();
    let registered = finance.post("/v1/customers", &whole_profile()).await.created().clone();
    let path = format!("/v1/customers/{}", text(&registered, "id"));
    let change =
        json!({ "level": "B", "remarks": null, "tags": [], "external_ids": {}, "account_manager": null });
    book.command(&finance, Method::PATCH, (&path, &change), 200).await;
    let found = finance.get(&format!("{path}?{}", book.fresh().await)).await;
    let data = found.data();
    assert_eq!((&data["level"], &data["industry"]), (&json!("B"), &json!("物流")));
    for cleared in ["remarks", "tags", "external_ids", "account_manager"] {
        assert_eq!(data[cleared], json!(null), "{cleared}");
    }
    let history = book.auditor().get(&format!("/v1/events?aggregate_id={}", text(&registered, "id"))).await;
    let payload = &history.data()[3]["payload"]["CustomerProfileChanged"]["changes"];
    assert_eq!(payload["level"], json!({ "from": "A", "to": "B" }));
    assert_eq!(payload["industry"], json!(null), "what did not change is not said");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_file_is_told_at_once() {
    let book = TestBook::start().await;
    let body = json!({
        "name": "Acme", "tax_number": "91350100M000100Y44", "settlement_mode": "cash", "payment_term_days": 366,
        "credit_limit": { "amount": 5, "currency": "CNY" }, "oldest_first": "yes", "currency": "YUAN", "tags": "vip",
        "phone": "call me", "email": 7,
    });
    let errors = [
        ("/tax_number", "check_digit"),
        ("/settlement_mode", "malformed"),
        ("/payment_term_days", "out_of_range"),
        ("/credit_limit/amount", "wrong_type"),
        ("/oldest_first", "wrong_type"),
        ("/currency", "unknown_currency"),
        ("/tags", "malformed"),
        ("/phone", "malformed"),
        ("/email", "wrong_type"),
    ];
    let answer = book.operator().post("/v1/customers", &body).await;
    answer.problem(422, "validation");
    assert!(!answer.text.contains("call me"), "what is personal is not said again: {}", answer.text);
    let told: Vec<_> = answer.body["errors"].as_array().unwrap().iter().collect();
    for (pointer, code) in errors {
        assert!(
            told.iter().any(|e| e["pointer"] == pointer && e["code"] == code),
            "{pointer} {code}: {told:?}"
        );
    }
    assert_eq!(told.len(), errors.len(), "{told:?}");
    let negative = json!({ "name": "Acme", "credit_limit": bodies::yuan("-1.00") });
    book.refuses(book.operator().post("/v1/customers", &negative), 422, "amount-out-of-range").await;
    let dollars = json!({ "name": "Acme", "credit_limit": bodies::yuan("1.00"), "currency": "USD" });
    book.refuses(book.operator().post("/v1/customers", &dollars), 422, "currency-mismatch").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_belongs_to_one_customer() {
    let book = TestBook::start().await;
    let operator = book.operator();
    operator.post("/v1/customers", &json!({ "name": "Acme", "code": "KH-1" })).await.created();
    let same = json!({ "name": "Beta", "code": "ｋｈ-1" });
    book.refuses(operator.post("/v1/customers", &same), 409, "customer-code-taken").await;
    let beta = book.customer("Beta").await;
    let change = operator.patch(&format!("/v1/customers/{beta}"), &json!({ "code": "kh-1" }));
    book.refuses(change, 409, "customer-code-taken").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_found_by_what_is_known_of_them() {
    let book = TestBook::start().await;
    let operator = book.operator();
    for (name, level, manager, mode) in [
        ("Acme", "A", "王芳", "prepaid"),
        ("Beta", "B", "王芳", "postpaid"),
        ("Gamma", "A", "李雷", "postpaid"),
    ] {
        let body = json!({
            "name": name, "code": format!("K-{name}"), "short_name": format!("{name} short"), "level": level,
            "account_manager": manager, "settlement_mode": mode, "industry": "物流", "tags": [level, "all"],
        });
        operator.post("/v1/customers", &body).await.created();
    }
    book.customer("Without").await;
    let fresh = book.fresh().await;
    let reader = book.auditor();
    let listed = async |query: &str| -> Vec<String> {
        let customers = reader.all(&format!("/v1/customers?{query}&{fresh}")).await;
        customers.iter().map(|customer| text(customer, "name").to_owned()).collect()
    };
    assert_eq!(listed("level=A").await, ["Acme", "Gamma"]);
    assert_eq!(listed("account_manager=王芳").await, ["Acme", "Beta"]);
    assert_eq!(listed("settlement_mode=postpaid&level=A").await, ["Gamma"]);
    assert_eq!(listed("tag=B").await, ["Beta"]);
    assert_eq!(listed("tag=all&industry=物流").await.len(), 3);
    assert_eq!(listed("code=K-Beta").await, ["Beta"]);
    assert_eq!(listed("name=GAMMA%20s").await, ["Gamma"]);
    assert_eq!(listed("sort=code").await, ["Without", "Acme", "Beta", "Gamma"]);
    assert_eq!(listed("sort=-updated_at").await, ["Without", "Gamma", "Beta", "Acme"]);
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reader.get(&format!("/v1/customers?sort=-code&limit=1&{fresh}{cursor}")).await;
        paged.push(text(&page.data()[0], "name").to_owned());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, ["Gamma", "Beta", "Acme", "Without"]);
    reader.get("/v1/customers?settlement_mode=cash").await.invalid(&[("?settlement_mode", "malformed")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_given_to_another_account_manager() {
    let book = TestBook::start().await;
    let operator = book.operator();
    let path = "/v1/customers/account-manager";
    let mut ids = Vec::new();
    for name in ["Acme", "Beta", "Gamma"] {
        ids.push(book.customer(name).await);
    }
    let body = json!({ "customers": [ids[0], ids[1]], "to": "王芳" });
    let given = book.changes(&operator, path, &body).await;
    assert_eq!((&given["assigned"], &given["unchanged"]), (&json!([ids[0], ids[1]]), &json!(0)));
    let all = json!({ "from": "王芳", "to": "李雷" });
    let given = operator.post(path, &all).key("K").await.ok().clone();
    assert_eq!(given["assigned"], json!([ids[0], ids[1]]));
    assert!(operator.post(path, &all).key("K").await.replayed());
    let again = operator.post(path, &all).await.ok().clone();
    assert_eq!(again["assigned"], json!([]), "nobody is with her any more");
    let wrong = json!({ "customers": [ids[0]], "from": "王芳", "to": null });
    book.refuses(operator.post(path, &wrong), 409, "customer-with-another-manager").await;
    let strange = json!({ "customers": [ids[2], "C00099"], "to": "王芳" });
    book.refuses(operator.post(path, &strange), 404, "customer-not-found").await;
    book.refuses_values(operator.post(path, &json!({ "to": "王芳" })), &[("/customers", "missing")]).await;
    book.refuses_values(operator.post(path, &json!({ "from": "王芳" })), &[("/to", "missing")]).await;
    let nobody = json!({ "customers": [], "to": null });
    book.refuses_values(operator.post(path, &nobody), &[("/customers", "out_of_range")]).await;
    operator.post(path, &json!({ "customers": [ids[0]], "to": null })).await.ok();
    let found = operator.get(&format!("/v1/customers/{}?{}", ids[0], book.fresh().await)).await;
    assert_eq!(found.data()["account_manager"], json!(null));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_closed_once_nothing_is_open_and_then_for_ever() {
    let book = TestBook::start().await;
    let finance = book.finance();
    let acme = book.customer("Acme").await;
    let path = format!("/v1/customers/{acme}");
    let close = format!("{path}/close");
    let deposit =
        finance.post("/v1/deposits", &bodies::deposit(&acme, "5.00", "BK-1")).await.created().clone();
    let refused = finance.post(&close, &bodies::because("moved away")).await;
    refused.problem(409, "customer-still-open");
    assert_eq!(
        refused.body["open"],
        json!([{ "wallet": format!("{acme}.CNY"), "balance": bodies::yuan("5.00"), "held": bodies::yuan("0.00") }])
    );
    let reverse = format!("/v1/deposits/{}/reverse", text(&deposit, "id"));
    finance.post(&reverse, &bodies::because("a mistake")).await.ok();
    let closed = book.changes(&finance, &close, &bodies::because("moved away")).await;
    assert_eq!(closed["status"], "closed");
    let found = finance.get(&format!("{path}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["closure_reason"], "moved away");
    for step in ["suspend", "reactivate"] {
        let request = finance.post(&format!("{path}/{step}"), &bodies::because("why not"));
        book.refuses(request, 422, "customer-closed").await;
    }
    book.refuses(finance.patch(&path, &json!({ "level": "A" })), 422, "customer-closed").await;
    let deposit = finance.post("/v1/deposits", &bodies::deposit(&acme, "5.00", "BK-2"));
    book.refuses(deposit, 422, "customer-closed").await;
    book.finish().await;
}
