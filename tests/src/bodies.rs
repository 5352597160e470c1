//! Request bodies, as short as they can be said.

use serde_json::{Value, json};

pub fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

pub fn customer(name: &str) -> Value {
    json!({ "name": name })
}

pub fn deposit(customer: &str, amount: &str, reference: &str) -> Value {
    json!({ "customer": customer, "amount": yuan(amount), "reference": reference, "method": "bank_transfer" })
}

pub fn withdrawal(customer: &str, amount: &str, reference: &str) -> Value {
    json!({
        "customer": customer,
        "amount": yuan(amount),
        "reference": reference,
        "destination": { "account_name": "李雷", "account_number": "6222021234567890123", "bank_name": "工商银行" },
    })
}

/// A quote with every model, and everything a line can have.
pub fn quote_of_everything() -> Value {
    let tiers =
        json!([{ "up_to": "10", "unit_price": "10", "flat_fee": "2" }, { "up_to": null, "unit_price": "5" }]);
    json!({
        "currency": "CNY",
        "items": [
            { "model": "flat", "fee": "6000", "name": "基础费" },
            { "model": "per_unit", "meter": "calls", "unit_price": "0.005", "included": "10", "minimum": "1" },
            { "model": "graduated", "meter": "gigabytes", "tiers": tiers, "zero_usage": "skip" },
            { "model": "volume", "meter": "seats", "tiers": tiers, "maximum": "60" },
            { "model": "package", "meter": "messages", "package_size": "10", "package_price": "100" },
            { "model": "percentage", "meter": "payments", "rate": "0.013", "fee_per_event": "2", "free_events": 3,
              "free_amount": "250", "minimum_per_event": "0.01", "maximum_per_event": "100" },
        ],
        "minimum": "10000",
        "tax_rate": "0.06",
        "period": { "from": "2026-10-01", "to": "2026-10-31", "active_from": "2026-10-08" },
        "usage": [
            { "meter": "calls", "quantity": "111" },
            { "meter": "gigabytes", "quantity": "12" },
            { "meter": "seats", "quantity": "7.5" },
            { "meter": "messages", "quantity": "121" },
            { "meter": "payments", "events": ["50", "100", "250", "400"] },
        ],
    })
}

/// A record whose reference is `gw-1`.
pub fn usage(customer: &str, meter: &str, date: impl std::fmt::Display, quantity: &str) -> Value {
    json!({
        "customer": customer, "meter": meter, "date": date.to_string(), "quantity": quantity, "reference": "gw-1",
    })
}

/// A plan that begins today.
pub fn price_plan(code: &str) -> Value {
    json!({
        "code": code,
        "name": "标准版",
        "currency": "CNY",
        "items": [
            { "model": "flat", "fee": "600", "name": "基础费" },
            { "model": "graduated", "meter": "gigabytes", "tiers": [
                { "up_to": "10", "unit_price": "10", "flat_fee": "2" }, { "up_to": null, "unit_price": "5.005" } ] },
        ],
        "minimum": "1000",
        "tax_rate": "0.06",
    })
}

pub fn because(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// The body with one member set to another value; `None` takes it out.
pub fn with(mut body: Value, member: &str, value: Option<Value>) -> Value {
    let members = body.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    body
}
