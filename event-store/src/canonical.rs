//! The bytes of an event that its leaf hash covers. The layout is frozen: `docs/event-bytes.md` gives it to auditors.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// The layout's version, the first byte of every leaf.
const LAYOUT: u8 = 1;

/// Everything of an event that is hashed, exactly as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeafFields<'a> {
    pub(crate) position: u64,
    pub(crate) sequence: u64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) aggregate_type: &'a str,
    pub(crate) aggregate_id: &'a str,
    pub(crate) event_type: &'a str,
    pub(crate) event_version: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) metadata: &'a str,
}

/// `SHA-256(0x00 ‖ canonical bytes)`, the leaf of RFC 9162, section 2.1.1.
///
/// Numbers are 64-bit big-endian, `recorded_at` in microseconds since the Unix epoch; each text is preceded by
/// its length in bytes, 32-bit big-endian, so that no two events share their bytes.
pub(crate) fn leaf_hash(fields: &LeafFields<'_>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([0x00, LAYOUT]);
    hasher.update(fields.position.to_be_bytes());
    hasher.update(fields.sequence.to_be_bytes());
    hasher.update(fields.recorded_at.timestamp_micros().to_be_bytes());
    for text in [
        fields.aggregate_type,
        fields.aggregate_id,
        fields.event_type,
        fields.event_version,
        fields.payload,
        fields.metadata,
    ] {
        // PostgreSQL holds no text of 4 GiB, so the length always fits.
        hasher.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}
