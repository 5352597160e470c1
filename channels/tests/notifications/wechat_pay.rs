//! WeChat Pay's notifications, from signature to meaning.

use crate::support::STRANGER;
use crate::support::wechat_pay::{
    APP, KEY_ID, MERCHANT, PRIVATE_KEY, Request, SERIAL, body, merchant, now, refund, transaction,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tallybook_channels::{InvalidKey, NotificationRefusal, PlatformKey, SignatureHeaders, WechatPay};
use tallybook_domain::channels::{Channel, Notification, RefundedAmount, Said};
use tallybook_domain::{Currency, Money};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn paid() -> Request {
    Request::of(&body("TRANSACTION.SUCCESS", &transaction()))
}

/// The resource with one value replaced, signed and sealed.
fn with(
    event: &str,
    mut resource: Value,
    pointer: &str,
    value: Value,
) -> Result<Notification, NotificationRefusal> {
    *resource.pointer_mut(pointer).unwrap() = value;
    Request::of(&body(event, &resource)).read()
}

#[test]
fn a_payment_says_what_was_paid_for_what() {
    let expected = Notification {
        channel: Channel::WechatPay,
        event_id: "EV-2018022511223320873".parse().unwrap(),
        merchant: MERCHANT.parse().unwrap(),
        reference: "1217752501201407033233368018".parse().unwrap(),
        transaction: "1217752501201407033233368018".parse().unwrap(),
        said: Said::Paid { amount: yuan("1.00") },
        happened_at: "2018-06-08T10:34:56+08:00".parse().unwrap(),
    };
    assert_eq!(paid().read(), Ok(expected));
}

#[test]
fn a_refund_says_what_became_of_it() {
    let refunded = Request::of(&body("REFUND.SUCCESS", &refund("SUCCESS"))).read().unwrap();
    let number = "7752501201407033233368018";
    let amount = RefundedAmount::Alone(yuan("9.98"));
    assert_eq!(refunded.said, Said::Refunded { refund: number.parse().unwrap(), amount });
    assert_eq!(refunded.reference.as_str(), "20150806125346");
    assert_eq!(refunded.transaction.as_str(), "1008450740201411110005820873");

    let closed = Request::of(&body("REFUND.CLOSED", &refund("CLOSED"))).read().unwrap();
    assert_eq!(closed.said, Said::RefundClosed { refund: number.parse().unwrap() });
    let mut abnormal = refund("ABNORMAL");
    abnormal.as_object_mut().unwrap().remove("success_time");
    let abnormal = Request::of(&body("REFUND.ABNORMAL", &abnormal)).read().unwrap();
    assert_eq!(abnormal.said, Said::RefundAbnormal { refund: number.parse().unwrap() });
    let created_at: chrono::DateTime<chrono::Utc> = "2018-06-08T10:34:58+08:00".parse().unwrap();
    assert_eq!(abnormal.happened_at, created_at);
}

#[test]
fn a_notification_without_one_of_its_headers_is_unsigned() {
    let request = paid();
    let whole = request.headers();
    let missing = [
        (SignatureHeaders { timestamp: None, ..whole }, "Wechatpay-Timestamp"),
        (SignatureHeaders { nonce: None, ..whole }, "Wechatpay-Nonce"),
        (SignatureHeaders { signature: None, ..whole }, "Wechatpay-Signature"),
        (SignatureHeaders { signature: Some(""), ..whole }, "Wechatpay-Signature"),
        (SignatureHeaders { serial: None, ..whole }, "Wechatpay-Serial"),
    ];
    for (headers, missing) in missing {
        let refused = merchant().read(&headers, &request.body, now());
        assert_eq!(refused, Err(NotificationRefusal::Unsigned { missing }));
    }
}

#[test]
fn no_byte_of_a_notification_can_be_changed() {
    let request = paid();
    for place in 0..request.body.len() {
        let mut changed = request.clone();
        changed.body[place] ^= 1;
        assert_eq!(changed.read(), Err(NotificationRefusal::BadSignature), "byte {place}");
    }
    let longer = Request { body: [&request.body[..], b"\n"].concat(), ..request.clone() };
    assert_eq!(longer.read(), Err(NotificationRefusal::BadSignature));
    let other_nonce = Request { nonce: "another".into(), ..request.clone() };
    assert_eq!(other_nonce.read(), Err(NotificationRefusal::BadSignature));
    let later = (now() + TimeDelta::seconds(1)).timestamp().to_string();
    assert_eq!(Request { timestamp: later, ..request }.read(), Err(NotificationRefusal::BadSignature));
}

#[test]
fn nobody_elses_signature_is_believed() {
    let body = body("TRANSACTION.SUCCESS", &transaction());
    assert_eq!(Request::signed_by(STRANGER, &body, now()).read(), Err(NotificationRefusal::BadSignature));
    // What WeChat Pay sends to see whether signatures are checked.
    let probe = Request { signature: format!("WECHATPAY/SIGNTEST/{}", paid().signature), ..paid() };
    assert_eq!(probe.read(), Err(NotificationRefusal::BadSignature));
}

#[test]
fn the_serial_number_chooses_the_key() {
    for serial in [SERIAL, &SERIAL[1..], &SERIAL.to_lowercase(), KEY_ID] {
        let request = Request { serial: serial.into(), ..paid() };
        assert!(request.read().is_ok(), "{serial}");
    }
    let unknown = Request { serial: "5157F09EFDC096DE15EBE81A47057A72".into(), ..paid() };
    let key = "5157F09EFDC096DE15EBE81A47057A72".to_owned();
    assert_eq!(unknown.read(), Err(NotificationRefusal::UnknownKey { key }));
    let nameless = PlatformKey::public_key("7201", include_str!("../keys/wechat-pay.pub.pem"));
    assert_eq!(nameless.unwrap_err(), InvalidKey::Id);
}

#[test]
fn a_notification_is_believed_for_less_than_five_minutes_around_its_time() {
    let body = body("TRANSACTION.SUCCESS", &transaction());
    for seconds in [-299, 0, 299] {
        let request = Request::signed_by(PRIVATE_KEY, &body, now() + TimeDelta::seconds(seconds));
        assert!(request.read().is_ok(), "{seconds} seconds");
    }
    for seconds in [-300, 300, -86_400] {
        let signed_at = now() + TimeDelta::seconds(seconds);
        let request = Request::signed_by(PRIVATE_KEY, &body, signed_at);
        assert_eq!(request.read(), Err(NotificationRefusal::Stale { signed_at }));
    }
    for timestamp in ["soon", "99999999999999999", "99999999999999999999999"] {
        let request = Request { timestamp: timestamp.into(), ..paid() };
        assert_eq!(request.read(), Err(NotificationRefusal::Malformed { what: "Wechatpay-Timestamp" }));
    }
}

#[test]
fn what_is_sealed_with_another_key_is_not_read() {
    let mut envelope: Value = serde_json::from_slice(&body("TRANSACTION.SUCCESS", &transaction())).unwrap();
    envelope["resource"]["nonce"] = json!("fdasflkja485");
    let request = Request::of(envelope.to_string().as_bytes());
    assert_eq!(request.read(), Err(NotificationRefusal::Undecipherable));
}

#[test]
fn a_notification_for_someone_else_is_refused() {
    let other = || json!("1900000109");
    let wrong = Err(NotificationRefusal::WrongMerchant { given: "1900000109".into() });
    assert_eq!(with("TRANSACTION.SUCCESS", transaction(), "/mchid", other()), wrong);
    assert_eq!(with("REFUND.SUCCESS", refund("SUCCESS"), "/mchid", other()), wrong);
    let app = with("TRANSACTION.SUCCESS", transaction(), "/appid", json!("wx8888888888888888"));
    assert_eq!(app, Err(NotificationRefusal::WrongApp { given: "wx8888888888888888".into() }));
}

#[test]
fn amounts_are_whole_fen_above_nothing_and_in_cny() {
    let amount = |value| with("TRANSACTION.SUCCESS", transaction(), "/amount/total", value);
    assert_eq!(amount(json!(1)).unwrap().said, Said::Paid { amount: yuan("0.01") });
    assert_eq!(amount(json!(123_456_789)).unwrap().said, Said::Paid { amount: yuan("1234567.89") });
    for (value, what) in [
        (json!(0), "amount"),
        (json!(-100), "amount"),
        (json!(i64::MAX), "amount"),
        (json!(1.5), "the resource"),
        (json!("100"), "the resource"),
        (Value::Null, "the resource"),
    ] {
        assert_eq!(amount(value), Err(NotificationRefusal::Malformed { what }));
    }
    let dollars = with("TRANSACTION.SUCCESS", transaction(), "/amount/currency", json!("USD"));
    assert_eq!(dollars, Err(NotificationRefusal::WrongCurrency { given: "USD".into() }));
    let nothing = with("REFUND.SUCCESS", refund("SUCCESS"), "/amount/refund", json!(0));
    assert_eq!(nothing, Err(NotificationRefusal::Malformed { what: "amount" }));
}

#[test]
fn what_contradicts_itself_or_leaves_something_out_is_refused() {
    let closed = with("TRANSACTION.SUCCESS", transaction(), "/trade_state", json!("CLOSED"));
    assert_eq!(closed, Err(NotificationRefusal::Malformed { what: "trade_state" }));
    let abnormal = with("REFUND.SUCCESS", refund("SUCCESS"), "/refund_status", json!("ABNORMAL"));
    assert_eq!(abnormal, Err(NotificationRefusal::Malformed { what: "refund_status" }));
    for (pointer, what) in [("/out_trade_no", "out_trade_no"), ("/transaction_id", "transaction_id")] {
        for value in [String::new(), "line\nbreak".into(), "9".repeat(129)] {
            let refused = with("TRANSACTION.SUCCESS", transaction(), pointer, json!(value));
            assert_eq!(refused, Err(NotificationRefusal::Malformed { what }));
        }
    }
    let refund = with("REFUND.SUCCESS", refund("SUCCESS"), "/out_refund_no", json!(""));
    assert_eq!(refund, Err(NotificationRefusal::Malformed { what: "out_refund_no" }));
    assert_eq!(Request::of(b"{}").read(), Err(NotificationRefusal::Malformed { what: "the body" }));
    let payment = Request::of(&body("REFUND.SUCCESS", &transaction())).read();
    assert_eq!(payment, Err(NotificationRefusal::Malformed { what: "the resource" }));
}

/// A whole notification from the tests of WeChat Pay's own library. It is of a kind that is not known here, which can
/// only be said of it once its signature held.
/// <https://github.com/wechatpay-apiv3/wechatpay-go/blob/main/core/notify/notify_test.go>
#[test]
fn the_notification_of_wechat_pays_own_tests_is_found_genuine() {
    let key = PlatformKey::certificate(include_str!("../keys/wechatpay-go.crt.pem")).unwrap();
    let api_v3_key = "Tallybook0Tests0Only0Key0AAAA001".parse().unwrap();
    let merchant = WechatPay::new("1234567890".into(), vec![APP.into()], vec![key], api_v3_key);
    let headers = SignatureHeaders {
        timestamp: Some("1624523846"),
        nonce: Some("EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz"),
        signature: Some(
            "tJHIiIS9eB2hAYstmAmbbD3ZE5LiIm/Ug5tuL4fC0YOFRWIHV39UFIZXC0e9Wl6lBu6sKvkqDkzpqzBsVHyXFlbYZTOQrVdG4b6LfTnK4\
            mikv9++ixJMd3vTf2yCqvBkh98zs3Ds5zsYQakzbcwhmw4fMJs4nPLws28H0UW9FjDR//rxELLwXvV1VEA1IBLX70xptjL8hrfUjEE8kkr\
            y6yNJTHZRU8CAc7qHli2Ng1V1qb9ARbK8A3ThmFmPQvRGrapI/jS2laKKgYUmfdEdkNO6B2Cke5e8VTxY406ArAmQ90GAihDwIcb16TQMn\
            zCMBoutnwZKNiKRACrFmtxw2Q==",
        ),
        serial: Some("D7CE59D1F522D701"),
    };
    let body = concat!(
        r#"{"id":"3119dfba-e649-5eec-ab1e-3412bc4d2e17","create_time":"2021-06-24T16:37:26+08:00","#,
        r#""resource_type":"encrypt-resource","event_type":"PAYSCORE.USER_OPEN_SERVICE","summary":"签约成功","#,
        r#""resource":{"original_type":"payscore","algorithm":"AEAD_AES_256_GCM","#,
        r#""ciphertext":"YDS3lKPaC4Y52Gf3uhft5qUBlIa8b428AWTtTauHQfQrRw+X1WpiuHIDy0vo1Vd6VEq67aVyqPdDYMkRVSDaZL3iZt"#,
        r#"tevRMOoPKMifozg6XPWjIZumks/GpT48lI4NizyeaqLBokNebthah3o1H76qSlO9NkDjp9bzmKLEYYH9TEklFUpsvPqOTOcgSLgh21YJXYR"#,
        r#"7dEBXFgRLiNIKRgO5JdXh1hccRUAlyVWxE54PXpnQ==","associated_data":"payscore","nonce":"Kj7QIyUiYx1q"}}"#,
    );
    let sent_at = chrono::DateTime::from_timestamp(1_624_523_846, 0).unwrap();
    let unsupported = NotificationRefusal::Unsupported { event: "PAYSCORE.USER_OPEN_SERVICE".into() };
    assert_eq!(merchant.read(&headers, body.as_bytes(), sent_at), Err(unsupported));
    let forged = body.replace("PAYSCORE.USER_OPEN_SERVICE", "TRANSACTION.SUCCESS");
    assert_eq!(merchant.read(&headers, forged.as_bytes(), sent_at), Err(NotificationRefusal::BadSignature));
}

#[test]
fn keys_are_not_shown() {
    let shown = format!("{:?}", merchant());
    assert!(shown.contains("ApiV3Key(…)") && !shown.contains("Tallybook0Tests"), "{shown}");
}
