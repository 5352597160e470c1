//! The committed description is the generated one, and true.

use serde::Serialize;
use serde_json::Value;

use super::openapi_json;

/// That a described answer has the members a real one has, and `position` besides.
pub(crate) fn assert_described(schema: &str, outcome: &impl Serialize) {
    let description: Value = serde_json::from_str(openapi_json()).unwrap();
    let described = &description["components"]["schemas"][schema];
    let mut described: Vec<_> = described["properties"].as_object().unwrap().keys().cloned().collect();
    let mut real: Vec<_> =
        serde_json::to_value(outcome).unwrap().as_object().unwrap().keys().cloned().collect();
    real.push("position".into());
    described.sort();
    real.sort();
    assert_eq!(described, real, "{schema}");
}

#[test]
fn the_committed_description_is_the_generated_one() {
    let committed = include_str!("../../../docs/openapi.json");
    assert!(
        committed == openapi_json(),
        "docs/openapi.json is not what the code says: `cargo run --bin tallybook -- openapi > docs/openapi.json`"
    );
}

#[test]
fn no_operation_names_a_parameter_twice() {
    let description: Value = serde_json::from_str(openapi_json()).unwrap();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let mut names: Vec<_> =
                parameters.map(|one| (&one["in"], &one["name"])).map(|(a, b)| format!("{a}{b}")).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{method} {path}: {names:?}");
        }
    }
}

#[test]
fn every_route_is_described() {
    let description: Value = serde_json::from_str(openapi_json()).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let routes = [
        "post /v1/auth/login",
        "post /v1/auth/refresh",
        "post /v1/auth/logout",
        "post /v1/auth/password",
        "get /v1/users",
        "post /v1/users",
        "patch /v1/users/{name}",
        "get /v1/api-keys",
        "post /v1/api-keys",
        "post /v1/api-keys/{id}/revoke",
        "post /v1/customers",
        "patch /v1/customers/{id}",
        "post /v1/customers/{id}/suspend",
        "post /v1/customers/{id}/reactivate",
        "post /v1/customers/{id}/close",
        "post /v1/customers/{id}/erase",
        "post /v1/customers/account-manager",
        "get /v1/access/personal-showings",
        "get /v1/customers",
        "get /v1/customers/{id}",
        "post /v1/deposits",
        "post /v1/deposits/{id}/reverse",
        "get /v1/deposits",
        "get /v1/deposits/{id}",
        "post /v1/withdrawals",
        "post /v1/withdrawals/{id}/approve",
        "post /v1/withdrawals/{id}/reject",
        "post /v1/withdrawals/{id}/cancel",
        "post /v1/withdrawals/{id}/submit",
        "post /v1/withdrawals/{id}/succeed",
        "post /v1/withdrawals/{id}/fail",
        "post /v1/withdrawals/{id}/return",
        "get /v1/withdrawals",
        "get /v1/withdrawals/{id}",
        "get /v1/wallets",
        "get /v1/customers/{id}/wallets",
        "get /v1/customers/{id}/wallet-statement",
        "post /v1/usage",
        "post /v1/usage/batch",
        "get /v1/usage",
        "get /v1/customers/{id}/usage",
        "post /v1/price-plans",
        "post /v1/price-plans/{code}/versions",
        "get /v1/price-plans",
        "get /v1/price-plans/{code}",
        "post /v1/customers/{id}/price-plan",
        "post /v1/customers/price-plan",
        "get /v1/customers/{id}/price-plan",
        "post /v1/pricing/quote",
        "get /v1/ledger/accounts",
        "get /v1/ledger/trial-balance",
        "get /v1/ledger/restatement",
        "get /v1/ledger/accounts/{code}/lines",
        "get /v1/dashboard",
        "get /v1/events",
        "get /v1/events/{position}",
        "get /v1/events/stream",
        "get /v1/projections",
        "get /health/live",
        "get /health/ready",
        "get /metrics",
    ];
    for route in routes {
        let (method, path) = route.split_once(' ').unwrap();
        assert!(description["paths"][path][method].is_object(), "{route}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let description: Value = serde_json::from_str(openapi_json()).unwrap();
    let mut references = Vec::new();
    collect(&description, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.push(reference.clone());
            }
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
