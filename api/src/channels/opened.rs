//! The channels of a process, opened: their keys at hand.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use tallybook_channels::{Alipay, AlipayApp, NotificationRefusal, PlatformKey, SignatureHeaders, WechatPay};
use tallybook_domain::channels::{Channel, ChannelNumber, Notification};

use super::settings::{
    AlipayAppSetting, AlipaySettings, ChannelSettings, PlatformKeySetting, WechatPaySettings,
};

/// All of them. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct Channels(Arc<Opened>);

#[derive(Debug, Default)]
struct Opened {
    wechat_pay: Option<Set<WechatPay>>,
    alipay: Option<Set<Alipay>>,
}

/// A channel that is set up, and the merchant it pays.
#[derive(Debug)]
struct Set<T> {
    merchant: ChannelNumber,
    reader: T,
}

/// Why the settings describe no channel; says nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("channel {channel}: {reason}")]
pub struct InvalidChannel {
    channel: Channel,
    reason: String,
}

impl Channels {
    /// Reads the keys. `secret` reads a variable of the environment.
    pub fn open(
        settings: &ChannelSettings,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidChannel> {
        let wechat_pay = settings.wechat_pay.as_ref().map(|settings| {
            let reader = wechat_pay(settings, secret)
                .map_err(|reason| InvalidChannel { channel: Channel::WechatPay, reason })?;
            Ok(Set { merchant: settings.merchant.clone(), reader })
        });
        let alipay = settings.alipay.as_ref().map(|settings| {
            let reader =
                alipay(settings).map_err(|reason| InvalidChannel { channel: Channel::Alipay, reason })?;
            Ok(Set { merchant: settings.merchant.clone(), reader })
        });
        Ok(Self(Arc::new(Opened { wechat_pay: wechat_pay.transpose()?, alipay: alipay.transpose()? })))
    }

    pub(super) fn has(&self, channel: Channel) -> bool {
        self.merchant(channel).is_some()
    }

    /// Whom it pays. `None`: the channel is not set up.
    pub(crate) fn merchant(&self, channel: Channel) -> Option<&ChannelNumber> {
        match channel {
            Channel::WechatPay => self.0.wechat_pay.as_ref().map(|own| &own.merchant),
            Channel::Alipay => self.0.alipay.as_ref().map(|own| &own.merchant),
        }
    }

    /// What a channel says, if it is the channel's word. `None`: the channel is not set up.
    pub(super) fn read(
        &self,
        channel: Channel,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Option<Result<Notification, NotificationRefusal>> {
        match channel {
            Channel::WechatPay => {
                self.0.wechat_pay.as_ref().map(|own| own.reader.read(&signature_headers(headers), body, now))
            }
            Channel::Alipay => self.0.alipay.as_ref().map(|own| own.reader.read(body, now)),
        }
    }
}

/// Each header as it came. One that came twice, or is no text, is none: which is meant would be anyone's guess.
fn signature_headers(headers: &HeaderMap) -> SignatureHeaders<'_> {
    let only = |name: &str| {
        let mut given = headers.get_all(name).iter();
        let value = given.next()?.to_str().ok()?;
        given.next().is_none().then_some(value)
    };
    SignatureHeaders {
        timestamp: only("wechatpay-timestamp"),
        nonce: only("wechatpay-nonce"),
        signature: only("wechatpay-signature"),
        serial: only("wechatpay-serial"),
    }
}

fn wechat_pay(
    settings: &WechatPaySettings,
    secret: &dyn Fn(&str) -> Option<String>,
) -> Result<WechatPay, String> {
    let WechatPaySettings { merchant, apps, keys, api_v3_key } = settings;
    expect_some(apps, "apps")?;
    expect_some(keys, "keys")?;
    let keys = keys.iter().map(platform_key).collect::<Result<_, _>>()?;
    let api_v3_key = api_v3_key.read(secret)?.parse();
    let api_v3_key = api_v3_key.map_err(|wrong| format!("api_v3_key: {wrong}"))?;
    let apps = apps.iter().map(ToString::to_string).collect();
    Ok(WechatPay::new(merchant.to_string(), apps, keys, api_v3_key))
}

fn platform_key(PlatformKeySetting { file, id }: &PlatformKeySetting) -> Result<PlatformKey, String> {
    let pem = text_of(file)?;
    let key = match id {
        Some(id) => PlatformKey::public_key(id.as_str(), &pem),
        None => PlatformKey::certificate(&pem),
    };
    key.map_err(|wrong| format!("{}: {wrong}", file.display()))
}

fn alipay(AlipaySettings { merchant, apps }: &AlipaySettings) -> Result<Alipay, String> {
    expect_some(apps, "apps")?;
    let app = |AlipayAppSetting { id, key_file }: &AlipayAppSetting| {
        AlipayApp::new(id.to_string(), &text_of(key_file)?)
            .map_err(|wrong| format!("{}: {wrong}", key_file.display()))
    };
    let apps = apps.iter().map(app).collect::<Result<_, _>>()?;
    Ok(Alipay::new(merchant.to_string(), apps))
}

/// Without any, nothing could be believed.
fn expect_some<T>(list: &[T], key: &str) -> Result<(), String> {
    if list.is_empty() { Err(format!("{key} must not be empty")) } else { Ok(()) }
}

fn text_of(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../channels/tests/keys");
    const API_V3_KEY: &str = "Tallybook0Tests0Only0Key0AAAA001";

    fn wechat_pay() -> Value {
        json!({
            "merchant": "1230000109",
            "apps": ["wxd678efh567hg6787"],
            "keys": [
                { "file": format!("{KEYS}/wechat-pay.crt.pem") },
                { "file": format!("{KEYS}/wechat-pay.pub.pem"), "id": "PUB_KEY_ID_01" },
            ],
            "api_v3_key": { "env": "API_V3_KEY" },
        })
    }

    fn open(channel: &str, settings: Value) -> Result<Channels, String> {
        let settings: ChannelSettings = serde_json::from_value(json!({ channel: settings })).unwrap();
        let secret = |name: &str| (name == "API_V3_KEY").then(|| API_V3_KEY.to_owned());
        Channels::open(&settings, &secret).map_err(|error| error.to_string())
    }

    #[test]
    fn a_channel_is_set_up_with_its_keys() {
        let none = Channels::default();
        assert!(!none.has(Channel::WechatPay) && !none.has(Channel::Alipay));
        let only_wechat_pay = open("wechat_pay", wechat_pay()).unwrap();
        assert!(only_wechat_pay.has(Channel::WechatPay) && !only_wechat_pay.has(Channel::Alipay));
        let app = json!({ "id": "2014072300007148", "key_file": format!("{KEYS}/alipay.pub.pem") });
        let alipay = json!({ "merchant": "2088101106499364", "apps": [app] });
        assert!(open("alipay", alipay).unwrap().has(Channel::Alipay));
    }

    #[test]
    fn what_is_missing_is_said_and_no_secret_is() {
        let folder = tempfile::tempdir().unwrap();
        let short = folder.path().join("key");
        fs::write(&short, "s3cret\n").unwrap();
        for (key, value, told) in [
            ("apps", json!([]), "apps must not be empty"),
            ("keys", json!([]), "keys must not be empty"),
            ("keys", json!([{ "file": format!("{KEYS}/alipay.pub.pem") }]), "neither a certificate"),
            ("keys", json!([{ "file": "/nowhere/key.pem" }]), "/nowhere/key.pem cannot be read"),
            ("api_v3_key", json!({ "env": "ANOTHER" }), "ANOTHER is not set"),
            ("api_v3_key", json!({ "file": short }), "32 characters"),
        ] {
            let mut settings = wechat_pay();
            settings[key] = value;
            let refusal = open("wechat_pay", settings).unwrap_err();
            assert!(refusal.starts_with("channel wechat_pay: ") && refusal.contains(told), "{refusal}");
            assert!(!refusal.contains("s3cret") && !refusal.contains(API_V3_KEY), "{refusal}");
        }
    }

    #[test]
    fn no_key_is_shown() {
        let shown = format!("{:?}", open("wechat_pay", wechat_pay()).unwrap());
        assert!(!shown.contains(API_V3_KEY), "{shown}");
    }

    #[test]
    fn a_header_that_comes_twice_is_none() {
        let mut headers = HeaderMap::new();
        for value in ["a", "b"] {
            headers.append("wechatpay-nonce", value.parse().unwrap());
        }
        headers.insert("wechatpay-serial", "c".parse().unwrap());
        let read = signature_headers(&headers);
        assert_eq!((read.nonce, read.serial, read.signature), (None, Some("c"), None));
    }
}
