//! `/v1/pricing/quote`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::rules::written;
use tallybook_tests::{TestBook, bodies};

const QUOTE: &str = "/v1/pricing/quote";

/// What people read about it.
fn document() -> String {
    std::fs::read_to_string(format!("{}/../docs/pricing.md", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn tiers(steps: Value) -> Value {
    let steps = steps.as_array().unwrap().iter().map(|step| {
        let mut tier = json!({ "up_to": step[0], "unit_price": step[1] });
        if !step[2].is_null() {
            tier["flat_fee"] = step[2].clone();
        }
        tier
    });
    steps.collect()
}

fn of_one(item: Value, units: &str) -> Value {
    let mut item = item;
    item["meter"] = json!("m");
    json!({ "currency": "CNY", "items": [item], "usage": [{ "meter": "m", "quantity": units }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn units_cost_what_they_should() {
    let book = TestBook::start().await;
    let before = written(&book).await;
    let stepped = tiers(json!([["10", "10", "2"], ["20", "5", "3"], [null, "5", "3"]]));
    let fine = tiers(json!([["0.1", "10"], ["1", "5"], [null, "2"]]));
    let bulk = tiers(json!([["100", "2", "10"], ["200", "1"], [null, "0.5", "50"]]));
    let seats = tiers(json!([["5", "7"], ["10", "6.5"], [null, "6"]]));
    let graduated = |tiers: &Value| json!({ "model": "graduated", "tiers": tiers });
    let volume = |tiers: &Value| json!({ "model": "volume", "tiers": tiers });
    let package = |included: &str| json!({ "model": "package", "package_size": "10", "package_price": "100", "included": included });
    let examples: [(Value, &[(&str, &str)]); 9] = [
        (
            graduated(&stepped),
            &[("0", "2"), ("1", "12"), ("10", "102"), ("11", "110"), ("12", "115"), ("21", "163")],
        ),
        (graduated(&fine), &[("0.05", "0.5"), ("0.5", "3")]),
        (graduated(&seats), &[("6", "41.5"), ("25", "157.5")]),
        (volume(&bulk), &[("0", "10"), ("1", "12"), ("100", "210"), ("100.5", "100.5"), ("101", "101")]),
        (volume(&bulk), &[("200", "200"), ("210", "155"), ("300", "200")]),
        (volume(&seats), &[("6", "39"), ("20", "120")]),
        (package("0"), &[("121", "1300")]),
        (package("10"), &[("121", "1200")]),
        (package("200"), &[("121", "0")]),
    ];
    for (item, costs) in examples {
        for (units, expected) in costs {
            let quote = book
                .as_role(tallybook_tests::Role::Dashboard)
                .post(QUOTE, &of_one(item.clone(), units))
                .await;
            assert_eq!(text(&quote.ok()["lines"][0], "exact_amount"), *expected, "{item} {units}");
        }
    }
    assert_eq!(written(&book).await, before, "nothing is stored");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_has_lines_a_true_up_tax_and_total() {
    let book = TestBook::start().await;
    let quote = book.auditor().post(QUOTE, &bodies::quote_of_everything()).await.ok().clone();
    let lines: Vec<_> = quote["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (text(line, "charge"), text(line, "exact_amount"), text(&line["amount"], "amount")))
        .collect();
    assert_eq!(
        lines,
        [
            ("flat", "4645.16129032258", "4645.16"),
            ("per_unit", "0.774193548387", "0.77"),
            ("graduated", "112", "112.00"),
            ("volume", "60", "60.00"),
            ("package", "1300", "1300.00"),
            ("percentage", "11.15", "11.15"),
            ("true_up", "1612.855483870967", "1612.86"),
        ]
    );
    let totals = ["subtotal", "tax", "total"].map(|name| text(&quote[name], "amount"));
    assert_eq!(totals, ["7741.94", "464.52", "8206.46"]);
    assert_eq!(quote["lines"][1]["bounded_by"], "minimum");
    assert_eq!(quote["lines"][3]["bounded_by"], "maximum");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quote_of_the_document_is_answered_so() {
    let book = TestBook::start().await;
    let document = document();
    let (_, from) = document.split_once("## A whole quote\n").unwrap();
    let mut blocks = from.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let [request, answer] = [(); 2].map(|()| serde_json::from_str::<Value>(blocks.next().unwrap()).unwrap());
    assert_eq!(book.operator().post(QUOTE, &request).await.ok(), &answer);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_quote_is_told() {
    let book = TestBook::start().await;
    let client = book.finance();
    client.post(QUOTE, &json!({})).await.invalid(&[("/currency", "missing"), ("/items", "missing")]);
    client.post(QUOTE, &json!({ "currency": "CNY", "items": [] })).await.invalid(&[("/items", "empty")]);
    let wrong = json!({
        "currency": "CNY",
        "items": [
            { "model": "flat", "fee": 6000, "surprise": 1 },
            { "model": "volume", "meter": "a", "fee": "1", "tiers": [
                { "up_to": "10", "unit_price": "-1" }, { "up_to": "x", "unit_price": "1" }, 7 ] },
            { "model": "graduated", "meter": "a", "tiers": [
                { "up_to": "10", "unit_price": "1", "flat_fee": "0.001" }, { "up_to": "10", "unit_price": "1" } ] },
            { "model": "per-unit", "tiers": [], "meter": "a b" },
            { "model": "percentage", "meter": "p", "rate": "1.3", "free_events": "3" },
            { "model": "package", "meter": "p", "package_size": "0", "package_price": "1", "included": "1e3" },
            [],
        ],
        "minimum": "1.0000000000001",
        "tax_rate": "6",
        "period": { "from": "2026-10-31", "to": "2026-10-01" },
        "usage": [{ "meter": "a", "quantity": "1", "events": [] }, { "meter": "a" }, { "quantity": ["1"] }],
    });
    client.post(QUOTE, &wrong).await.invalid(&[
        ("/items/0/fee", "wrong_type"),
        ("/items/0/surprise", "unknown"),
        ("/items/1/fee", "unknown"),
        ("/items/1/tiers/0/unit_price", "out_of_range"),
        ("/items/1/tiers/1/up_to", "malformed"),
        ("/items/1/tiers/2", "wrong_type"),
        ("/items/2/tiers/0/flat_fee", "too_precise"),
        ("/items/2/tiers/1/up_to", "not_last"),
        ("/items/3/meter", "malformed"),
        ("/items/3/model", "malformed"),
        ("/items/4/free_events", "wrong_type"),
        ("/items/4/rate", "out_of_range"),
        ("/items/5/included", "malformed"),
        ("/items/5/package_size", "out_of_range"),
        ("/items/6", "wrong_type"),
        ("/minimum", "too_precise"),
        ("/period", "out_of_range"),
        ("/tax_rate", "out_of_range"),
        ("/usage/0/events", "not_with_quantity"),
        ("/usage/1/quantity", "missing"),
        ("/usage/2/meter", "missing"),
        ("/usage/2/quantity", "wrong_type"),
    ]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_must_be_of_the_items_meters() {
    let book = TestBook::start().await;
    let client = book.finance();
    let item = |code: &str| json!({ "code": code, "model": "percentage", "meter": "paid", "rate": "0.01" });
    let quote = |usage: Value| json!({ "currency": "CNY", "items": [item("a"), item("b")], "usage": usage });
    let used = json!([
        { "meter": "paid", "events": ["1"] },
        { "meter": "payed", "quantity": "1" },
        { "meter": "paid", "quantity": "1" },
    ]);
    client.post(QUOTE, &quote(used)).await.invalid(&[
        ("/usage/1/meter", "unknown_value"),
        ("/usage/2/meter", "duplicate"),
        ("/usage/2/events", "missing"),
    ]);
    client.post(QUOTE, &quote(json!([{ "meter": "paid", "quantity": "0" }]))).await.ok();
    let again = json!({ "currency": "CNY", "items": [item("a"), item("a")] });
    client.post(QUOTE, &again).await.invalid(&[("/items/1/code", "duplicate")]);
    client.post(&format!("{QUOTE}?dry_run=true"), &again).await.problem(422, "validation");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exact_or_is_too_large_is_refused() {
    let book = TestBook::start().await;
    let client = book.finance();
    let item = json!({ "code": "calls", "model": "per_unit", "unit_price": "1.000000000001" });
    let refused = client.post(QUOTE, &of_one(item, "999999999999999.000000000001")).await;
    refused.problem(422, "amount-out-of-range");
    assert_eq!(refused.body["item"], "calls");
    let events = json!({ "meter": "m", "events": ["1000000000000000", "1"] });
    let mut quote = of_one(json!({ "model": "per_unit", "unit_price": "0" }), "0");
    quote["usage"] = json!([events]);
    let refused = client.post(QUOTE, &quote).await;
    refused.problem(422, "amount-out-of-range");
    assert_eq!(refused.body["meter"], "m");
    let most = json!({ "model": "flat", "fee": "1000000000000000" });
    let total = json!({ "currency": "CNY", "items": [most], "tax_rate": "0.06" });
    client.post(QUOTE, &total).await.problem(422, "amount-out-of-range");
    book.finish().await;
}
