//! The key a merchant shares with WeChat Pay, and what is sealed with it: AES-256-GCM.
//!
//! Source: <https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_2_5.shtml>. The key and the opened text must never
//! be logged or shown: the text names the payer.

use std::fmt;
use std::str::FromStr;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::refusal::NotificationRefusal;

const ALGORITHM: &str = "AEAD_AES_256_GCM";
const NONCE: usize = 12;

/// The APIv3 key of a merchant (APIv3密钥): 32 characters, set at WeChat Pay.
#[derive(Clone)]
pub struct ApiV3Key(Zeroizing<[u8; 32]>);

/// A text that is no APIv3 key; never what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an APIv3 key has 32 characters, letters and digits")]
pub struct InvalidApiV3Key;

/// What is sealed.
#[derive(Deserialize)]
pub(super) struct Resource {
    algorithm: String,
    ciphertext: String,
    #[serde(default)]
    associated_data: Option<String>,
    nonce: String,
}

impl FromStr for ApiV3Key {
    type Err = InvalidApiV3Key;

    fn from_str(text: &str) -> Result<Self, InvalidApiV3Key> {
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(InvalidApiV3Key);
        }
        let key = text.as_bytes().try_into().map_err(|_| InvalidApiV3Key)?;
        Ok(Self(Zeroizing::new(key)))
    }
}

impl ApiV3Key {
    /// The text, if it was sealed with this key and nobody touched it since.
    pub(super) fn open(&self, sealed: &Resource) -> Result<Zeroizing<Vec<u8>>, NotificationRefusal> {
        let nonce = sealed.nonce.as_bytes();
        if sealed.algorithm != ALGORITHM || nonce.len() != NONCE {
            return Err(NotificationRefusal::Undecipherable);
        }
        let ciphertext =
            BASE64.decode(&sealed.ciphertext).map_err(|_| NotificationRefusal::Undecipherable)?;
        let bound = sealed.associated_data.as_deref().unwrap_or("");
        let payload = Payload { msg: &ciphertext, aad: bound.as_bytes() };
        let cipher = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(self.0.as_slice()));
        let text = cipher.decrypt(Nonce::from_slice(nonce), payload);
        text.map(Zeroizing::new).map_err(|_| NotificationRefusal::Undecipherable)
    }
}

impl fmt::Debug for ApiV3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiV3Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "Tallybook0Tests0Only0Key0AAAA001";

    /// Made by another program: Python's `cryptography`, `AESGCM(key).encrypt(nonce, text, b"transaction")`.
    fn sealed() -> Resource {
        Resource {
            algorithm: ALGORITHM.into(),
            ciphertext: "EuXYhS3RJhlEy2dF9IFN8P6oso4ew2NzIjdaqZxZrjmkrcvvKfTuag0f5IvFuqsQNN4=".into(),
            associated_data: Some("transaction".into()),
            nonce: "fdasflkja484".into(),
        }
    }

    fn key() -> ApiV3Key {
        KEY.parse().unwrap()
    }

    #[test]
    fn what_another_program_sealed_opens() {
        let text = key().open(&sealed()).unwrap();
        assert_eq!(text.as_slice(), r#"{"mchid":"1230000109","说":"好"}"#.as_bytes());
    }

    #[test]
    fn nothing_opens_that_was_touched_or_sealed_otherwise() {
        let other: ApiV3Key = "Tallybook0Tests0Only0Key0AAAA002".parse().unwrap();
        assert_eq!(other.open(&sealed()), Err(NotificationRefusal::Undecipherable));
        let touched = [
            Resource { algorithm: "AEAD_SM4_GCM".into(), ..sealed() },
            Resource { ciphertext: sealed().ciphertext.replacen('E', "F", 1), ..sealed() },
            Resource { ciphertext: "not base64!".into(), ..sealed() },
            Resource { ciphertext: String::new(), ..sealed() },
            Resource { associated_data: Some("refund".into()), ..sealed() },
            Resource { associated_data: None, ..sealed() },
            Resource { nonce: "fdasflkja485".into(), ..sealed() },
            Resource { nonce: "fdasflkja4845".into(), ..sealed() },
        ];
        for resource in touched {
            assert_eq!(key().open(&resource), Err(NotificationRefusal::Undecipherable));
        }
    }

    #[test]
    fn a_key_is_32_letters_and_digits_and_is_never_shown() {
        assert_eq!(format!("{:?}", key()), "ApiV3Key(…)");
        for text in ["", &KEY[1..], "Tallybook0Tests0Only0Key0AAAA0011", "Tallybook Tests Only Key AAAA 001"]
        {
            assert_eq!(text.parse::<ApiV3Key>().unwrap_err(), InvalidApiV3Key);
        }
    }
}
