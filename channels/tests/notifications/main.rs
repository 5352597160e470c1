//! Notifications as they arrive, read through the public door.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod alipay;
mod support;
mod wechat_pay;
