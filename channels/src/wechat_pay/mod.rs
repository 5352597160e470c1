//! Notifications of WeChat Pay, API v3, to a merchant of its own (not to a service provider of others).
//!
//! Source: <https://pay.weixin.qq.com/docs/merchant/apis/h5-payment/payment-notice.html> for payments,
//! <https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_11.shtml> for refunds.

mod api_v3_key;
mod event;
mod signature;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tallybook_domain::channels::{Channel, Notification};

pub use api_v3_key::{ApiV3Key, InvalidApiV3Key};
pub use signature::{PlatformKey, SignatureHeaders};

use crate::number::number;
use crate::public_key::PublicKey;
use crate::refusal::{NotificationRefusal, excerpt};
use api_v3_key::Resource;
use event::{Event, RefundResult, Transaction};

/// What it takes to read the notifications to one merchant.
#[derive(Debug)]
pub struct WechatPay {
    merchant: String,
    apps: Vec<String>,
    keys: BTreeMap<String, PublicKey>,
    api_v3_key: ApiV3Key,
}

/// The body of a notification: its outside is signed, its inside sealed as well.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    create_time: DateTime<Utc>,
    event_type: String,
    resource: Resource,
}

impl WechatPay {
    /// `merchant` is the `mchid`; `apps` are the `appid`s it is paid through. Several `keys` overlap while WeChat Pay
    /// changes from one to the next.
    pub fn new(merchant: String, apps: Vec<String>, keys: Vec<PlatformKey>, api_v3_key: ApiV3Key) -> Self {
        let keys = keys.into_iter().map(|PlatformKey { id, key }| (id, key)).collect();
        Self { merchant, apps, keys, api_v3_key }
    }

    /// Reads a notification: first whose word it is, then what it says. `body` is the request's, byte by byte.
    pub fn read(
        &self,
        headers: &SignatureHeaders<'_>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Notification, NotificationRefusal> {
        signature::check(headers, body, &self.keys, now)?;
        let envelope: Envelope =
            serde_json::from_slice(body).map_err(|_| NotificationRefusal::Malformed { what: "the body" })?;
        let event = Event::of(&envelope.event_type)?;
        let text = self.api_v3_key.open(&envelope.resource)?;
        match event {
            Event::Payment => self.payment(&envelope, event::read(&text)?),
            Event::Refund(status) => {
                let refund: RefundResult = event::read(&text)?;
                self.refund(&envelope, &refund, status)
            }
        }
    }

    fn payment(&self, envelope: &Envelope, paid: Transaction) -> Result<Notification, NotificationRefusal> {
        self.expect_merchant(&paid.mchid)?;
        if !self.apps.contains(&paid.appid) {
            return Err(NotificationRefusal::WrongApp { given: excerpt(&paid.appid) });
        }
        Ok(Notification {
            channel: Channel::WechatPay,
            event_id: number(&envelope.id, "id")?,
            merchant: number(&paid.mchid, "mchid")?,
            reference: number(&paid.out_trade_no, "out_trade_no")?,
            transaction: number(&paid.transaction_id, "transaction_id")?,
            said: paid.said()?,
            happened_at: paid.success_time,
        })
    }

    fn refund(
        &self,
        envelope: &Envelope,
        refund: &RefundResult,
        announced: event::RefundStatus,
    ) -> Result<Notification, NotificationRefusal> {
        self.expect_merchant(&refund.mchid)?;
        Ok(Notification {
            channel: Channel::WechatPay,
            event_id: number(&envelope.id, "id")?,
            merchant: number(&refund.mchid, "mchid")?,
            reference: number(&refund.out_trade_no, "out_trade_no")?,
            transaction: number(&refund.transaction_id, "transaction_id")?,
            said: refund.said(announced)?,
            happened_at: refund.success_time.unwrap_or(envelope.create_time),
        })
    }

    fn expect_merchant(&self, given: &str) -> Result<(), NotificationRefusal> {
        if given == self.merchant {
            return Ok(());
        }
        Err(NotificationRefusal::WrongMerchant { given: excerpt(given) })
    }
}
