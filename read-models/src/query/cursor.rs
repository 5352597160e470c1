//! Where a page ended: the order and the sort keys of its last row, opaque to the client.
//!
//! A cursor names a place, not a row number, so rows that come or go elsewhere move nothing.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A cursor this list did not give out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one of this list in this order")]
pub struct InvalidCursor;

/// The name of an order and the sort keys of a row in it, as texts.
pub(crate) fn write_cursor<const N: usize>(order: impl Display, keys: [String; N]) -> String {
    let mut parts = vec![order.to_string()];
    parts.extend(keys);
    URL_SAFE_NO_PAD.encode(serde_json::Value::from(parts).to_string())
}

/// The keys, if the text is a cursor of this order with this many keys.
pub(crate) fn read_cursor<const N: usize>(
    text: &str,
    order: impl Display,
) -> Result<[String; N], InvalidCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
    let mut parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| InvalidCursor)?;
    if parts.first() != Some(&order.to_string()) {
        return Err(InvalidCursor);
    }
    parts.remove(0);
    // PostgreSQL takes no text with a zero in it.
    if parts.iter().any(|part| part.contains('\0')) {
        return Err(InvalidCursor);
    }
    parts.try_into().map_err(|_| InvalidCursor)
}

/// Reads a sort key that is not a text.
pub(crate) fn read_key<T: FromStr>(text: &str) -> Result<T, InvalidCursor> {
    text.parse().map_err(|_| InvalidCursor)
}
