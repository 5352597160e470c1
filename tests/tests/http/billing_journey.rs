//! From a list of customers to a regenerated bill: the month of a finance team, over HTTP.

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{TestBook, bodies, truths};

use crate::list_forms::{import, workbook};

/// 10 units at 10.00 and 2.00 for entering them, then at 5.00 and 3.00; 6 % tax.
fn tiers() -> Value {
    json!({ "currency": "CNY", "tax_rate": "0.06", "items": [{ "model": "graduated", "meter": "calls", "tiers": [
        { "up_to": "10", "unit_price": "10", "flat_fee": "2" },
        { "up_to": "20", "unit_price": "5", "flat_fee": "3" },
        { "up_to": null, "unit_price": "5", "flat_fee": "3" } ] }] })
}

fn members(of: &Value, more: Value) -> Value {
    let mut all = of.clone();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

async fn calls(book: &TestBook, customer: &str, quantity: &str, correction: bool) {
    let record = bodies::usage(customer, "calls", book.last_month().last_day(), quantity);
    let record = bodies::with(record, "correction", Some(json!(correction)));
    let answer = book.operator().post("/v1/usage", &record).await;
    assert!(answer.status < 300, "{}", answer.text);
}

async fn bill(book: &TestBook, id: &str) -> Value {
    book.auditor().get(&format!("/v1/bills/{id}?{}", book.fresh().await)).await.data().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_workbook_of_customers_to_a_bill_that_was_made_again() {
    let book = TestBook::start().await;
    let (operator, finance, month) = (book.operator(), book.finance(), book.last_month());
    let list = workbook(&[
        &["客户全称", "客户编码", "结算方式", "行业"],
        &["青松贸易", "KH-1", "prepaid", "零售"],
        &["蓝鹭科技", "KH-2", "postpaid", "软件"],
        &["白石物流", "KH-3", "postpaid", "物流"],
    ]);
    let report = import(&operator, "/v1/customers/import", &list).await;
    let rows = report.ok()["results"].as_array().unwrap().clone();
    let customers: Vec<&str> = rows.iter().map(|row| text(row, "customer")).collect();
    let [prepaid, wrong, other] = customers.as_slice() else { panic!("{rows:?}") };

    let plan = json!({ "code": "calls", "name": "Calls", "effective_from": "2000-01-01" });
    finance.post("/v1/price-plans", &members(&tiers(), plan)).await.created();
    let quote = json!({ "usage": [{ "meter": "calls", "quantity": "21" }] });
    let quoted = finance.post("/v1/pricing/quote", &members(&tiers(), quote)).await;
    assert_eq!(quoted.ok()["subtotal"], bodies::yuan("163.00"));
    for customer in &customers {
        let path = format!("/v1/customers/{customer}/price-plan");
        operator.post(&path, &json!({ "plan": "calls", "from": month.first_day() })).await.ok();
    }
    for (customer, quantity) in [(prepaid, "11"), (wrong, "21"), (other, "12")] {
        calls(&book, customer, quantity, false).await;
    }
    book.deposit(prepaid, "100.00", "ICBC-1").await;

    // 110.00, 163.00 and 115.00, and 6 % tax on each.
    let run = json!({ "period": month });
    let tried = finance.post("/v1/bill-runs?dry_run=true", &run).await;
    assert_eq!(tried.ok()["outcome"]["totals"], json!([bodies::yuan("411.28")]));
    let ran = book.run_bills(json!({})).await;
    assert_eq!((&ran["billed"], &ran["totals"]), (&json!(3), &json!([bodies::yuan("411.28")])));
    let again = book.run_bills(json!({})).await;
    assert_eq!((&again["billed"], &again["skipped"]), (&json!(0), &json!(3)));
    assert_eq!(book.funds(prepaid).await, ["0.00", "0.00", "0.00"]);
    let paid = bill(&book, &format!("{prepaid}.{month}")).await;
    assert_eq!((&paid["total"], &paid["open"]), (&bodies::yuan("116.60"), &bodies::yuan("16.60")));
    truths::hold(&book.witness()).await;

    let first = format!("{wrong}.{month}");
    finance.post(&format!("/v1/bills/{first}/void"), &bodies::because("a meter misread")).await.ok();
    calls(&book, wrong, "20", true).await;
    let made = book.creates(&finance, &format!("/v1/bills/{first}/regenerate"), &json!({})).await;
    // 102.00 and 53.00, and 9.30 tax.
    assert_eq!((&made["replaces"], &made["total"]), (&json!(first), &bodies::yuan("164.30")));
    truths::hold(&book.witness()).await;

    let path = format!("/v1/reports/revenue?group_by=industry&{}", book.fresh().await);
    let revenue = book.auditor().get(&path).await;
    let sums = &revenue.data()["currencies"][0];
    assert_eq!(sums["revenue"], bodies::yuan("380.00"), "{sums}");
    let path = format!("/v1/reports/receivables-summary?{}", book.fresh().await);
    let summary = book.auditor().get(&path).await;
    // 16.60, 164.30 and 121.90.
    assert_eq!(summary.data()["currencies"][0]["open"], bodies::yuan("302.80"), "{}", summary.text);
    book.finish().await;
}
