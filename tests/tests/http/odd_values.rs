//! Every parameter and every member of every body the API describes, given values nobody thought of. Whatever is
//! answered, it is no failure of ours, and nothing is written.

use reqwest::Method;
use serde_json::{Value, json};
use tallybook_tests::described::Description;
use tallybook_tests::rules::written;
use tallybook_tests::{Answer, TestBook, bodies};

const TEXTS: &[&str] = &[
    "%00",
    "%FF%FE",
    "%F0%9F%92%A5",
    "-1",
    "0",
    "1e9",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "%2B10000-01-01",
    "true",
    "%27%3B--",
    "%25_%5C",
    "C00001",
    "C9223372036854775807",
    "C00001.CNY",
    "C00001.CNY.9223372036854775807",
    "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000",
    "-id",
    "1002",
    "WyJpZCIsIkMwMDAwMSJd",
    "WyItaWQiLCJcdTAwMDAiXQ",
    "WyJlZmZlY3RpdmVfZGF0ZSIsIjk5OTk5OS0wMS0wMSIsIjk5OTk5OTk5OTk5OTk5OTk5OTkiXQ",
];

fn odd_json() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("\u{202e}txt"),
        json!("x".repeat(70_000)),
        json!("0000-01-01"),
        json!("9999-12-31"),
        json!("C00001"),
        json!("C9223372036854775807"),
        json!([]),
        json!([[], {}]),
        json!({}),
        json!({ "amount": "1", "currency": "CNY" }),
        json!({ "amount": "-999999999999999999999999999999", "currency": "JPY" }),
        json!({ "account_name": "\u{7f}", "account_number": "1", "bank_name": [] }),
    ]
}

/// One in so many of all that could be tried.
struct Sample {
    one_in: usize,
    seen: usize,
}

impl Sample {
    fn of(one_in: usize) -> Self {
        Self { one_in, seen: 0 }
    }

    fn takes(&mut self) -> bool {
        self.seen += 1;
        self.seen.is_multiple_of(self.one_in)
    }
}

/// All failures, so that one does not hide the others.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn look_at(&mut self, answer: &Answer, what: &str) {
        match answer.status {
            // To be behind is a 503 by design.
            503 if answer.kind() == "projection-behind" => {}
            500.. => self.0.push(format!("{what}: {}", answer.text)),
            400.. => {
                answer.problem(answer.status, answer.kind());
                assert_ne!(answer.kind(), "", "{what}");
            }
            _ => {}
        }
    }

    fn are_none(&self) {
        assert!(self.0.is_empty(), "{} failures: {:#?}", self.0.len(), self.0);
    }
}

async fn described(book: &TestBook) -> Description {
    Description::new(book.anyone().get("/openapi.json").await.ok().clone())
}

/// Path parameters filled in with something that is there, or with an odd text.
fn filled(path: &str, odd: Option<&str>) -> String {
    let known = [
        ("{id}", "C00001"),
        ("{code}", "1002"),
        ("{position}", "1"),
        ("{name}", "nobody"),
        ("{type}", "validation"),
    ];
    known.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, odd.unwrap_or(value)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_parameter_is_no_failure() {
    odd_parameters(Sample::of(4)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn an_odd_parameter_is_no_failure_wherever_it_is() {
    odd_parameters(Sample::of(1)).await;
}

async fn odd_parameters(mut sample: Sample) {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.request(&acme, "1.00", "W1").await;
    let (description, before) = (described(&book).await, written(&book).await);
    let mut failures = Failures::default();
    for (_, path, operation) in description.operations().filter(|(method, _, _)| method == "GET") {
        // A stream that is let in does not end.
        let endless = path == "/v1/events/stream";
        for odd in TEXTS {
            let asked = filled(path, Some(odd));
            if path.contains('{') && sample.takes() {
                failures.look_at(&book.admin().get(&asked).await, &asked);
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            for parameter in parameters.filter(|parameter| parameter["in"] == "query" && sample.takes()) {
                let name = parameter["name"].as_str().unwrap();
                let required =
                    if path.contains("statement") || path.contains("lines") { "currency=CNY&" } else { "" };
                let required = if name == "currency" { "" } else { required };
                let wait = if name == "min_position" { "&wait_ms=0" } else { "" };
                let asked = format!("{}?{required}{name}={odd}{wait}", filled(path, None));
                let answer = book.admin().get(&asked);
                match endless {
                    true => assert!(answer.begin().await.status().as_u16() < 500, "{asked}"),
                    false => failures.look_at(&answer.await, &asked),
                }
            }
        }
    }
    failures.are_none();
    assert_eq!(written(&book).await, before);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_body_is_no_failure() {
    odd_bodies(Sample::of(4)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn an_odd_body_is_no_failure_wherever_it_is() {
    odd_bodies(Sample::of(1)).await;
}

async fn odd_bodies(mut sample: Sample) {
    let book = TestBook::start().await;
    book.customer_with("Acme", "100.00").await;
    let (description, before) = (described(&book).await, written(&book).await);
    let mut failures = Failures::default();
    for (method, path, operation) in description.operations().filter(|(method, _, _)| method != "GET") {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let members = description.resolve(schema)["properties"].as_object().cloned().unwrap_or_default();
        let method: Method = method.parse().unwrap();
        for odd in odd_json() {
            let mut bodies = vec![odd.clone()];
            bodies.extend(
                members.keys().map(|member| bodies::with(whole(&members), member, Some(odd.clone()))),
            );
            for body in bodies.into_iter().filter(|_| sample.takes()) {
                // Access routes know no dry run; signing in and making users stays refused all the same. Nor do
                // quotes, which store nothing.
                let dry = if path.starts_with("/v1/auth")
                    || path.contains("users")
                    || path.contains("keys")
                    || path.contains("pricing")
                {
                    ""
                } else {
                    "?dry_run=true"
                };
                let asked = format!("{}{dry}", filled(path, None));
                for client in [book.admin(), book.finance(), book.approver()] {
                    let answer = client.send(method.clone(), &asked, &body).await;
                    if path == "/v1/auth/logout" {
                        assert!(answer.status < 500);
                        continue;
                    }
                    failures.look_at(&answer, &format!("{method} {asked} {body}"));
                }
            }
        }
    }
    failures.are_none();
    assert_eq!(written(&book).await, before);
    book.stop().await;
}

/// A body with every member, each of them good.
fn whole(members: &serde_json::Map<String, Value>) -> Value {
    let good = |name: &str| match name {
        "amount" => bodies::yuan("1.00"),
        "customer" => json!("C00001"),
        "method" => json!("cash"),
        "effective_date" => json!("2026-01-01"),
        "destination" => bodies::withdrawal("C00001", "1", "W")["destination"].clone(),
        "role" => json!("auditor"),
        "disabled" => json!(false),
        other => json!(format!("a good {other}")),
    };
    members.keys().map(|name| (name.clone(), good(name))).collect::<serde_json::Map<_, _>>().into()
}
