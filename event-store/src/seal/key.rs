//! Keys of signed notes (c2sp.org/signed-note): Ed25519, each under a name.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The byte that says Ed25519, in keys and in what key ids are made of.
const ED25519: u8 = 0x01;
/// What the text of a private key begins with.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidKey {
    #[error("a key's name is not empty and has no spaces, control characters or +")]
    Name,
    #[error("a public key is written NAME+ID+BASE64")]
    Public,
    #[error("a private key is written PRIVATE+KEY+NAME+ID+BASE64")]
    Private,
    #[error("only Ed25519 keys are known here")]
    Kind,
    #[error("the key's id is not that of its name and public key")]
    Id,
}

/// The name of a key, and of what it seals: the first line of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyName(String);

impl KeyName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.chars().any(bad) { Err(InvalidKey::Name) } else { Ok(Self(text.into())) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks signatures. Its text is the verifier key everyone may have: `tallybook/main+1a2b3c4d+AQ…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: KeyName,
    key: VerifyingKey,
}

impl PublicKey {
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The first four bytes of `SHA-256(name ‖ 0A ‖ 01 ‖ public key)`: it finds a key, and proves nothing.
    pub(super) fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.0.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
        [a, b, c, d]
    }

    pub(super) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(key))
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let (name, id, key) = parts(text, InvalidKey::Public)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| InvalidKey::Public)?;
        let public = Self { name: name.parse()?, key };
        if public.id() == id { Ok(public) } else { Err(InvalidKey::Id) }
    }
}

/// Signs. Whoever has it can make seals: it is kept in a file only its owner may read.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    key: SigningKey,
}

impl PrivateKey {
    /// `seed` is 32 random bytes, made at the edge.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { public: PublicKey { name, key: key.verifying_key() }, key }
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }

    /// The text to keep in a file. There is no other way to show a private key.
    pub fn to_secret_text(&self) -> String {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        format!("{PRIVATE}{}+{}+{}", self.public.name, hex::encode(self.public.id()), BASE64.encode(key))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl FromStr for PrivateKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let rest = text.strip_prefix(PRIVATE).ok_or(InvalidKey::Private)?;
        let (name, id, seed) = parts(rest, InvalidKey::Private)?;
        let private = Self::new(name.parse()?, &seed);
        if private.public.id() == id { Ok(private) } else { Err(InvalidKey::Id) }
    }
}

/// Name, id and the 32 bytes of a key.
fn parts(text: &str, malformed: InvalidKey) -> Result<(&str, [u8; 4], [u8; 32]), InvalidKey> {
    // The base64 may have a + of its own.
    let mut parts = text.splitn(3, '+');
    let mut next = || parts.next().ok_or(malformed);
    let (name, id, key) = (next()?, next()?, next()?);
    let mut id_bytes = [0; 4];
    hex::decode_to_slice(id, &mut id_bytes).map_err(|_| malformed)?;
    let key = BASE64.decode(key).map_err(|_| malformed)?;
    match key.split_first() {
        Some((&ED25519, key)) => Ok((name, id_bytes, key.try_into().map_err(|_| malformed)?)),
        Some(_) => Err(InvalidKey::Kind),
        None => Err(malformed),
    }
}
