//! The one key that is in no database: it wraps the key of each customer.

use std::fmt;
use std::str::FromStr;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::TryRngCore;
use rand::rngs::OsRng;
use tallybook_domain::CustomerId;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use super::data_key::DataKey;

/// What its text begins with, so that nobody takes it for another kind of key.
const PREFIX: &str = "tallybook-personal-data+";
const NONCE: usize = 12;

/// A text that is no master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key of personal data is written {PREFIX}BASE64, with 32 bytes")]
pub struct InvalidMasterKey;

/// The operating system gave no random bytes.
#[derive(Debug, Error)]
#[error("no randomness: {0}")]
pub(super) struct NoRandomness(String);

/// Wraps and unwraps the keys of customers. Overwritten when it is dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why a wrapped key does not open: it was damaged, or wrapped by another master key for another customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the wrapped key does not open: it was wrapped by another master key, or damaged")]
pub(super) struct DoesNotOpen;

impl MasterKey {
    /// `seed` is 32 random bytes, made at the edge.
    pub fn new(seed: [u8; 32]) -> Self {
        Self(Zeroizing::new(seed))
    }

    /// The text to keep in a file. There is no other way to show it.
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", BASE64.encode(*self.0)))
    }

    /// 12 random bytes, then the customer's key under AES-256-GCM, bound to the customer.
    pub(super) fn wrap(&self, customer: &CustomerId, key: &DataKey) -> Result<Vec<u8>, NoRandomness> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: key.bytes(), aad: customer.as_str().as_bytes() };
        let sealed = self.cipher().encrypt(Nonce::from_slice(&nonce), payload);
        let sealed = sealed.expect("a key is far shorter than the cipher allows");
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(super) fn unwrap_key(&self, customer: &CustomerId, wrapped: &[u8]) -> Result<DataKey, DoesNotOpen> {
        let (nonce, sealed) = wrapped.split_at_checked(NONCE).ok_or(DoesNotOpen)?;
        let payload = Payload { msg: sealed, aad: customer.as_str().as_bytes() };
        let opened = self.cipher().decrypt(Nonce::from_slice(nonce), payload).map_err(|_| DoesNotOpen)?;
        let opened = Zeroizing::new(opened);
        Ok(DataKey::new(opened.as_slice().try_into().map_err(|_| DoesNotOpen)?))
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(self.0.as_slice()))
    }
}

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| NoRandomness(error.to_string()))?;
    Ok(bytes)
}

impl FromStr for MasterKey {
    type Err = InvalidMasterKey;

    fn from_str(text: &str) -> Result<Self, InvalidMasterKey> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(InvalidMasterKey)?;
        let decoded = Zeroizing::new(BASE64.decode(encoded).map_err(|_| InvalidMasterKey)?);
        let mut seed = [0; 32];
        if decoded.len() != seed.len() {
            return Err(InvalidMasterKey);
        }
        seed.copy_from_slice(&decoded);
        let key = Self::new(seed);
        seed.zeroize();
        Ok(key)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> CustomerId {
        CustomerId::from_number(42)
    }

    #[test]
    fn a_key_reads_back_as_it_is_written_and_shows_itself_to_nobody() {
        let key = MasterKey::new([7; 32]);
        let text = key.to_secret_text();
        assert_eq!(text.parse::<MasterKey>().unwrap().to_secret_text(), text);
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
        for odd in ["", "tallybook-personal-data+", "tallybook-personal-data+AAAA", &text[24..]] {
            assert!(odd.parse::<MasterKey>().is_err(), "{odd}");
        }
    }

    #[test]
    fn a_wrapped_key_opens_for_its_customer_and_its_master_only() {
        let master = MasterKey::new([7; 32]);
        let wrapped = master.wrap(&customer(), &DataKey::new([9; 32])).unwrap();
        assert_eq!(master.unwrap_key(&customer(), &wrapped).unwrap().bytes(), [9; 32]);
        assert!(master.unwrap_key(&CustomerId::from_number(43), &wrapped).is_err());
        assert!(MasterKey::new([8; 32]).unwrap_key(&customer(), &wrapped).is_err());
        for at in 0..wrapped.len() {
            let mut damaged = wrapped.clone();
            damaged[at] ^= 1;
            assert!(master.unwrap_key(&customer(), &damaged).is_err());
        }
        assert!(master.unwrap_key(&customer(), &wrapped[..5]).is_err());
    }
}
