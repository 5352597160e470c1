//! The channels as tests play them: with keys of their own, and the shapes of the documentation.

pub(crate) mod alipay;
pub(crate) mod wechat_pay;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

/// Of nobody who is set up.
pub(crate) const STRANGER: &str = include_str!("../../keys/stranger.key.pem");

/// A signature as both channels make it, in base64.
pub(crate) fn sign(private_key: &str, text: &[u8]) -> String {
    let key = PrivatePkcs8KeyDer::from_pem_slice(private_key.as_bytes()).unwrap();
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
    BASE64.encode(signature)
}
