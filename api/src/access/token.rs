//! Tokens and their digests.
//!
//! The text of a token exists in its answer and in the client only; here its SHA-256 is kept. Tokens have 256
//! random bits, so a fast digest is enough: there is nothing to guess.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use super::AccessError;

pub(super) const ACCESS_PREFIX: &str = "tba_";
pub(super) const REFRESH_PREFIX: &str = "tbr_";
pub(super) const KEY_PREFIX: &str = "tbk_";

/// SHA-256 of a token's text.
pub(super) type TokenDigest = [u8; 32];

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token).into()
}

/// 256 random bits from the operating system, as text.
pub(super) fn random_secret() -> Result<String, AccessError> {
    random_bytes::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// Twelve random hexadecimal digits.
pub(super) fn random_key_id() -> Result<String, AccessError> {
    random_bytes::<6>().map(hex::encode)
}

fn random_bytes<const N: usize>() -> Result<[u8; N], AccessError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| AccessError::Randomness(error.to_string()))?;
    Ok(bytes)
}

/// The public part of an API key: twelve hexadecimal digits.
#[derive(Debug)]
pub(super) struct KeyId(pub(super) String);

impl FromStr for KeyId {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_key_id(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccessError::ApiKeyNotFound { id: text.to_owned() })
        }
    }
}

fn is_key_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The parts of `tbk_<id>_<secret>`.
pub(super) fn split_key(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.strip_prefix(KEY_PREFIX)?.split_once('_')?;
    (is_key_id(id) && secret.len() == 43).then_some((id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_split_into_id_and_secret() {
        let (id, secret) = (random_key_id().unwrap(), random_secret().unwrap());
        assert_eq!(split_key(&format!("tbk_{id}_{secret}")), Some((id.as_str(), secret.as_str())));
        assert_eq!(split_key(&format!("tba_{id}_{secret}")), None);
        assert_eq!(split_key("tbk_"), None);
        assert_eq!(split_key("tbk_0123456789ab_short"), None);
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(random_secret().unwrap(), random_secret().unwrap());
        assert_eq!(random_secret().unwrap().len(), 43);
    }
}
