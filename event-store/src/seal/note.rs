//! Signed notes (c2sp.org/signed-note): a text, an empty line, and signatures, all readable.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use thiserror::Error;

use super::key::{PrivateKey, PublicKey};

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// A note with more is refused before anything is computed.
const SIGNATURES_AT_MOST: usize = 100;

/// A note that says nothing, because it is none or nobody trusted signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadNote {
    #[error("this is no signed note: a text, an empty line, and lines that begin with \u{2014}")]
    Malformed,
    #[error("the signature does not fit: the note was changed, or another key signed it")]
    BadSignature,
    #[error("no key that is trusted here signed the note")]
    UnknownKey,
}

/// The text with its signature. It ends in a newline and has no control characters besides newlines.
pub(super) fn sign(text: &str, key: &PrivateKey) -> Result<String, BadNote> {
    if !is_text(text) {
        return Err(BadNote::Malformed);
    }
    let signature = [key.public().id().as_slice(), &key.sign(text)].concat();
    Ok(format!("{text}\n{DASH}{} {}\n", key.public().name(), BASE64.encode(signature)))
}

/// The text of a note that one of the keys has signed. Signatures of others do not count; a wrong one of a key that
/// is trusted makes the note worthless.
pub(super) fn open<'n, 'k>(
    note: &'n str,
    keys: impl IntoIterator<Item = &'k PublicKey> + Clone,
) -> Result<(&'n str, &'k PublicKey), BadNote> {
    let Parts { text, signatures } = parts(note)?;
    let mut signed_by = None;
    for Signature { name, id, bytes } in signatures {
        let mut known = keys.clone().into_iter();
        let Some(key) = known.find(|key| key.name().as_str() == name && key.id() == id) else { continue };
        if !key.has_signed(text, &bytes) {
            return Err(BadNote::BadSignature);
        }
        signed_by.get_or_insert(key);
    }
    signed_by.map(|key| (text, key)).ok_or(BadNote::UnknownKey)
}

/// A note taken apart, whoever signed it.
pub(super) struct Parts<'n> {
    pub(super) text: &'n str,
    signatures: Vec<Signature<'n>>,
}

struct Signature<'n> {
    name: &'n str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

pub(super) fn parts(note: &str) -> Result<Parts<'_>, BadNote> {
    let end = note.rfind("\n\n").ok_or(BadNote::Malformed)?;
    let (text, rest) = note.split_at(end + 1);
    if !is_text(note) {
        return Err(BadNote::Malformed);
    }
    let signatures: Vec<_> =
        rest[1..].lines().map(signature).collect::<Option<_>>().ok_or(BadNote::Malformed)?;
    if signatures.is_empty() || signatures.len() > SIGNATURES_AT_MOST {
        return Err(BadNote::Malformed);
    }
    Ok(Parts { text, signatures })
}

fn signature(line: &str) -> Option<Signature<'_>> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    let signature = BASE64.decode(signature).ok()?;
    let (id, bytes) = signature.split_first_chunk()?;
    (!name.is_empty() && !bytes.is_empty()).then(|| Signature { name, id: *id, bytes: bytes.to_vec() })
}

fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.bytes().any(|byte| byte < 0x20 && byte != b'\n')
}
