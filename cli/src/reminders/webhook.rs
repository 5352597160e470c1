//! Reminders as webhooks, signed as the Standard Webhooks specification says (1.0.0, symmetric, `v1`).
//!
//! https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

use std::fmt;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tallybook_api::webhook_secret::WebhookSecret;

use super::Undelivered;

/// How long the receiver may take over its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// A receiver.
pub struct Webhook {
    url: Uri,
    secret: WebhookSecret,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of the URL may be a secret.
        f.debug_struct("Webhook").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

impl Webhook {
    pub fn new(url: &str, secret: WebhookSecret) -> anyhow::Result<Self> {
        let url: Uri = url.parse().context("the URL of the receiver")?;
        anyhow::ensure!(
            matches!(url.scheme_str(), Some("https" | "http")) && url.host().is_some(),
            "the URL of the receiver begins with https:// (or http://)"
        );
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build(connector.build());
        Ok(Self { url, secret, client })
    }

    /// Posts a body. `id` is the same for every attempt, so that the receiver knows a repeat.
    pub(super) async fn post(&self, id: &str, body: Vec<u8>, now: DateTime<Utc>) -> Result<(), Undelivered> {
        let request = self
            .request(id, body, now)
            .map_err(|error| Undelivered::hopeless(format!("the request cannot be made: {error}")))?;
        match tokio::time::timeout(ANSWER_WITHIN, self.client.request(request)).await {
            Ok(Ok(answer)) => told(answer.status()),
            Ok(Err(_)) => Err(Undelivered::for_now("the receiver cannot be reached, or breaks off")),
            Err(_) => Err(Undelivered::for_now("the receiver did not answer in time")),
        }
    }

    fn request(&self, id: &str, body: Vec<u8>, now: DateTime<Utc>) -> anyhow::Result<Request<Full<Bytes>>> {
        let timestamp = now.timestamp();
        let signature = self.secret.sign(id, timestamp, &body)?;
        let request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("user-agent", concat!("tallybook/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature);
        Ok(request.body(Full::new(body.into()))?)
    }
}

/// A redirection is not followed: it would take the signed body elsewhere.
fn told(status: StatusCode) -> Result<(), Undelivered> {
    let reason = || format!("the receiver answered {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Undelivered::hopeless(reason())),
        _ => Err(Undelivered::for_now(reason())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_of_the_web() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        for wrong in ["", "example.com/hook", "ftp://example.com", "/hook"] {
            assert!(Webhook::new(wrong, secret.clone()).is_err(), "{wrong}");
        }
        let webhook = Webhook::new("https://example.com/hook/s3cret", secret).unwrap();
        assert!(!format!("{webhook:?}").contains("s3cret"));
    }
}
