//! Bodies and queries: everything that is wrong is found at once and named by its place.

use serde_json::{Value, json};
use tallybook_domain::deposits::Destination;
use tallybook_domain::{CustomerId, Money};

use super::body::read_body;
use super::query::QueryReader;
use super::{BodyReader, ReadBody, date, destination, money, text};
use crate::problem::{FieldError, Problem, ProblemKind};

#[derive(Debug)]
struct Sample {
    customer: CustomerId,
    amount: Money,
    date: Option<chrono::NaiveDate>,
    destination: Option<Destination>,
}

impl ReadBody for Sample {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let amount = body.required("amount", money);
        let date = body.optional("date", date);
        let destination = body.optional("destination", destination);
        Some(Self { customer: customer?, amount: amount?, date, destination })
    }
}

fn read(body: &str) -> (Option<Sample>, Vec<(String, &'static str)>) {
    let mut errors: Vec<FieldError> = Vec::new();
    let sample = read_body(body.as_bytes(), &mut errors).unwrap();
    (sample, errors.into_iter().map(|error| (error.pointer, error.code)).collect())
}

fn faults(body: Value) -> Vec<(String, &'static str)> {
    read(&body.to_string()).1
}

#[test]
fn a_good_body_is_read() {
    let (sample, errors) = read(
        r#"{"customer": "C00042", "amount": {"currency": "CNY", "amount": "12.3"}, "date": null,
            "destination": {"account_name": "李雷", "account_number": "6222021234567890123"}}"#,
    );
    let sample = sample.unwrap();
    assert!(errors.is_empty());
    assert_eq!(sample.customer.as_str(), "C00042");
    assert_eq!(sample.amount.to_string(), "12.30 CNY");
    assert_eq!(sample.date, None);
    assert_eq!(sample.destination.unwrap().account_name.as_str(), "李雷");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let wrong = json!({"customer": 7, "amount": {"amount": 12.34, "currency": "XXQ", "tax": "1"}, "date": "2026-3-1", "dtae": 1});
    assert_eq!(
        faults(wrong),
        [
            ("/customer".to_owned(), "wrong_type"),
            ("/amount/currency".to_owned(), "unknown_currency"),
            ("/amount/amount".to_owned(), "wrong_type"),
            ("/amount/tax".to_owned(), "unknown"),
            ("/date".to_owned(), "malformed"),
            ("/dtae".to_owned(), "unknown"),
        ]
    );
    assert_eq!(faults(json!({})), [("/customer".to_owned(), "missing"), ("/amount".to_owned(), "missing")]);
    assert_eq!(read("").1.len(), 2, "an empty body is an empty object");
}

#[test]
fn an_amount_is_read_strictly() {
    let code = |amount: Value| {
        let faults = faults(json!({"customer": "C00042", "amount": {"amount": amount, "currency": "CNY"}}));
        faults.into_iter().map(|(_, code)| code).next()
    };
    for (amount, expected) in [
        (json!("12.345"), Some("too_precise")),
        (json!("1e3"), Some("malformed")),
        (json!("+1"), Some("malformed")),
        (json!(" 1"), Some("malformed")),
        (json!("1000000000000000.01"), Some("out_of_range")),
        (json!(1), Some("wrong_type")),
        (json!("0.10"), None),
        (json!("12.340"), None),
    ] {
        assert_eq!(code(amount.clone()), expected, "{amount}");
    }
}

#[test]
fn a_member_given_twice_is_refused() {
    let (_, errors) =
        read(r#"{"customer": "C00042", "customer": "C00043", "amount": {"amount": "1", "currency": "CNY"}}"#);
    assert_eq!(errors, [("/customer".to_owned(), "unknown")]);
}

#[test]
fn what_is_no_object_or_no_json_is_refused() {
    assert_eq!(read("[1]").1, [(String::new(), "wrong_type")]);
    let mut errors = Vec::new();
    for body in ["{", "{\"a\":}", "nonsense", "{} {}", "\u{0}"] {
        let problem = read_body::<Sample>(body.as_bytes(), &mut errors).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::MalformedJson, "{body}");
    }
    assert!(read_body::<Sample>(b"{\"customer\": \"\xff\"}", &mut errors).is_err());
}

#[test]
fn escapes_are_read_and_pointers_escaped() {
    let (_, errors) =
        read(r#"{"cust\u006fmer": "C00042", "amount": {"amount": "\u0031", "currency": "CNY"}, "a/b~c": 1}"#);
    assert_eq!(errors, [("/a~1b~0c".to_owned(), "unknown")]);
    let (_, errors) = read(r#"{"customer": "\ud800", "amount": {"amount": "1", "currency": "CNY"}}"#);
    assert_eq!(errors, [("/customer".to_owned(), "malformed")]);
}

fn query_faults(query: &str) -> Result<(), Problem> {
    let mut reader = QueryReader::new(Some(query));
    reader.optional::<CustomerId>("customer");
    reader.dates();
    reader.number("limit", 1..=500);
    reader.flag("dry_run");
    reader.finish()
}

#[test]
fn a_misspelt_parameter_is_refused() {
    assert!(query_faults("customer=C00042&from=2026-01-01&to=2026-01-31&limit=500&dry_run=true").is_ok());
    assert!(query_faults("customer=&limit=").is_ok(), "an empty parameter is one left out");
    for wrong in [
        "custmer=C00042",
        "customer=42",
        "from=2026-02-01&to=2026-01-31",
        "from=20260101",
        "limit=0",
        "limit=501",
        "limit=%2B5",
        "dry_run=yes",
        "limit=5&limit=6",
        "customer=%00",
    ] {
        assert_eq!(query_faults(wrong).unwrap_err().kind(), ProblemKind::Validation, "{wrong}");
    }
}
