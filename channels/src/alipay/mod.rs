//! Asynchronous notifications of Alipay, signed RSA2, to a merchant of the mainland: its amounts are in yuan and its
//! times those of Shanghai.
//!
//! Source: <https://opendocs.alipay.com/open/204/105301> and, for what a status means, the pages it leads to. What
//! these documents ask to be checked beyond this crate, that the reference is ours and the amount right, is the
//! caller's.

mod form;
mod trade;

use chrono::{DateTime, TimeDelta, Utc};

use tallybook_domain::channels::{Channel, Notification};

use crate::number::number;
use crate::public_key::{InvalidKey, PublicKey};
use crate::refusal::{NotificationRefusal, excerpt};
use form::Form;

/// Alipay repeats a notification for 25 hours. What is older than this is not one of its repeats.
const OLDEST: TimeDelta = TimeDelta::hours(48);
/// How far its clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// What it takes to read the notifications to one merchant.
#[derive(Debug)]
pub struct Alipay {
    seller: String,
    apps: Vec<AlipayApp>,
}

/// An app of the merchant and the key Alipay signs with for it (支付宝公钥). While the key is changed, an app is listed
/// with both.
#[derive(Debug, Clone)]
pub struct AlipayApp {
    id: String,
    key: PublicKey,
}

impl AlipayApp {
    /// `key` is a public key, in PEM or its base64 alone, or Alipay's certificate in PEM.
    pub fn new(id: String, key: &str) -> Result<Self, InvalidKey> {
        let key = if key.contains("-----BEGIN CERTIFICATE") {
            PublicKey::of_certificate(key)?.0
        } else {
            PublicKey::of_public_key(key)?
        };
        Ok(Self { id, key })
    }
}

impl Alipay {
    /// `seller` is the merchant's `seller_id` (2088…).
    pub fn new(seller: String, apps: Vec<AlipayApp>) -> Self {
        Self { seller, apps }
    }

    /// Reads a notification: first whose word it is, then what it says. `body` is the request's, byte by byte.
    pub fn read(&self, body: &[u8], now: DateTime<Utc>) -> Result<Notification, NotificationRefusal> {
        let form = Form::parse(body)?;
        self.expect_signed(&form)?;
        let told_at = form.moment("notify_time")?.ok_or(Form::wrong("notify_time"))?;
        if now.signed_duration_since(told_at) > OLDEST || told_at.signed_duration_since(now) > AHEAD {
            return Err(NotificationRefusal::Stale { signed_at: told_at });
        }
        self.expect_seller(&form)?;
        let notify_type = form.required("notify_type")?;
        if notify_type != "trade_status_sync" {
            return Err(NotificationRefusal::Unsupported { event: excerpt(&notify_type) });
        }
        let (said, happened_at) = trade::said(&form)?;
        Ok(Notification {
            channel: Channel::Alipay,
            event_id: number(&form.required("notify_id")?, "notify_id")?,
            merchant: number(&self.seller, "seller_id")?,
            reference: number(&form.required("out_trade_no")?, "out_trade_no")?,
            transaction: number(&form.required("trade_no")?, "trade_no")?,
            said,
            happened_at: happened_at.unwrap_or(told_at),
        })
    }

    /// The app says which key it has to be.
    fn expect_signed(&self, form: &Form) -> Result<(), NotificationRefusal> {
        let missing = |missing| NotificationRefusal::Unsigned { missing };
        let signature = form.beside("sign")?.ok_or(missing("sign"))?;
        if form.beside("sign_type")?.as_deref() != Some("RSA2") {
            return Err(missing("sign_type RSA2"));
        }
        let app = form.required("app_id")?;
        let mut keys = self.apps.iter().filter(|known| known.id == app).peekable();
        if keys.peek().is_none() {
            return Err(NotificationRefusal::WrongApp { given: excerpt(&app) });
        }
        let signed = keys.any(|known| known.key.has_signed(form.signed_text(), &signature));
        if signed { Ok(()) } else { Err(NotificationRefusal::BadSignature) }
    }

    /// Alipay may leave the seller out; the app is then what says whose money it is.
    fn expect_seller(&self, form: &Form) -> Result<(), NotificationRefusal> {
        match form.text("seller_id")? {
            Some(given) if given != self.seller => {
                Err(NotificationRefusal::WrongMerchant { given: excerpt(&given) })
            }
            Some(_) | None => Ok(()),
        }
    }
}
