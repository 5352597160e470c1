//! Someone at the HTTP door, with or without a token.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::Answer;

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
}

/// A request that is sent when it is awaited.
#[derive(Debug)]
pub struct Request(RequestBuilder);

impl Client {
    /// `address` is `http://127.0.0.1:12345`.
    pub fn new(address: impl Into<String>) -> Self {
        Self { http: reqwest::Client::new(), address: address.into(), token: None }
    }

    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    pub fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same person at another address.
    pub fn at(&self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Request {
        self.send(Method::POST, path, body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Request {
        self.send(Method::PATCH, path, body)
    }

    pub fn send(&self, method: Method, path: &str, body: &Value) -> Request {
        let request = self.request(method, path);
        Request(request.0.json(body))
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Request(request)
    }

    /// Signs in, and is that user from then on.
    pub async fn sign_in(&self, username: &str, password: &str) -> Self {
        let credentials = json!({ "username": username, "password": password });
        let answer = self.without_token().post("/v1/auth/login", &credentials).await;
        let token = answer.ok()["access_token"].as_str().unwrap();
        self.with_token(token)
    }

    /// All items of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        let separator = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{separator}limit=500{cursor}")).await;
            items.extend(page.data().as_array().unwrap().iter().cloned());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

impl Request {
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub fn key(self, idempotency_key: &str) -> Self {
        self.header("Idempotency-Key", idempotency_key)
    }

    /// A body of exactly these bytes.
    pub fn raw(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("Content-Type", content_type).body(body))
    }

    /// The answer, or that there was none.
    pub async fn attempt(self) -> Result<Answer, reqwest::Error> {
        Answer::read(self.0.send().await?).await
    }

    /// The answer as it begins, its body still on the way.
    pub async fn begin(self) -> reqwest::Response {
        self.0.send().await.unwrap()
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.attempt().await.unwrap() })
    }
}
