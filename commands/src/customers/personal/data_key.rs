//! The key of one customer, and how it seals a field.
//!
//! AES-256-GCM. The nonce is made from the text itself, so that the same text of the same field seals the same and no
//! two texts share one; the customer and the field are bound in, so that a sealed text means nothing elsewhere.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{PersonalField, Sealed};
use zeroize::Zeroizing;

use super::master_key::{NoRandomness, random};

const NONCE: usize = 12;
const SHORT: &str = "a personal field is far shorter than the cipher and its sealed form allow";
const NONCE_KEY: &[u8] = b"tallybook personal field nonce";

pub(super) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn fresh() -> Result<Self, NoRandomness> {
        random().map(Self::new)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Base64 of nonce, ciphertext and tag.
    pub(super) fn seal(&self, customer: &CustomerId, field: PersonalField, text: &str) -> Sealed {
        let nonce_key = Zeroizing::new(mac(self.bytes(), &[NONCE_KEY]));
        let nonce = mac(nonce_key.as_slice(), &[field.as_str().as_bytes(), &[0], text.as_bytes()]);
        let nonce = &nonce[..NONCE];
        let bound = bound_to(customer, field);
        let payload = Payload { msg: text.as_bytes(), aad: bound.as_bytes() };
        let sealed = self.cipher().encrypt(Nonce::from_slice(nonce), payload).expect(SHORT);
        BASE64.encode([nonce, &sealed].concat()).parse().expect(SHORT)
    }

    /// `None` if it was sealed with another key, for another customer or field, or was damaged.
    pub(super) fn open(
        &self,
        customer: &CustomerId,
        field: PersonalField,
        sealed: &Sealed,
    ) -> Option<Zeroizing<String>> {
        let bytes = BASE64.decode(sealed.as_str()).ok()?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE)?;
        let bound = bound_to(customer, field);
        let payload = Payload { msg: ciphertext, aad: bound.as_bytes() };
        let text = self.cipher().decrypt(Nonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(text).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(self.bytes()))
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// A customer's id has no `/`, so no two pairs are written the same.
fn bound_to(customer: &CustomerId, field: PersonalField) -> String {
    format!("{customer}/{field}")
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> CustomerId {
        CustomerId::from_number(42)
    }

    fn nonce(sealed: &Sealed) -> Vec<u8> {
        BASE64.decode(sealed.as_str()).unwrap()[..NONCE].to_vec()
    }

    #[test]
    fn what_is_sealed_opens_to_what_it_was() {
        let key = DataKey::new([5; 32]);
        for text in ["王小明", "13800138000", "z", &"上海市".repeat(160)] {
            let sealed = key.seal(&customer(), PersonalField::Address, text);
            assert_eq!(*key.open(&customer(), PersonalField::Address, &sealed).unwrap(), text);
            assert!(!sealed.as_str().contains(text));
        }
    }

    /// Made by another program (Python's `cryptography`, after `docs/customers.md`), and frozen: books hold such texts.
    #[test]
    fn the_same_is_sealed_the_same_for_ever() {
        let key = DataKey::new([5; 32]);
        let sealed = key.seal(&customer(), PersonalField::Phone, "13800138000");
        assert_eq!(sealed.as_str(), FROZEN);
        assert_eq!(
            *key.open(&customer(), PersonalField::Phone, &FROZEN.parse().unwrap()).unwrap(),
            "13800138000"
        );
    }

    const FROZEN: &str = "xJzW9Z46Wk0fm4+bC+OD9lclnUKU5QgYcKA0oi5XPXiH4vJFSjzg";

    #[test]
    fn another_text_field_or_customer_is_sealed_otherwise_and_under_another_nonce() {
        let key = DataKey::new([5; 32]);
        let sealed = key.seal(&customer(), PersonalField::Phone, "13800138000");
        let other_text = key.seal(&customer(), PersonalField::Phone, "13800138001");
        let other_field = key.seal(&customer(), PersonalField::Email, "13800138000");
        assert_ne!(nonce(&sealed), nonce(&other_text));
        assert_ne!(nonce(&sealed), nonce(&other_field));
        let elsewhere = CustomerId::from_number(43);
        assert!(key.open(&elsewhere, PersonalField::Phone, &sealed).is_none());
        assert!(key.open(&customer(), PersonalField::Email, &sealed).is_none());
        assert!(DataKey::new([6; 32]).open(&customer(), PersonalField::Phone, &sealed).is_none());
        assert!(key.open(&customer(), PersonalField::Phone, &"AAAA".parse().unwrap()).is_none());
    }

    #[test]
    fn a_damaged_text_does_not_open() {
        let key = DataKey::new([5; 32]);
        let sealed = key.seal(&customer(), PersonalField::Phone, "13800138000");
        let bytes = BASE64.decode(sealed.as_str()).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let damaged = BASE64.encode(damaged).parse().unwrap();
            assert!(key.open(&customer(), PersonalField::Phone, &damaged).is_none());
        }
    }
}
