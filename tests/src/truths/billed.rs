//! What was billed, from every side the API shows it from.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::Witness;
use super::money::{Sums, add, amount};
use crate::answer::text;

/// The bills, the reports and the ledger agree on revenue and receivables, to the minor unit.
pub(super) async fn agrees(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let (revenue, receivables) = (closing(trial.data(), "6001"), closing(trial.data(), "1122"));
    let negative =
        |sums: Sums| -> Sums { sums.into_iter().map(|(currency, sum)| (currency, -sum)).collect() };
    let mut revenue = negative(revenue);
    for order in reader.all(&format!("/v1/orders?status=completed&{fresh}")).await {
        let earned = revenue.entry(text(&order["revenue"], "currency").to_owned()).or_default();
        add(earned, -amount(&order["revenue"]));
    }
    let revenue = without_zeros(revenue);

    let (mut billed, mut open) = (Sums::new(), Sums::new());
    for bill in reader.all(&format!("/v1/bills?{fresh}")).await {
        let currency = text(&bill["total"], "currency").to_owned();
        if bill["state"] == "issued" {
            add(billed.entry(currency.clone()).or_default(), amount(&bill["subtotal"]));
        }
        add(open.entry(currency).or_default(), amount(&bill["open"]));
    }
    assert_eq!(
        without_zeros(billed),
        revenue,
        "the bills are the revenue of the ledger, but for that of orders"
    );
    assert_eq!(without_zeros(open), receivables, "what is open of the bills is what the ledger says is owed");
    for by in ["customer", "plan", "meter", "industry", "account_manager"] {
        let report = reader.get(&format!("/v1/reports/revenue?group_by={by}&{fresh}")).await;
        assert_eq!(reported(report.data(), "revenue"), revenue, "revenue by {by} is that of the bills");
    }
    let summary = reader.get(&format!("/v1/reports/receivables-summary?{fresh}")).await;
    assert_eq!(reported(summary.data(), "open"), receivables, "the summary of receivables is the ledger's");
    let ageing = reader.get(&format!("/v1/receivables/ageing?{fresh}")).await;
    for currency in ageing.data()["currencies"].as_array().unwrap() {
        assert_eq!(currency["agrees"], true, "{currency}");
        let buckets = currency["buckets"].as_array().unwrap().iter();
        let sum: Decimal = buckets.map(|bucket| amount(&bucket["open"])).sum();
        assert_eq!(sum, amount(&currency["ledger"]), "the buckets sum up to 1122");
    }
    assert_eq!(reported(ageing.data(), "ledger"), receivables, "the ageing names the ledger's balance");
    let mut items = Sums::new();
    for item in reader.all(&format!("/v1/receivables?{fresh}")).await {
        add(items.entry(text(&item["open"], "currency").to_owned()).or_default(), amount(&item["open"]));
    }
    assert_eq!(items, receivables, "the open items are what is owed");
}

pub(super) fn closing(trial: &Value, code: &str) -> Sums {
    let currencies = trial["currencies"].as_array().unwrap().iter();
    let lines = currencies.flat_map(|currency| {
        let lines = currency["accounts"].as_array().unwrap().iter();
        lines.map(move |line| (text(currency, "currency").to_owned(), line))
    });
    let sums = lines.filter(|(_, line)| line["code"] == code);
    without_zeros(sums.map(|(currency, line)| (currency, amount(&line["closing"]))).collect())
}

fn reported(report: &Value, figure: &str) -> Sums {
    let currencies = report["currencies"].as_array().unwrap().iter();
    without_zeros(
        currencies
            .map(|currency| (text(currency, "currency").to_owned(), amount(&currency[figure])))
            .collect(),
    )
}

pub(super) fn without_zeros(mut sums: BTreeMap<String, Decimal>) -> Sums {
    sums.retain(|_, sum| !sum.is_zero());
    sums
}
