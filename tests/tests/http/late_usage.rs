//! `/v1/bills/{id}/regenerate`, `/v1/bills/{id}/late-usage` and `late-usage/settle`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies};

/// Used on the fifteenth of the month of a bill.
async fn gigabytes(book: &TestBook, bill: &str, quantity: &str, correction: bool) {
    let (customer, month) = bill.split_once('.').unwrap();
    let record = bodies::usage(customer, "gigabytes", format!("{month}-15"), quantity);
    let record = bodies::with(record, "correction", Some(json!(correction)));
    assert!(book.operator().post("/v1/usage", &record).await.status < 300);
}

async fn found(book: &TestBook, path: &str) -> Value {
    let fresh = book.fresh().await;
    book.auditor().get(&format!("{path}?{fresh}")).await.data().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_bill_is_billed_again_and_both_name_each_other() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let (finance, path) = (book.finance(), format!("/v1/bills/{bill}"));
    let regenerate = format!("{path}/regenerate");
    let early = book.refuses(finance.post(&regenerate, &json!({})), 409, "bill-not-in-state").await;
    assert_eq!(early.body["action"], "regenerate");
    gigabytes(&book, &bill, "100", false).await;
    finance.post(&format!("{path}/void"), &bodies::because("the wrong plan")).await.ok();
    let future = json!({ "issue_date": book.today() + chrono::Days::new(2) });
    book.refuses(finance.post(&regenerate, &future), 422, "effective-date-out-of-range").await;

    let made = book.creates(&finance, &regenerate, &json!({})).await;
    let second = format!("{bill}.r2");
    for (member, value) in [
        ("id", json!(second)),
        ("state", json!("issued")),
        ("replaces", json!(bill)),
        ("new", json!(true)),
        // 600 and 552.45, and 6 % tax.
        ("total", bodies::yuan("1221.60")),
        ("due_date", json!(book.today() + chrono::Days::new(30))),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
    assert!(text(&made, "number").ends_with("-000002"), "{made}");
    let again = finance.post(&regenerate, &json!({})).await;
    assert_eq!((&again.ok()["id"], &again.ok()["new"]), (&json!(second), &json!(false)));

    let old = found(&book, &path).await;
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("voided"), &json!(second)));
    let new = found(&book, &format!("/v1/bills/{second}")).await;
    assert_eq!((&new["replaces"], &new["replaced_by"]), (&json!(bill), &json!(null)));
    assert_eq!((&old["revision"], &new["revision"]), (&json!(1), &json!(2)));
    let table = book.auditor().get("/v1/bills").header("Accept", "text/csv").await;
    let row = table.text.lines().find(|line| line.starts_with(&second)).unwrap().to_owned();
    assert!(row.contains(&format!(",{bill},,,2,")), "{row}");
    let none = "/v1/bills/C99999.2026-01/regenerate";
    book.refuses(finance.post(none, &json!({})), 404, "bill-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_is_shown_and_settled_once() {
    let book = TestBook::start().await;
    let [customer, bill] = book.billed("Acme").await;
    let (finance, path) = (book.finance(), format!("/v1/bills/{bill}/late-usage"));
    let why = bodies::because("late readings");
    let settle = format!("{path}/settle");
    let none = finance.post(&settle, &why).await;
    assert_eq!((&none.ok()["difference"], &none.ok()["bill"]), (&bodies::yuan("0.00"), &json!(null)));

    gigabytes(&book, &bill, "100", false).await;
    let late = found(&book, &path).await;
    assert_eq!((&late["id"], &late["total"]), (&json!(bill), &bodies::yuan("161.60")));
    assert_eq!((&late["subtotal"], &late["tax"]), (&bodies::yuan("152.45"), &bodies::yuan("9.15")));
    let lines = late["parts"][0]["lines"].as_array().unwrap();
    let told: Vec<_> = lines.iter().map(|line| (text(line, "code"), &line["difference"])).collect();
    let [zero, more, less] = ["0.00", "550.45", "-398.00"].map(bodies::yuan);
    assert_eq!(told[..], [(told[0].0, &zero), ("gigabytes", &more), (told[2].0, &less)]);
    let tiers = lines[1]["tiers"].as_array().unwrap();
    assert_eq!((&tiers[1]["billed_quantity"], &tiers[1]["quantity"]), (&json!("0"), &json!("90")));
    assert_eq!((&lines[2]["now"], &lines[2]["billed"]["code"]), (&json!(null), &lines[2]["code"]));

    let settled = book.creates(&finance, &settle, &why).await;
    let delta = format!("{bill}.d1");
    assert_eq!((&settled["id"], &settled["bill"]["id"]), (&json!(bill), &json!(delta)));
    assert_eq!(settled["bill"]["total"], bodies::yuan("161.60"));
    let shown = found(&book, &format!("/v1/bills/{delta}")).await;
    assert_eq!((&shown["amends"], &shown["open"]), (&json!(bill), &bodies::yuan("161.60")));
    assert_eq!(shown["revision"], json!(null));
    assert_eq!(found(&book, &format!("/v1/bills/{bill}")).await["amended_by"], json!([delta]));
    assert_eq!(found(&book, &path).await["total"], bodies::yuan("0.00"));
    let again = finance.post(&settle, &why).await;
    assert_eq!(again.ok()["bill"], json!(null), "nothing is left");

    // Nothing was used after all: the month's minimum is owed, as it was at first.
    gigabytes(&book, &bill, "0", true).await;
    let credited = book.creates(&finance, &settle, &why).await;
    assert_eq!((&credited["difference"], &credited["bill"]), (&bodies::yuan("-161.60"), &json!(null)));
    let fresh = book.fresh().await;
    let bills = book.auditor().get(&format!("/v1/bills?customer={customer}&{fresh}")).await;
    let open: Vec<_> =
        bills.data().as_array().unwrap().iter().map(|bill| text(&bill["open"], "amount")).collect();
    assert_eq!(
        open.iter()
            .map(|amount| amount.parse::<rust_decimal::Decimal>().unwrap())
            .sum::<rust_decimal::Decimal>()
            .to_string(),
        "1060.00"
    );
    let month = bill.split_once('.').unwrap().1;
    let used = book.auditor().get(&format!("/v1/customers/{customer}/usage?month={month}&{fresh}")).await;
    assert_eq!(used.data()["bills"], json!([bill, delta]));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_usage_of_a_bill_that_does_not_stand_is_refused() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let finance = book.finance();
    let settle = format!("/v1/bills/{bill}/late-usage/settle");
    let none = "/v1/bills/C99999.2026-01/late-usage";
    book.auditor().get(none).await.problem(404, "bill-not-found");
    let why = bodies::because("late readings");
    book.refuses(finance.post(&format!("{none}/settle"), &why), 404, "bill-not-found").await;
    book.refuses_values(finance.post(&settle, &json!({})), &[("/reason", "missing")]).await;
    finance.post(&format!("/v1/bills/{bill}/void"), &bodies::because("the wrong plan")).await.ok();
    book.refuses(finance.post(&settle, &why), 409, "bill-not-in-state").await;
    book.auditor().get(&format!("/v1/bills/{bill}/late-usage")).await.problem(409, "bill-not-in-state");
    book.finish().await;
}
