//! Payment channels as tests play them: set up with keys of no one's, and signing with the other half.

use chrono::{DateTime, FixedOffset, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_api::channels::Channels;
use tallybook_channels::played::{PlayedWechatPay, SignedNotification, SigningKey};

use crate::book::Differently;
use crate::client::Request;
use crate::{Client, TestBook};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../channels/tests/keys");
const SERIAL: &str = "0A5157F09EFDC096DE15EBE81A47057A7201";
const API_V3_KEY: &[u8; 32] = b"Tallybook0Tests0Only0Key0AAAA001";

pub const WECHAT_PAY: &str = "/v1/channels/wechat_pay/notifications";
pub const ALIPAY: &str = "/v1/channels/alipay/notifications";
/// The merchant of WeChat Pay and its app.
pub const MCHID: &str = "1230000109";
pub const APPID: &str = "wxd678efh567hg6787";
/// The merchant of Alipay and its app.
pub const SELLER: &str = "2088101106499364";
pub const APP: &str = "2014072300007148";

/// Both channels.
pub fn channels() -> Channels {
    let settings = json!({
        "wechat_pay": {
            "merchant": MCHID,
            "apps": [APPID],
            "keys": [{ "file": format!("{KEYS}/wechat-pay.crt.pem") }],
            "api_v3_key": { "env": "API_V3_KEY" },
        },
        "alipay": {
            "merchant": SELLER,
            "apps": [{ "id": APP, "key_file": format!("{KEYS}/alipay.pub.pem") }],
        },
    });
    let secret = |_: &str| Some(String::from_utf8(API_V3_KEY.to_vec()).unwrap());
    Channels::open(&serde_json::from_value(settings).unwrap(), &secret).unwrap()
}

/// A book that both channels notify.
pub fn notified() -> Differently {
    Differently {
        api: ApiSettings { channels: channels(), ..ApiSettings::default() },
        ..Differently::default()
    }
}

fn key(name: &str) -> SigningKey {
    SigningKey::new(&std::fs::read_to_string(format!("{KEYS}/{name}.key.pem")).unwrap()).unwrap()
}

pub fn wechat_pay() -> PlayedWechatPay {
    PlayedWechatPay::new(key("wechat-pay"), SERIAL, API_V3_KEY)
}

/// Somebody who has none of WeChat Pay's keys, but knows the serial number.
pub fn stranger() -> PlayedWechatPay {
    PlayedWechatPay::new(key("stranger"), SERIAL, API_V3_KEY)
}

/// WeChat Pay for a merchant with another APIv3 key, or signing with a key nobody knows of.
pub fn wechat_pay_with(serial: &str, api_v3_key: &[u8; 32]) -> PlayedWechatPay {
    PlayedWechatPay::new(key("wechat-pay"), serial, api_v3_key)
}

pub fn serial() -> &'static str {
    SERIAL
}

/// What is inside of a payment of so many fen for one of our numbers, of this moment.
pub fn transaction(reference: &str, fen: i64) -> Value {
    json!({
        "mchid": MCHID,
        "appid": APPID,
        "out_trade_no": reference,
        "transaction_id": "1217752501201407033233368018",
        "trade_state": "SUCCESS",
        "success_time": shanghai(Utc::now()).to_rfc3339(),
        "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        "amount": { "total": fen, "currency": "CNY" },
    })
}

fn shanghai(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(8 * 3600).unwrap())
}

/// Signed now by this book's clock.
pub fn paid(book: &TestBook, id: &str, resource: &Value) -> SignedNotification {
    wechat_pay().notify("TRANSACTION.SUCCESS", id, resource, book.now())
}

/// Sends it as it is.
pub fn tell(client: &Client, notification: &SignedNotification) -> Request {
    let SignedNotification { timestamp, nonce, signature, serial, body } = notification;
    client
        .request(Method::POST, WECHAT_PAY)
        .raw("application/json", body.clone())
        .header("Wechatpay-Timestamp", timestamp)
        .header("Wechatpay-Nonce", nonce)
        .header("Wechatpay-Signature", signature)
        .header("Wechatpay-Serial", serial)
}

/// The fields of Alipay's notification of a payment.
pub fn trade(id: &str, reference: &str, at: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let now = shanghai(at).format("%Y-%m-%d %H:%M:%S").to_string();
    let fields = [
        ("app_id", APP),
        ("seller_id", SELLER),
        ("charset", "utf-8"),
        ("notify_id", id),
        ("notify_time", &now),
        ("notify_type", "trade_status_sync"),
        ("out_trade_no", reference),
        ("subject", "大乐透2.1 & 更多"),
        ("total_amount", "20.00"),
        ("trade_no", "2013112011001004330000121536"),
        ("trade_status", "TRADE_SUCCESS"),
        ("gmt_payment", &now),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).to_vec()
}

/// The form of these fields, signed.
pub fn form(fields: &[(&str, String)]) -> Vec<u8> {
    let mut pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.sort();
    let signature = key("alipay").sign(pairs.join("&").as_bytes());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields.iter().map(|(name, value)| (name, value.as_str())));
    form.append_pair("sign", &signature).append_pair("sign_type", "RSA2");
    form.finish().into_bytes()
}

/// Sends a form as Alipay does.
pub fn submit(client: &Client, form: Vec<u8>) -> Request {
    client.request(Method::POST, ALIPAY).raw("application/x-www-form-urlencoded; charset=utf-8", form)
}
