//! The public keys of channels, and the one kind of signature both use: RSA with SHA-256 (PKCS #1 v1.5).
//!
//! A key is trusted because it is set up here. Who issued a certificate, and until when it is meant to be used, is
//! looked at by whoever sets it up.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use webpki::ring::RSA_PKCS1_2048_8192_SHA256;
use webpki::{EndEntityCert, RawPublicKeyEntity};

/// In bytes, encoded: keys of 2048 bits are longer than this, those of 1024 and 1536 are not.
const TOO_SHORT: usize = 256;

/// Why a text is no key of a channel; never what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    #[error("the text is neither a certificate nor a public key, in PEM or base64")]
    Unreadable,
    #[error("the key is not one for RSA with at least 2048 bits")]
    Kind,
    #[error("the id of a public key of WeChat Pay begins with PUB_KEY_ID_")]
    Id,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PublicKey(SubjectPublicKeyInfoDer<'static>);

impl PublicKey {
    /// Reads a certificate in PEM: its key, and its serial number in hexadecimal.
    pub(crate) fn of_certificate(pem: &str) -> Result<(Self, String), InvalidKey> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| InvalidKey::Unreadable)?;
        let certificate = EndEntityCert::try_from(&der).map_err(|_| InvalidKey::Unreadable)?;
        let key = Self::of(certificate.subject_public_key_info())?;
        Ok((key, hex::encode_upper(certificate.serial())))
    }

    /// Reads a public key: in PEM, or as Alipay shows it, which is its base64 alone.
    pub(crate) fn of_public_key(text: &str) -> Result<Self, InvalidKey> {
        if text.contains("-----BEGIN") {
            let key = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes());
            return Self::of(key.map_err(|_| InvalidKey::Unreadable)?);
        }
        let encoded: String = text.split_ascii_whitespace().collect();
        Self::of(BASE64.decode(encoded).map_err(|_| InvalidKey::Unreadable)?.into())
    }

    fn of(key: SubjectPublicKeyInfoDer<'static>) -> Result<Self, InvalidKey> {
        let read = RawPublicKeyEntity::try_from(&key).map_err(|_| InvalidKey::Unreadable)?;
        // A key of the right kind finds this signature wrong; one of another kind cannot even try.
        let tried = read.verify_signature(RSA_PKCS1_2048_8192_SHA256, &[], &[]);
        let right_kind = matches!(tried, Err(webpki::Error::InvalidSignatureForPublicKey));
        if right_kind && key.len() > TOO_SHORT { Ok(Self(key)) } else { Err(InvalidKey::Kind) }
    }

    /// Whether `signature`, in base64, is this key's for the text.
    pub(crate) fn has_signed(&self, text: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64.decode(signature) else { return false };
        RawPublicKeyEntity::try_from(&self.0)
            .is_ok_and(|key| key.verify_signature(RSA_PKCS1_2048_8192_SHA256, text, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = include_str!("../tests/keys/wechat-pay.crt.pem");
    const PUBLIC_KEY: &str = include_str!("../tests/keys/wechat-pay.pub.pem");
    const PRIVATE_KEY: &str = include_str!("../tests/keys/wechat-pay.key.pem");

    /// `openssl ecparam -name prime256v1 -genkey`, its public half.
    const ELLIPTIC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1tB00sLBul+sHccRCIJ3GbaMG5Ao\
        qevjz62TAVYMSsLUYetm5vWT6spe+xqp5H6OH4DfzMs16czxAgqZl+UJEQ==";
    /// `openssl genrsa 1024`, its public half.
    const SHORT: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCA8gdUtcWzF2kxyNq8dcI35y9\
        OqCgPy6Qr4mTHQ5BVdijsXJSWV5vj2bl6ET7m7fkcv3uYURfs2yY9AgFi0pNdeqO\
        joiZZexjJpaFfkqbgIKJQYgzxx2nRY6scNzlmGv/v8f/kqRQEHupgwxlaHkRDjqs\
        cTPmC1o4OmIraPd96QIDAQAB";
    /// `openssl genpkey -algorithm RSA-PSS`, its public half: as long as ours, for other signatures.
    const PSS: &str = "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAMXVe+DdFjbq3DjuLjt+zVk7\
        ubzVrYXQ01x3Zl+LR2t73VTOXScwSTDc+8IsuAeYBmqBN0F6EqwZIMNkSlL7yCHf\
        yWg96y56kFUHV3i+EkSPKw12tfDlqu+oIWBibpXzp/DDY+tTHYIa24Peq3N/R9dH\
        KLxxt55QoOpLotfLiinuhOAp3fXMRaewCC5s37cp8DtSr904k9G/Nr/az4wL2YGO\
        OSqLCXG6CuHVxyyosHZBu/u16w/rfoM9UbnvKoiLJFbqadxMrDOYCidpVDrS945K\
        kW72SR2noybMDGrHXdDX0/27C4YAFgzEZVYSThPInCMfXN53dU/OrYUniyfZaIkC\
        AwEAAQ==";

    #[test]
    fn a_certificate_a_public_key_and_its_base64_are_the_same_key() {
        let (key, serial) = PublicKey::of_certificate(CERTIFICATE).unwrap();
        assert_eq!(serial, "0A5157F09EFDC096DE15EBE81A47057A7201");
        assert_eq!(PublicKey::of_public_key(PUBLIC_KEY).unwrap(), key);
        let base64: String = PUBLIC_KEY.lines().filter(|line| !line.starts_with('-')).collect();
        assert_eq!(PublicKey::of_public_key(&format!(" {base64}\n")).unwrap(), key);
    }

    #[test]
    fn a_key_of_another_kind_is_refused_when_it_is_set_up() {
        for key in [ELLIPTIC, SHORT, PSS] {
            assert_eq!(PublicKey::of_public_key(key), Err(InvalidKey::Kind));
        }
        for text in ["", "not a key", PRIVATE_KEY, CERTIFICATE] {
            assert_eq!(PublicKey::of_public_key(text), Err(InvalidKey::Unreadable));
        }
        assert_eq!(PublicKey::of_certificate(PUBLIC_KEY), Err(InvalidKey::Unreadable));
    }

    /// The vector of WeChat Pay's own library, for its own certificate:
    /// <https://github.com/wechatpay-apiv3/wechatpay-go/blob/main/core/auth/verifiers/sha256withrsa_verifier_test.go>
    #[test]
    fn the_vector_of_wechat_pay_holds() {
        let (key, serial) =
            PublicKey::of_certificate(include_str!("../tests/keys/wechatpay-go.crt.pem")).unwrap();
        let signature = "BKyAfU4iMCuvXMXS0Wzam3V/cnxZ+JaqigPM5OhljS2iOT95OO6Fsuml2JkFANJU9K6q9bLlDhPXuoVz+pp4hAm6pHU\
            4ld815U4jsKu1RkyaII+1CYBUYC8TK0XtJ8FwUXXz8vZHh58rrAVN1XwNyvD1vfpxrMT4SL536GLwvpUHlCqIMzoZUguLli/K8V29QiO\
            huH6IEqLNJn8e9b3nwNcQ7be3CzYGpDAKBfDGPCqCv8Rw5zndhlffk2FEA70G4hvMwe51qMN/RAJbknXG23bSlObuTCN7Ndj1aJGH6/L\
            +hdwfLpUtJm4QYVazzW7DFD27EpSQEqA8bX9+8m1rLg==";
        assert_eq!(serial, "00D7CE59D1F522D701");
        assert!(key.has_signed(b"source", signature));
        assert!(!key.has_signed(b"wrong source", signature));
        let (other, _) = PublicKey::of_certificate(CERTIFICATE).unwrap();
        assert!(!other.has_signed(b"source", signature));
        assert!(!key.has_signed(b"source", "not base64!"));
    }
}
