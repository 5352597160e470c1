//! `[payouts]`: how payouts get to the bank. The key is in a file, or in a variable of the environment; none is here.

use serde::{Deserialize, Serialize};
use tallybook_domain::payouts::{Debtor, PayoutAdapterKind};

use crate::channels::SecretSetting;

/// Without any: by hand, and no batch can be made before it is said whose account pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutSettings {
    #[serde(default)]
    pub(super) adapter: PayoutAdapterKind,
    /// Whether an approved withdrawal is paid out without anybody asking for it.
    #[serde(default)]
    pub(super) submit: Submit,
    pub(super) http: Option<HttpSettings>,
    pub(super) debtor: Option<Debtor>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Submit {
    #[default]
    ByHand,
    Automatically,
}

/// `[payouts.http]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpSettings {
    /// Orders are posted here, and asked about below it.
    pub(super) endpoint: String,
    /// `whsec_…`, shared with the endpoint.
    pub(super) key: SecretSetting,
    /// For a whole answer, from the connection to its last byte.
    #[serde(default = "thirty")]
    pub(super) timeout_seconds: u16,
    /// How long after the last thing heard it is asked again at first; then twice as long, and so on.
    #[serde(default = "five")]
    pub(super) ask_after_seconds: u16,
    /// How long after sending it is believed that an endpoint that does not know the payout never got it.
    #[serde(default = "ten_minutes")]
    pub(super) not_found_after_seconds: u32,
}

fn thirty() -> u16 {
    30
}

fn five() -> u16 {
    5
}

fn ten_minutes() -> u32 {
    600
}

impl PayoutSettings {
    /// How payouts go out, and from where: what may be shown to anyone.
    pub fn shown(&self) -> String {
        let submit = match self.submit {
            Submit::ByHand => "by hand",
            Submit::Automatically => "automatically",
        };
        let endpoint = self.http.as_ref().map_or("no endpoint", |_| "an endpoint");
        let way = match self.adapter {
            PayoutAdapterKind::Manual => "manual".to_owned(),
            PayoutAdapterKind::Http => format!("http ({endpoint}), submitted {submit}"),
        };
        match &self.debtor {
            Some(debtor) => format!("{way}, from {} at {}", debtor.account, debtor.bank_code),
            None => format!("{way}, no debtor"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(settings: Value) -> Result<PayoutSettings, serde_json::Error> {
        serde_json::from_value(settings)
    }

    #[test]
    fn what_is_shown_names_no_secret() {
        assert_eq!(read(json!({})).unwrap().shown(), "manual, no debtor");
        let debtor = json!({ "name": "示例公司", "account": "1100100200300400", "bank_code": "ICBKCNBJ" });
        let http = json!({ "endpoint": "https://bank.example/s3cret", "key": { "env": "KEY" } });
        let set =
            read(json!({ "adapter": "http", "submit": "automatically", "http": http, "debtor": debtor }));
        let shown = set.unwrap().shown();
        assert_eq!(shown, "http (an endpoint), submitted automatically, from ••••0400 at ICBKCNBJ");
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        for wrong in [
            json!({ "adaptor": "http" }),
            json!({ "submit": "sometimes" }),
            json!({ "http": { "endpoint": "https://bank.example", "key": "s3cret" } }),
            json!({ "debtor": { "name": "x", "account": "12345", "bank_code": "nonsense" } }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
