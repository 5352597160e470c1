//! How payouts go out in this process, with the key at hand.

use std::sync::Arc;
use std::time::Duration;

use tallybook_domain::payouts::{Debtor, PayoutAdapterKind};

use super::adapter::PayoutAdapter;
use super::http::HttpAdapter;
use super::manual::ManualAdapter;
use super::settings::{PayoutSettings, Submit};

/// Cloning shares it.
#[derive(Debug, Clone)]
pub struct Payouts(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    adapter: PayoutAdapterKind,
    automatically: bool,
    debtor: Option<Debtor>,
    manual: ManualAdapter,
    http: Option<HttpAdapter>,
    pace: Pace,
}

/// How patiently it is asked what became of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// The pause before it is asked again for the first time.
    pub(super) ask_after: Duration,
    /// Of one exchange. Who has not sent by then must not any more, and after twice as long has died over it.
    pub(super) timeout: Duration,
    /// After so long, what the endpoint does not know has not arrived.
    pub(super) not_found_after: Duration,
}

/// Why the settings describe no way to the bank; says nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("payouts: {0}")]
pub struct InvalidPayouts(String);

impl Payouts {
    /// Reads the key. `secret` reads a variable of the environment.
    pub fn open(
        settings: &PayoutSettings,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidPayouts> {
        let PayoutSettings { adapter, submit, http, debtor } = settings;
        let automatically = *submit == Submit::Automatically;
        match adapter {
            PayoutAdapterKind::Http if http.is_none() => {
                return Err(InvalidPayouts(
                    "adapter = \"http\" needs [payouts.http] with endpoint and key".into(),
                ));
            }
            PayoutAdapterKind::Manual if automatically => {
                let reason = "submit = \"automatically\" needs adapter = \"http\": a file is taken to the bank by a person";
                return Err(InvalidPayouts(reason.into()));
            }
            PayoutAdapterKind::Http | PayoutAdapterKind::Manual => {}
        }
        let pace = http.as_ref().map_or_else(Pace::default, |http| Pace {
            ask_after: Duration::from_secs(http.ask_after_seconds.into()),
            timeout: Duration::from_secs(http.timeout_seconds.into()),
            not_found_after: Duration::from_secs(http.not_found_after_seconds.into()),
        });
        let http = http.as_ref().map(|http| HttpAdapter::open(http, secret)).transpose();
        Ok(Self(Arc::new(Opened {
            adapter: *adapter,
            automatically,
            debtor: debtor.clone(),
            manual: ManualAdapter,
            http: http.map_err(InvalidPayouts)?,
            pace,
        })))
    }

    /// The one that new payouts go by.
    pub(super) fn usual(&self) -> PayoutAdapterKind {
        self.0.adapter
    }

    /// The one of this kind, if it is set up. Those of an earlier setting are asked about as long as it is.
    pub(super) fn adapter(&self, kind: PayoutAdapterKind) -> Option<&dyn PayoutAdapter> {
        match kind {
            PayoutAdapterKind::Manual => Some(&self.0.manual),
            PayoutAdapterKind::Http => self.0.http.as_ref().map(|http| http as &dyn PayoutAdapter),
        }
    }

    /// Whether an approved withdrawal is paid out without anybody asking for it.
    pub(super) fn automatically(&self) -> bool {
        self.0.automatically
    }

    pub(super) fn debtor(&self) -> Option<&Debtor> {
        self.0.debtor.as_ref()
    }

    pub(super) fn pace(&self) -> Pace {
        self.0.pace
    }
}

impl Default for Pace {
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self { ask_after: minute, timeout: minute, not_found_after: minute.saturating_mul(10) }
    }
}

/// By hand.
impl Default for Payouts {
    fn default() -> Self {
        Self(Arc::new(Opened {
            adapter: PayoutAdapterKind::Manual,
            automatically: false,
            debtor: None,
            manual: ManualAdapter,
            http: None,
            pace: Pace::default(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn open(settings: Value) -> Result<Payouts, String> {
        let settings: PayoutSettings = serde_json::from_value(settings).unwrap();
        let secret = |name: &str| (name == "KEY").then(|| KEY.to_owned());
        Payouts::open(&settings, &secret).map_err(|error| error.to_string())
    }

    fn http(endpoint: &str, key: Value) -> Value {
        json!({ "adapter": "http", "http": { "endpoint": endpoint, "key": key } })
    }

    #[test]
    fn an_endpoint_is_set_up_with_its_key_and_shows_neither() {
        let opened = open(http("https://bank.example/s3cret", json!({ "env": "KEY" }))).unwrap();
        assert!(opened.adapter(PayoutAdapterKind::Http).is_some() && !opened.automatically());
        let shown = format!("{opened:?}");
        assert!(!shown.contains("s3cret") && !shown.contains(KEY), "{shown}");
        let manual = open(json!({})).unwrap();
        assert!(manual.adapter(PayoutAdapterKind::Http).is_none());
        assert!(manual.adapter(PayoutAdapterKind::Manual).is_some());
        assert_eq!(manual.usual(), PayoutAdapterKind::Manual);
    }

    #[test]
    fn what_is_missing_is_said_and_no_secret_is() {
        let folder = tempfile::tempdir().unwrap();
        let short = folder.path().join("key");
        std::fs::write(&short, "s3cret\n").unwrap();
        let key = || json!({ "env": "KEY" });
        for (settings, told) in [
            (json!({ "adapter": "http" }), "needs [payouts.http]"),
            (json!({ "submit": "automatically" }), "needs adapter"),
            (http("https://bank.example", json!({ "env": "ANOTHER" })), "ANOTHER is not set"),
            (http("https://bank.example", json!({ "file": "/nowhere/key" })), "/nowhere/key cannot be read"),
            (http("https://bank.example", json!({ "file": short })), "whsec_"),
            (http("http://bank.example", key()), "https://"),
            (http("ftp://bank.example", key()), "https://"),
            (http("https://bank.example/orders?s3cret", key()), "no `?`"),
            (http("bank.example", key()), "https://"),
        ] {
            let refusal = open(settings).unwrap_err();
            assert!(refusal.starts_with("payouts: ") && refusal.contains(told), "{refusal}");
            assert!(!refusal.contains("s3cret") && !refusal.contains(KEY), "{refusal}");
        }
        for here in ["http://127.0.0.1:9/x", "http://localhost:9", "http://[::1]:9"] {
            assert!(open(http(here, key())).is_ok(), "{here}");
        }
    }
}
