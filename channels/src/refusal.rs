//! Why a notification is not believed, or not understood, and what the channel hears then.

use chrono::{DateTime, Utc};
use tallybook_domain::channels::Channel;

use crate::answer::Answer;

/// Why a notification is refused. Texts in it are what the sender wrote; before `BadSignature` is ruled out, that is
/// anyone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotificationRefusal {
    #[error("the notification is not signed: {missing} is missing")]
    Unsigned { missing: &'static str },
    #[error("the notification is signed with key {key:?}, which is not set up")]
    UnknownKey { key: String },
    #[error("the notification was signed at {signed_at}, too long ago or too far ahead")]
    Stale { signed_at: DateTime<Utc> },
    #[error("the signature is not that of the channel, or not of this text")]
    BadSignature,
    #[error("the notification is sealed in another way, or with another key than the one that is set up")]
    Undecipherable,
    #[error("{what} is missing, or not what the channel's documentation says")]
    Malformed { what: &'static str },
    #[error("notifications of {event:?} are not known here")]
    Unsupported { event: String },
    #[error("the notification is for merchant {given:?}")]
    WrongMerchant { given: String },
    #[error("the notification is for app {given:?}")]
    WrongApp { given: String },
    #[error("the amount is in {given:?}, not in CNY")]
    WrongCurrency { given: String },
}

impl NotificationRefusal {
    /// A stable word for machines. It is all the channel is told.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsigned { .. } => "unsigned",
            Self::UnknownKey { .. } => "unknown_key",
            Self::Stale { .. } => "stale",
            Self::BadSignature => "bad_signature",
            Self::Undecipherable => "undecipherable",
            Self::Malformed { .. } => "malformed",
            Self::Unsupported { .. } => "unsupported",
            Self::WrongMerchant { .. } => "wrong_merchant",
            Self::WrongApp { .. } => "wrong_app",
            Self::WrongCurrency { .. } => "wrong_currency",
        }
    }

    /// What the channel hears: never a success, so that what was not understood is sent again and shows as failing.
    pub fn answer(&self, channel: Channel) -> Answer {
        let status = match self {
            Self::Unsigned { .. } | Self::UnknownKey { .. } | Self::Stale { .. } | Self::BadSignature => 401,
            Self::WrongMerchant { .. } | Self::WrongApp { .. } => 403,
            Self::Undecipherable | Self::Malformed { .. } => 400,
            Self::Unsupported { .. } | Self::WrongCurrency { .. } => 422,
        };
        Answer::refused(channel, status, self.code())
    }
}

/// Part of what a sender wrote, short enough to keep and to log.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<NotificationRefusal> {
        let given = || "secret of the sender".to_owned();
        vec![
            NotificationRefusal::Unsigned { missing: "sign" },
            NotificationRefusal::UnknownKey { key: given() },
            NotificationRefusal::Stale { signed_at: DateTime::UNIX_EPOCH },
            NotificationRefusal::BadSignature,
            NotificationRefusal::Undecipherable,
            NotificationRefusal::Malformed { what: "amount" },
            NotificationRefusal::Unsupported { event: given() },
            NotificationRefusal::WrongMerchant { given: given() },
            NotificationRefusal::WrongApp { given: given() },
            NotificationRefusal::WrongCurrency { given: given() },
        ]
    }

    #[test]
    fn no_refusal_sounds_like_a_success_or_repeats_the_sender() {
        for refusal in every() {
            let wechat_pay = refusal.answer(Channel::WechatPay);
            assert!((400..500).contains(&wechat_pay.status), "{refusal}");
            assert_eq!(wechat_pay.body, format!(r#"{{"code":"FAIL","message":"{}"}}"#, refusal.code()));
            assert_eq!(refusal.answer(Channel::Alipay).body, "failure");
        }
    }

    #[test]
    fn every_refusal_has_its_own_word() {
        let words: std::collections::BTreeSet<_> = every().iter().map(NotificationRefusal::code).collect();
        assert_eq!(words.len(), every().len());
    }
}
