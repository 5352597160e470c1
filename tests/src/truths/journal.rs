//! The journal as an auditor sees it: dense, complete, and unchanged since it was written.
//!
//! The leaf hashes and the root are computed afresh here, from what the API serves and from `docs/event-bytes.md`
//! alone, so that a slip in the book's own code cannot agree with itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Witness;
use crate::Client;

/// An event as `GET /v1/events` serves it, texts exactly as they are stored.
#[derive(Debug, serde::Deserialize)]
pub struct ServedEvent {
    pub position: u64,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub sequence: u64,
    pub event_type: String,
    pub event_version: String,
    pub payload: Box<RawValue>,
    pub metadata: Box<RawValue>,
    pub recorded_at: DateTime<Utc>,
    pub leaf_hash: String,
}

#[derive(serde::Deserialize)]
struct Events {
    data: Vec<ServedEvent>,
}

/// Every event after a position, in order.
pub async fn events_after(reader: &Client, mut after: u64) -> Vec<ServedEvent> {
    let mut events = Vec::new();
    loop {
        let answer = reader.get(&format!("/v1/events?after={after}&limit=500")).await;
        answer.ok();
        let page: Events = serde_json::from_str(&answer.text).unwrap();
        match page.data.last() {
            Some(last) => after = last.position,
            None => return events,
        }
        events.extend(page.data);
    }
}

/// Positions 1, 2, 3 …, sequences 1, 2, 3 … in each stream, metadata complete, every leaf and the root as they must
/// be. Answers with the last position.
pub(super) async fn is_whole(witness: &Witness) -> u64 {
    let events = events_after(&witness.reader, 0).await;
    let mut sequences: HashMap<(&str, &str), u64> = HashMap::new();
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, position, "positions are dense");
        let sequence = sequences.entry((&event.aggregate_type, &event.aggregate_id)).or_default();
        *sequence += 1;
        assert_eq!(event.sequence, *sequence, "sequences are dense in {}", event.aggregate_id);
        let metadata: serde_json::Value = serde_json::from_str(event.metadata.get()).unwrap();
        let told = |member: &str| metadata[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(told("actor") && told("command_id"), "{metadata}");
        // What came in through the door has both; what a program of ours recorded has neither.
        assert_eq!(told("request_id"), told("client_address"), "{metadata}");
        assert_eq!(event.leaf_hash, hex::encode(leaf(event)), "the leaf covers what is served");
    }
    let (head, root): (i64, Vec<u8>) =
        sqlx::query_as("SELECT position, root FROM book_head").fetch_one(&witness.pool).await.unwrap();
    let head = u64::try_from(head).unwrap();
    assert_eq!(head, sequences.values().sum::<u64>(), "the head is the last event");
    let leaves: Vec<_> = events.iter().map(leaf).collect();
    assert_eq!(hex::encode(root), hex::encode(tree(&leaves)), "the root covers every leaf");
    head
}

/// `docs/event-bytes.md`, word for word.
fn leaf(event: &ServedEvent) -> Vec<u8> {
    let mut bytes = vec![0x00, 0x01];
    bytes.extend(event.position.to_be_bytes());
    bytes.extend(event.sequence.to_be_bytes());
    bytes.extend(event.recorded_at.timestamp_micros().to_be_bytes());
    let ServedEvent { aggregate_type, aggregate_id, event_type, event_version, .. } = event;
    let (payload, metadata) = (event.payload.get(), event.metadata.get());
    for text in [aggregate_type, aggregate_id, event_type, event_version, payload, metadata] {
        bytes.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    Sha256::digest(bytes).to_vec()
}

/// MTH of RFC 9162, section 2.1.1.
fn tree(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => Sha256::digest(b"").to_vec(),
        [leaf] => leaf.clone(),
        several => {
            let split = several.len().next_power_of_two() / 2;
            let (left, right) = several.split_at(split);
            Sha256::digest([vec![0x01], tree(left), tree(right)].concat()).to_vec()
        }
    }
}
