//! One signed request, and its answer within limits.
//!
//! Must never send anything twice: connections are not kept, so that none is found closed and the request begun anew; and
//! a redirection is not followed, which would take the order elsewhere.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tallybook_domain::payouts::{PayoutId, UnknownCause};

use crate::webhook_secret::WebhookSecret;

/// An answer is a few words.
const ANSWER_LIMIT: usize = 64 * 1024;

pub(super) struct Client {
    endpoint: Uri,
    key: WebhookSecret,
    client: Legacy<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

/// What is asked or ordered. The signature covers the payout's id, the moment and the body.
pub(super) struct Signed<'a> {
    pub(super) method: Method,
    pub(super) payout: &'a PayoutId,
    pub(super) at: DateTime<Utc>,
    pub(super) body: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path may be a secret.
        f.debug_struct("Client").field("host", &self.endpoint.host()).finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(endpoint: Uri, key: WebhookSecret, timeout: Duration) -> Self {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let client = Legacy::builder(TokioExecutor::new())
            .retry_canceled_requests(false)
            .pool_max_idle_per_host(0)
            .build(connector.build());
        Self { endpoint, key, client, timeout }
    }

    pub(super) async fn exchange(&self, signed: Signed<'_>) -> Result<Answered, UnknownCause> {
        let request = self.request(signed).map_err(|error| {
            tracing::error!(%error, "a request to the endpoint of payouts cannot be made");
            UnknownCause::Unreachable
        })?;
        match tokio::time::timeout(self.timeout, self.answer(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(UnknownCause::TimedOut),
        }
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Answered, UnknownCause> {
        let answer = self.client.request(request).await.map_err(|error| {
            if error.is_connect() { UnknownCause::Unreachable } else { UnknownCause::BrokenOff }
        })?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { UnknownCause::Unreadable } else { UnknownCause::BrokenOff }
        })?;
        Ok(Answered { status, body: body.to_bytes() })
    }

    fn request(&self, signed: Signed<'_>) -> Result<Request<Full<Bytes>>, Unsendable> {
        let Signed { method, payout, at, body } = signed;
        let timestamp = at.timestamp();
        let signature = self.key.sign(payout.as_str(), timestamp, &body)?;
        let endpoint = self.endpoint.to_string();
        let endpoint = endpoint.trim_end_matches('/');
        let url = match method {
            Method::GET => format!("{endpoint}/{payout}"),
            _ => endpoint.to_owned(),
        };
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("user-agent", concat!("tallybook/", env!("CARGO_PKG_VERSION")))
            .header("idempotency-key", payout.as_str())
            .header("webhook-id", payout.as_str())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature);
        Ok(request.body(Full::new(body.into()))?)
    }
}

#[derive(Debug, thiserror::Error)]
enum Unsendable {
    #[error(transparent)]
    Key(#[from] hmac::digest::InvalidLength),
    #[error(transparent)]
    Request(#[from] hyper::http::Error),
}
