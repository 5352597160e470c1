//! The key of what is sent to a receiver, and the signature that proves who sent it, as the Standard Webhooks
//! specification says (1.0.0, symmetric, `v1`). Must never be logged or shown.
//!
//! https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the specification allows, in bytes.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that sender and receiver share, written `whsec_` and base64.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// Why a text is no secret; never what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook secret is `whsec_` and 24 to 64 bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one"
)]
pub struct InvalidWebhookSecret;

impl FromStr for WebhookSecret {
    type Err = InvalidWebhookSecret;

    fn from_str(text: &str) -> Result<Self, InvalidWebhookSecret> {
        let encoded = text.strip_prefix("whsec_").ok_or(InvalidWebhookSecret)?;
        let key = STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| InvalidWebhookSecret)?;
        if SECRET_LENGTHS.contains(&key.len()) { Ok(Self(key)) } else { Err(InvalidWebhookSecret) }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// What goes into `webhook-signature`. The timestamp is that of the attempt, in seconds.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String, InvalidLength> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example its authors publish, https://docs.svix.com/receiving/verifying-payloads/how-manual.
    #[test]
    fn the_published_example_is_signed_the_same() {
        // That example's key is shorter than the specification asks for.
        let key = STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap();
        let signature = WebhookSecret(Zeroizing::new(key)).sign(
            "msg_loFOjxBNrRLzqYUf",
            1_731_705_121,
            br#"{"event_type":"ping","data":{"success":true}}"#,
        );
        assert_eq!(signature.unwrap(), "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
    }

    #[test]
    fn a_secret_is_long_enough_and_never_shown() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        for wrong in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_!", "whsec_"] {
            assert_eq!(wrong.parse::<WebhookSecret>().unwrap_err(), InvalidWebhookSecret, "{wrong}");
        }
    }
}
