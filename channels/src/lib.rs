//! What payment channels say to us: WeChat Pay (API v3) and Alipay (RSA2), their notifications and the answers they
//! expect.
//!
//! Pure: this crate verifies, decrypts and reads. It has no SQL and no HTTP server, reads no clock and decides
//! nothing about orders: whether a reference is ours, an amount right or a notification a repeat is the caller's to
//! say. Nothing of a notification is believed before its signature is, and no secret is ever shown.

mod alipay;
mod answer;
mod number;
pub mod played;
mod public_key;
mod refusal;
mod wechat_pay;

pub use alipay::{Alipay, AlipayApp};
pub use answer::Answer;
pub use public_key::InvalidKey;
pub use refusal::NotificationRefusal;
pub use wechat_pay::{ApiV3Key, InvalidApiV3Key, PlatformKey, SignatureHeaders, WechatPay};
