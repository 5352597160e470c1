//! Whether a notification is WeChat Pay's word, and said just now.
//!
//! Source: <https://pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html>. Now and
//! then WeChat Pay sends a wrong signature on purpose (`WECHATPAY/SIGNTEST/…`), to see it refused.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::public_key::{InvalidKey, PublicKey};
use crate::refusal::{NotificationRefusal, excerpt};

/// How far a notification's time may be from ours, in either direction: less than this.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// A key WeChat Pay signs with, under the name it is called by in `Wechatpay-Serial`.
#[derive(Debug, Clone)]
pub struct PlatformKey {
    pub(super) id: String,
    pub(super) key: PublicKey,
}

impl PlatformKey {
    /// A platform certificate (平台证书), in PEM. Its serial number is its name.
    pub fn certificate(pem: &str) -> Result<Self, InvalidKey> {
        let (key, serial) = PublicKey::of_certificate(pem)?;
        Ok(Self { id: name(&serial), key })
    }

    /// A public key of WeChat Pay (微信支付公钥), in PEM, and its id: `PUB_KEY_ID_…`.
    pub fn public_key(id: &str, pem: &str) -> Result<Self, InvalidKey> {
        if !id.starts_with("PUB_KEY_ID_") {
            return Err(InvalidKey::Id);
        }
        Ok(Self { id: name(id), key: PublicKey::of_public_key(pem)? })
    }
}

/// Serial numbers are written with or without zeros in front.
fn name(id: &str) -> String {
    id.trim_start_matches('0').to_ascii_uppercase()
}

/// The headers a notification is signed by, as they came.
#[derive(Debug, Clone, Copy)]
pub struct SignatureHeaders<'a> {
    /// `Wechatpay-Timestamp`
    pub timestamp: Option<&'a str>,
    /// `Wechatpay-Nonce`
    pub nonce: Option<&'a str>,
    /// `Wechatpay-Signature`
    pub signature: Option<&'a str>,
    /// `Wechatpay-Serial`
    pub serial: Option<&'a str>,
}

/// Refuses what WeChat Pay did not sign within the window. What was signed twice is for the caller to know.
pub(super) fn check(
    headers: &SignatureHeaders<'_>,
    body: &[u8],
    keys: &BTreeMap<String, PublicKey>,
    now: DateTime<Utc>,
) -> Result<(), NotificationRefusal> {
    let timestamp = present(headers.timestamp, "Wechatpay-Timestamp")?;
    let nonce = present(headers.nonce, "Wechatpay-Nonce")?;
    let signature = present(headers.signature, "Wechatpay-Signature")?;
    let serial = present(headers.serial, "Wechatpay-Serial")?;
    let signed_at = timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let signed_at = signed_at.ok_or(NotificationRefusal::Malformed { what: "Wechatpay-Timestamp" })?;
    if now.signed_duration_since(signed_at).abs() >= WINDOW {
        return Err(NotificationRefusal::Stale { signed_at });
    }
    let unknown = || NotificationRefusal::UnknownKey { key: excerpt(serial) };
    let key = keys.get(&name(serial)).ok_or_else(unknown)?;
    let text = [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat();
    if key.has_signed(&text, signature) { Ok(()) } else { Err(NotificationRefusal::BadSignature) }
}

fn present<'a>(header: Option<&'a str>, name: &'static str) -> Result<&'a str, NotificationRefusal> {
    header.filter(|value| !value.is_empty()).ok_or(NotificationRefusal::Unsigned { missing: name })
}
