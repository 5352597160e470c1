//! WeChat Pay: seals, signs and sends.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tallybook_channels::{ApiV3Key, NotificationRefusal, PlatformKey, SignatureHeaders, WechatPay};
use tallybook_domain::channels::Notification;

use super::sign;

pub(crate) const PRIVATE_KEY: &str = include_str!("../../keys/wechat-pay.key.pem");
const CERTIFICATE: &str = include_str!("../../keys/wechat-pay.crt.pem");
const PUBLIC_KEY: &str = include_str!("../../keys/wechat-pay.pub.pem");
const API_V3_KEY: &str = "Tallybook0Tests0Only0Key0AAAA001";

pub(crate) const SERIAL: &str = "0A5157F09EFDC096DE15EBE81A47057A7201";
pub(crate) const KEY_ID: &str = "PUB_KEY_ID_0000000000000024101100397200000006";
pub(crate) const MERCHANT: &str = "1230000109";
pub(crate) const APP: &str = "wxd678efh567hg6787";

/// The merchant's side, knowing the same key as a certificate and as a public key.
pub(crate) fn merchant() -> WechatPay {
    let keys = vec![
        PlatformKey::certificate(CERTIFICATE).unwrap(),
        PlatformKey::public_key(KEY_ID, PUBLIC_KEY).unwrap(),
    ];
    let key: ApiV3Key = API_V3_KEY.parse().unwrap();
    WechatPay::new(MERCHANT.into(), vec!["wx0000000000000000".into(), APP.into()], keys, key)
}

/// When the notifications are sent.
pub(crate) fn now() -> DateTime<Utc> {
    "2018-06-08T10:35:00+08:00".parse().unwrap()
}

/// A request as it arrives.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) signature: String,
    pub(crate) serial: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn signed_by(private_key: &str, body: &[u8], at: DateTime<Utc>) -> Self {
        let mut request = Self {
            timestamp: at.timestamp().to_string(),
            nonce: "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz".into(),
            signature: String::new(),
            serial: SERIAL.into(),
            body: body.to_vec(),
        };
        let head = format!("{}\n{}\n", request.timestamp, request.nonce);
        request.signature = sign(private_key, &[head.as_bytes(), body, b"\n"].concat());
        request
    }

    pub(crate) fn of(body: &[u8]) -> Self {
        Self::signed_by(PRIVATE_KEY, body, now())
    }

    pub(crate) fn headers(&self) -> SignatureHeaders<'_> {
        SignatureHeaders {
            timestamp: Some(&self.timestamp),
            nonce: Some(&self.nonce),
            signature: Some(&self.signature),
            serial: Some(&self.serial),
        }
    }

    pub(crate) fn read(&self) -> Result<Notification, NotificationRefusal> {
        merchant().read(&self.headers(), &self.body, now())
    }
}

/// The resource of a payment that succeeded: `chapter3_2_5` of the documentation.
pub(crate) fn transaction() -> Value {
    json!({
        "transaction_id": "1217752501201407033233368018",
        "amount": { "payer_total": 90, "total": 100, "currency": "CNY", "payer_currency": "CNY" },
        "mchid": MERCHANT,
        "trade_state": "SUCCESS",
        "bank_type": "CMC",
        "promotion_detail": [],
        "success_time": "2018-06-08T10:34:56+08:00",
        "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        "out_trade_no": "1217752501201407033233368018",
        "appid": APP,
        "trade_state_desc": "支付成功",
        "trade_type": "MICROPAY",
        "attach": "自定义数据",
    })
}

/// The resource of a refund: `chapter3_1_11` of the documentation.
pub(crate) fn refund(status: &str) -> Value {
    json!({
        "mchid": MERCHANT,
        "transaction_id": "1008450740201411110005820873",
        "out_trade_no": "20150806125346",
        "refund_id": "50200207182018070300011301001",
        "out_refund_no": "7752501201407033233368018",
        "refund_status": status,
        "success_time": "2018-06-08T10:34:56+08:00",
        "user_received_account": "招商银行信用卡0403",
        "amount": { "total": 999, "refund": 998, "payer_total": 999, "payer_refund": 998 },
    })
}

/// The body around a resource.
pub(crate) fn body(event_type: &str, resource: &Value) -> Vec<u8> {
    let cipher = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(API_V3_KEY.as_bytes()));
    let text = resource.to_string();
    let payload = Payload { msg: text.as_bytes(), aad: b"transaction" };
    let sealed = cipher.encrypt(Nonce::from_slice(b"fdasflkja484"), payload).unwrap();
    let envelope = json!({
        "id": "EV-2018022511223320873",
        "create_time": "2018-06-08T10:34:58+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": "支付成功",
        "resource": {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": BASE64.encode(sealed),
            "associated_data": "transaction",
            "nonce": "fdasflkja484",
        },
    });
    envelope.to_string().into_bytes()
}
