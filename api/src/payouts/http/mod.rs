//! An endpoint that takes orders as signed JSON, and says what became of them: docs/payouts.md is its protocol.

mod answer;
mod client;
mod order;

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hyper::{Method, Uri};
use tallybook_domain::payouts::{Heard, PayoutId, Prepared, UnknownCause};

use self::client::{Client, Signed};
use super::adapter::{Asked, PayoutAdapter};
use super::settings::HttpSettings;
use crate::webhook_secret::WebhookSecret;

#[derive(Debug)]
pub(super) struct HttpAdapter {
    client: Client,
}

impl HttpAdapter {
    pub(super) fn open(
        settings: &HttpSettings,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let endpoint = endpoint(&settings.endpoint)?;
        let key: WebhookSecret =
            settings.key.read(secret)?.parse().map_err(|error| format!("key: {error}"))?;
        if settings.timeout_seconds == 0 || settings.ask_after_seconds == 0 {
            return Err("timeout_seconds and ask_after_seconds must be more than 0".to_owned());
        }
        let timeout = Duration::from_secs(settings.timeout_seconds.into());
        Ok(Self { client: Client::new(endpoint, key, timeout) })
    }
}

/// Account numbers go over the line: only in a tunnel, or to a program on the same machine.
fn endpoint(text: &str) -> Result<Uri, String> {
    let endpoint: Uri = text.parse().map_err(|_| "endpoint must be an address that begins with https://")?;
    let host = endpoint.host().unwrap_or_default();
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match endpoint.scheme_str() {
        Some("https") => {}
        Some("http") if here => {}
        Some(_) | None => {
            return Err("endpoint must begin with https:// (http:// only on this machine)".to_owned());
        }
    }
    if endpoint.query().is_some() {
        return Err("endpoint must have no `?`: the payout's id is put behind it".to_owned());
    }
    Ok(endpoint)
}

impl PayoutAdapter for HttpAdapter {
    fn ask<'a>(&'a self, payout: &'a PayoutId, now: DateTime<Utc>) -> BoxFuture<'a, Asked> {
        Box::pin(async move {
            let question = Signed { method: Method::GET, payout, at: now, body: Vec::new() };
            match self.client.exchange(question).await {
                Ok(answered) => answer::to_question(&answered, payout).map_or(Asked::Nothing, Asked::Heard),
                Err(_) => Asked::Nothing,
            }
        })
    }

    fn send<'a>(&'a self, order: &'a Prepared, began: DateTime<Utc>) -> BoxFuture<'a, Heard> {
        Box::pin(async move {
            let body = match order::body(order) {
                Ok(body) => body,
                Err(error) => {
                    tracing::error!(%error, payout = %order.payout, "an order cannot be written");
                    return Heard::Nothing(UnknownCause::Interrupted);
                }
            };
            let order = Signed { method: Method::POST, payout: &order.payout, at: began, body };
            match self.client.exchange(order).await {
                Ok(answered) => answer::to_order(&answered),
                Err(cause) => Heard::Nothing(cause),
            }
        })
    }
}
