//! Alipay: signs and sends forms.

use chrono::{DateTime, Utc};
use tallybook_channels::{Alipay, AlipayApp, NotificationRefusal};
use tallybook_domain::channels::Notification;

use super::sign;

pub(crate) const PRIVATE_KEY: &str = include_str!("../../keys/alipay.key.pem");
const PUBLIC_KEY: &str = include_str!("../../keys/alipay.pub.pem");

pub(crate) const SELLER: &str = "2088101106499364";
pub(crate) const APP: &str = "2014072300007148";

pub(crate) fn merchant() -> Alipay {
    Alipay::new(SELLER.into(), vec![AlipayApp::new(APP.into(), PUBLIC_KEY).unwrap()])
}

/// When the notifications are sent.
pub(crate) fn now() -> DateTime<Utc> {
    "2015-04-28T15:46:00+08:00".parse().unwrap()
}

/// A notification's fields, to be changed, signed and sent.
#[derive(Clone)]
pub(crate) struct Fields(Vec<(&'static str, String)>);

/// A payment that succeeded, as the documentation shows it.
pub(crate) fn trade() -> Fields {
    let fields = [
        ("gmt_create", "2015-04-27 15:45:57"),
        ("charset", "utf-8"),
        ("seller_email", "zhuzhanghu@alitest.com"),
        ("subject", "大乐透2.1 & 更多"),
        ("buyer_id", "2088102122524333"),
        ("invoice_amount", "10.00"),
        ("notify_id", "ac05099524730693a8b330c5ecf72da9786"),
        ("fund_bill_list", r#"[{"amount":"20.00","fundChannel":"ALIPAYACCOUNT"}]"#),
        ("notify_type", "trade_status_sync"),
        ("trade_status", "TRADE_SUCCESS"),
        ("receipt_amount", "15.00"),
        ("app_id", APP),
        ("seller_id", SELLER),
        ("gmt_payment", "2015-04-27 15:45:58"),
        ("notify_time", "2015-04-28 15:45:57"),
        ("version", "1.0"),
        ("out_trade_no", "6823789339978248"),
        ("total_amount", "20.00"),
        ("trade_no", "2013112011001004330000121536"),
        ("buyer_pay_amount", "13.88"),
    ];
    Fields(fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect())
}

impl Fields {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.0.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.0.retain(|(other, _)| *other != name);
        self
    }

    /// The body, as it arrives.
    pub(crate) fn signed_by(self, private_key: &str) -> Vec<u8> {
        let mut pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.sort();
        let signature = sign(private_key, pairs.join("&").as_bytes());
        self.with("sign", &signature).with("sign_type", "RSA2").unsigned()
    }

    pub(crate) fn unsigned(&self) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.0.iter().map(|(name, value)| (name, value.as_str())));
        form.finish().into_bytes()
    }

    pub(crate) fn read(self) -> Result<Notification, NotificationRefusal> {
        read(&self.signed_by(PRIVATE_KEY))
    }
}

pub(crate) fn read(body: &[u8]) -> Result<Notification, NotificationRefusal> {
    merchant().read(body, now())
}
