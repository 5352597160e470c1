//! Reminders as webhooks, signed as the Standard Webhooks specification says (1.0.0, symmetric, `v1`).
//!
//! https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Undelivered;

/// How long the receiver may take over its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// What the specification allows, in bytes.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that sender and receiver share, written `whsec_` and base64.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// Why a text is no secret; never what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook secret is `whsec_` and 24 to 64 bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one"
)]
pub struct InvalidWebhookSecret;

impl FromStr for WebhookSecret {
    type Err = InvalidWebhookSecret;

    fn from_str(text: &str) -> Result<Self, InvalidWebhookSecret> {
        let encoded = text.strip_prefix("whsec_").ok_or(InvalidWebhookSecret)?;
        let key = STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| InvalidWebhookSecret)?;
        if SECRET_LENGTHS.contains(&key.len()) { Ok(Self(key)) } else { Err(InvalidWebhookSecret) }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// What goes into `webhook-signature`. The timestamp is that of the attempt, in seconds.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

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

    /// The example its authors publish, https://docs.svix.com/receiving/verifying-payloads/how-manual.
    #[test]
    fn the_published_example_is_signed_the_same() {
        // That example's key is shorter than the specification asks for.
        let key = STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap();
        let signature = WebhookSecret(Zeroizing::new(key)).sign(
            "msg_loFOjxBNrRLzqYUf",
            1_731_705_121,
            br#"{"event_type":"ping","data":{"success":true}}"#,
        );
        assert_eq!(signature.unwrap(), "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
    }

    #[test]
    fn a_secret_is_long_enough_and_never_shown() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        for wrong in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_!", "whsec_"] {
            assert_eq!(wrong.parse::<WebhookSecret>().unwrap_err(), InvalidWebhookSecret, "{wrong}");
        }
    }

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
