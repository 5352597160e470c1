//! The channel's side, for measuring and for tests: seals and signs with keys of one's own.
//!
//! Must never be used by what serves: whoever signs a channel's word there could believe its own.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::public_key::InvalidKey;

/// What a channel signs with.
pub struct SigningKey(RsaKeyPair);

/// WeChat Pay, with one platform key and one merchant's APIv3 key.
#[derive(Debug)]
pub struct PlayedWechatPay {
    key: SigningKey,
    serial: String,
    cipher: Cipher,
}

struct Cipher(Aes256Gcm);

/// A request as it arrives: the values of its `Wechatpay-…` headers, and its body.
#[derive(Debug, Clone)]
pub struct SignedNotification {
    pub timestamp: String,
    pub nonce: String,
    pub signature: String,
    pub serial: String,
    pub body: Vec<u8>,
}

impl SigningKey {
    /// Reads a private key in PEM (PKCS #8).
    pub fn new(pem: &str) -> Result<Self, InvalidKey> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| InvalidKey::Unreadable)?;
        RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).map(Self).map_err(|_| InvalidKey::Kind)
    }

    /// A signature as both channels make it, in base64.
    pub fn sign(&self, text: &[u8]) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
        signed.expect("the buffer is as long as the key");
        BASE64.encode(signature)
    }
}

impl PlayedWechatPay {
    /// `serial` is that of the certificate the key belongs to, or the id of its public key.
    pub fn new(key: SigningKey, serial: &str, api_v3_key: &[u8; 32]) -> Self {
        let cipher = Cipher(Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(api_v3_key)));
        Self { key, serial: serial.to_owned(), cipher }
    }

    /// A notification of this kind (`TRANSACTION.SUCCESS`), number and content.
    pub fn notify(
        &self,
        event_type: &str,
        id: &str,
        resource: &Value,
        at: DateTime<Utc>,
    ) -> SignedNotification {
        self.sign(&self.sealed(event_type, id, resource, at), at)
    }

    /// Its body: the outside in plain text, the inside sealed.
    pub fn sealed(&self, event_type: &str, id: &str, resource: &Value, at: DateTime<Utc>) -> Vec<u8> {
        let (nonce, bound) = ("fdasflkja484", "transaction");
        let text = resource.to_string();
        let payload = Payload { msg: text.as_bytes(), aad: bound.as_bytes() };
        let sealed = self.cipher.0.encrypt(Nonce::from_slice(nonce.as_bytes()), payload);
        let sealed = sealed.expect("the text is far shorter than what can be sealed");
        let envelope = json!({
            "id": id,
            "create_time": at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "resource_type": "encrypt-resource",
            "event_type": event_type,
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": BASE64.encode(sealed),
                "associated_data": bound,
                "nonce": nonce,
            },
        });
        envelope.to_string().into_bytes()
    }

    /// Signs any body.
    pub fn sign(&self, body: &[u8], at: DateTime<Utc>) -> SignedNotification {
        let (timestamp, nonce) = (at.timestamp().to_string(), "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz".to_owned());
        let text = [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat();
        let signature = self.key.sign(&text);
        SignedNotification { timestamp, nonce, signature, serial: self.serial.clone(), body: body.to_vec() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(…)")
    }
}
