//! Pricing as people agree on it: terms and usage in, lines and totals out.

mod exact;
mod examples;
mod properties;
mod stored;
mod terms;
mod totals;

use serde_json::{Value, json};

use super::*;

pub(super) fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

/// Terms in yuan with these items; each gets a code and counts `m`, if it says nothing else.
pub(super) fn terms(items: Vec<Value>) -> PlanTerms {
    terms_with(items, json!({}))
}

pub(super) fn terms_with(items: Vec<Value>, besides: Value) -> PlanTerms {
    read(items, besides).unwrap()
}

pub(super) fn read(items: Vec<Value>, besides: Value) -> Result<PlanTerms, serde_json::Error> {
    let items: Vec<Value> = items.into_iter().enumerate().map(|(at, item)| named(at, item)).collect();
    let mut terms = json!({ "currency": "CNY", "items": items });
    merge(&mut terms, besides);
    serde_json::from_value(terms)
}

fn named(at: usize, item: Value) -> Value {
    let mut whole = json!({ "code": format!("i{at}"), "name": "Item" });
    if item["model"] != "flat" {
        whole["meter"] = json!("m");
    }
    merge(&mut whole, item);
    whole
}

fn merge(whole: &mut Value, besides: Value) {
    let Value::Object(besides) = besides else { panic!("an object") };
    for (name, value) in besides {
        whole[name] = value;
    }
}

/// One item and the units used of its meter.
pub(super) fn line(item: &Value, units: &str) -> PricedLine {
    let quote =
        terms(vec![item.clone()]).price(|_| Some(Metered::Total(quantity(units))), PeriodShare::WHOLE);
    quote.unwrap().lines.remove(0)
}

pub(super) fn exact(item: &Value, units: &str) -> String {
    line(item, units).exact_amount.to_string()
}

/// Tiers as they are said: `("10", "0.5", "2")` goes up to 10, costs 0.5 a unit and 2 to enter; `""` is none.
pub(super) fn tiers(model: &str, steps: &[(&str, &str, &str)]) -> Value {
    let given = |text: &str| if text.is_empty() { json!(null) } else { json!(text) };
    let tiers: Vec<Value> = steps
        .iter()
        .map(|(up_to, price, fee)| json!({ "up_to": given(up_to), "unit_price": price, "flat_fee": given(fee) }))
        .collect();
    json!({ "model": model, "tiers": tiers })
}
