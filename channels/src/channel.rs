//! The channels, and what each wants to hear back.

use std::fmt;

/// Who notifies us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    WechatPay,
    Alipay,
}

/// What is answered to a channel over HTTP. Whatever it does not take for a success it sends again, for about a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// `None` where there is no body.
    pub content_type: Option<&'static str>,
    pub body: String,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WechatPay => "wechat_pay",
            Self::Alipay => "alipay",
        }
    }

    /// The notification is kept, or was already: it need not come again.
    pub fn accepted(self) -> Answer {
        match self {
            Self::WechatPay => Answer { status: 204, content_type: None, body: String::new() },
            Self::Alipay => Answer { status: 200, content_type: Some("text/plain"), body: "success".into() },
        }
    }

    /// The notification is not taken in. `status` is 4xx or 5xx; `reason` is a word that gives nothing away.
    pub fn refused(self, status: u16, reason: &str) -> Answer {
        match self {
            Self::WechatPay => {
                let body = serde_json::json!({ "code": "FAIL", "message": reason }).to_string();
                Answer { status, content_type: Some("application/json"), body }
            }
            Self::Alipay => Answer { status, content_type: Some("text/plain"), body: "failure".into() },
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_hears_what_it_takes_for_a_success() {
        let wechat_pay = Channel::WechatPay.accepted();
        assert_eq!((wechat_pay.status, wechat_pay.body.as_str()), (204, ""));
        let alipay = Channel::Alipay.accepted();
        assert_eq!((alipay.status, alipay.body.as_str()), (200, "success"));
    }

    #[test]
    fn each_channel_hears_what_it_takes_for_a_failure() {
        let wechat_pay = Channel::WechatPay.refused(503, "unavailable");
        assert_eq!(wechat_pay.status, 503);
        assert_eq!(wechat_pay.content_type, Some("application/json"));
        assert_eq!(wechat_pay.body, r#"{"code":"FAIL","message":"unavailable"}"#);
        let alipay = Channel::Alipay.refused(503, "unavailable");
        assert_eq!((alipay.status, alipay.body.as_str()), (503, "failure"));
    }
}
