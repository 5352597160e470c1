//! What came back, and what every answer owes its reader.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The body if it is JSON, else null.
    pub body: Value,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Self { status, headers, text, body })
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The command was recorded before, and this is what was answered then.
    pub fn replayed(&self) -> bool {
        self.header("idempotent-replayed") == "true"
    }

    /// 200, with a body.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.expect(200)
    }

    /// 201, with a body.
    #[track_caller]
    pub fn created(&self) -> &Value {
        self.expect(201)
    }

    #[track_caller]
    pub fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_ne!(self.header("x-request-id"), "", "every answer has its request's id");
        &self.body
    }

    /// `data` of an answer to a question.
    #[track_caller]
    pub fn data(&self) -> &Value {
        let body = self.ok();
        assert_eq!(self.header("tallybook-position"), body["position"].to_string(), "{body}");
        &body["data"]
    }

    /// A problem of this kind, told as RFC 9457 wants it and without anything of our insides.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> &Value {
        assert_eq!((self.status, self.kind()), (status, kind), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.expect(status);
        assert_eq!(body["status"], status);
        for member in ["title", "detail"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body}");
        }
        for inside in ["SELECT ", "sqlx", "postgres", "panicked", ".rs", "/src/", "stack"] {
            assert!(!self.text.contains(inside), "a problem tells {inside:?}: {}", self.text);
        }
        body
    }

    /// A `validation` problem that names exactly these places and codes, in any order.
    #[track_caller]
    pub fn invalid(&self, expected: &[(&str, &str)]) {
        let problem = self.problem(422, "validation");
        let text = |error: &Value, member: &str| error[member].as_str().unwrap_or_default().to_owned();
        let mut errors: Vec<_> = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| (text(error, "pointer"), text(error, "code")))
            .collect();
        let mut expected: Vec<_> =
            expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        errors.sort();
        expected.sort();
        assert_eq!(errors, expected, "{problem}");
    }

    /// `insufficient-funds` of `/problems/insufficient-funds`.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().and_then(|address| address.strip_prefix("/problems/")).unwrap_or("")
    }
}

/// A member that is a text.
#[track_caller]
pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text {member} in {value}"))
}

/// A member that is a number.
#[track_caller]
pub fn number(value: &Value, member: &str) -> u64 {
    value[member].as_u64().unwrap_or_else(|| panic!("no number {member} in {value}"))
}
