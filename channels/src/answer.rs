//! What each channel wants to hear back.

use tallybook_domain::channels::Channel;

/// What is answered to a channel over HTTP. Whatever it does not take for a success it sends again, for about a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// `None` where there is no body.
    pub content_type: Option<&'static str>,
    pub body: String,
}

impl Answer {
    /// The notification is kept, or was already: it need not come again.
    pub fn accepted(channel: Channel) -> Self {
        match channel {
            Channel::WechatPay => Self { status: 204, content_type: None, body: String::new() },
            Channel::Alipay => Self { status: 200, content_type: Some("text/plain"), body: "success".into() },
        }
    }

    /// The notification is not taken in. `status` is 4xx or 5xx; `reason` is a word that gives nothing away.
    pub fn refused(channel: Channel, status: u16, reason: &str) -> Self {
        match channel {
            Channel::WechatPay => {
                let body = serde_json::json!({ "code": "FAIL", "message": reason }).to_string();
                Self { status, content_type: Some("application/json"), body }
            }
            Channel::Alipay => Self { status, content_type: Some("text/plain"), body: "failure".into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_hears_what_it_takes_for_a_success() {
        let wechat_pay = Answer::accepted(Channel::WechatPay);
        assert_eq!((wechat_pay.status, wechat_pay.body.as_str()), (204, ""));
        let alipay = Answer::accepted(Channel::Alipay);
        assert_eq!((alipay.status, alipay.body.as_str()), (200, "success"));
    }

    #[test]
    fn each_channel_hears_what_it_takes_for_a_failure() {
        let wechat_pay = Answer::refused(Channel::WechatPay, 503, "unavailable");
        assert_eq!(wechat_pay.status, 503);
        assert_eq!(wechat_pay.content_type, Some("application/json"));
        assert_eq!(wechat_pay.body, r#"{"code":"FAIL","message":"unavailable"}"#);
        let alipay = Answer::refused(Channel::Alipay, 503, "unavailable");
        assert_eq!((alipay.status, alipay.body.as_str()), (503, "failure"));
    }
}
