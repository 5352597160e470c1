//! The channels as the settings describe them. Keys are in files, or in variables of the environment; none is here.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use tallybook_domain::channels::{Channel, ChannelNumber};

/// `[channels]`. A channel without a table of its own is not set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSettings {
    pub(super) wechat_pay: Option<WechatPaySettings>,
    pub(super) alipay: Option<AlipaySettings>,
}

/// `[channels.wechat_pay]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WechatPaySettings {
    /// The `mchid`.
    pub(super) merchant: ChannelNumber,
    /// The `appid`s it is paid through.
    pub(super) apps: Vec<ChannelNumber>,
    /// What WeChat Pay signs with: more than one while it changes from one to the next.
    pub(super) keys: Vec<PlatformKeySetting>,
    pub(super) api_v3_key: SecretSetting,
}

/// A platform certificate, which brings its serial number, or a public key and its id, in PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlatformKeySetting {
    pub(super) file: PathBuf,
    /// `PUB_KEY_ID_…`, of a public key alone.
    pub(super) id: Option<ChannelNumber>,
}

/// `[channels.alipay]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlipaySettings {
    /// The `seller_id` (2088…).
    pub(super) merchant: ChannelNumber,
    /// An app is listed twice while its key changes.
    pub(super) apps: Vec<AlipayAppSetting>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlipayAppSetting {
    pub(super) id: ChannelNumber,
    /// What Alipay signs with for this app: a public key, in PEM or base64, or a certificate in PEM.
    pub(super) key_file: PathBuf,
}

/// Where a secret is kept: `{ file = "…" }` or `{ env = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub(crate) enum SecretSetting {
    Environment(String),
    File(PathBuf),
}

impl TryFrom<BTreeMap<String, String>> for SecretSetting {
    type Error = &'static str;

    fn try_from(table: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        let mut keys = table.into_iter();
        match (keys.next(), keys.next()) {
            (Some((key, name)), None) if key == "env" => Ok(Self::Environment(name)),
            (Some((key, path)), None) if key == "file" => Ok(Self::File(path.into())),
            (_, _) => Err("expected a table with env or file"),
        }
    }
}

impl SecretSetting {
    /// The secret, without the end of its line. `variable` reads a variable of the environment.
    pub(crate) fn read(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let text = match self {
            Self::Environment(name) => {
                variable(name).ok_or_else(|| format!("the variable {name} is not set"))?
            }
            Self::File(path) => fs::read_to_string(path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?,
        };
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl ChannelSettings {
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::WechatPay => self.wechat_pay.is_some(),
            Channel::Alipay => self.alipay.is_some(),
        }
    }

    /// With those of `others` that are not set up here.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self { wechat_pay: self.wechat_pay.or(others.wechat_pay), alipay: self.alipay.or(others.alipay) }
    }

    /// Which channels are set up, for which merchants: what may be shown to anyone.
    pub fn shown(&self) -> String {
        let wechat_pay = self.wechat_pay.as_ref().map(|settings| format!("wechat_pay {}", settings.merchant));
        let alipay = self.alipay.as_ref().map(|settings| format!("alipay {}", settings.merchant));
        let shown: Vec<_> = wechat_pay.into_iter().chain(alipay).collect();
        if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(api_v3_key: Value) -> Result<SecretSetting, String> {
        serde_json::from_value(api_v3_key).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_named_by_a_file_or_a_variable_and_never_written_here() {
        assert_eq!(read(json!({ "env": "KEY" })), Ok(SecretSetting::Environment("KEY".into())));
        assert_eq!(read(json!({ "file": "/k" })), Ok(SecretSetting::File("/k".into())));
        for wrong in [
            json!("s3cret"),
            json!(["s3cret"]),
            json!({ "text": "s3cret" }),
            json!({ "env": "s3cret", "file": "s3cret" }),
            json!({}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let read = |settings: Value| serde_json::from_value::<ChannelSettings>(settings);
        assert_eq!(read(json!({})).unwrap().shown(), "none");
        assert!(read(json!({ "wechatpay": {} })).is_err());
        let alipay = json!({ "merchant": "2088101106499364", "apps": [] });
        assert_eq!(read(json!({ "alipay": alipay })).unwrap().shown(), "alipay 2088101106499364");
        assert!(read(json!({ "alipay": { "merchant": "2088101106499364", "app": [] } })).is_err());
    }

    #[test]
    fn what_is_set_up_is_never_replaced() {
        let of = |merchant: &str| {
            let alipay = json!({ "merchant": merchant, "apps": [] });
            serde_json::from_value::<ChannelSettings>(json!({ "alipay": alipay })).unwrap()
        };
        assert_eq!(of("1").or(of("2")), of("1"));
        assert_eq!(ChannelSettings::default().or(of("2")), of("2"));
        assert!(of("1").has(Channel::Alipay) && !of("1").has(Channel::WechatPay));
    }
}
