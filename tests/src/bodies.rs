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
