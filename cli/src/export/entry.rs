//! An event with what it posts: one entry of the file.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use cqrs_es::persist::EventUpcaster;
use rust_decimal::Decimal;
use tallybook_domain::RecordedEvent;
use tallybook_domain::ledger::{Posting, Side, effective_date, postings};
use tallybook_event_store::StoreError;
use tallybook_event_store::journal::StoredEvent;

pub(super) struct Entry {
    pub(super) recorded: RecordedEvent,
    pub(super) effective_date: NaiveDate,
    pub(super) postings: Vec<Posting>,
    /// Hexadecimal: the event's leaf in the Merkle tree.
    pub(super) leaf_hash: String,
}

impl Entry {
    /// `None` for an event that moves no money between accounts. One that cannot be read is an error, never left out.
    pub(super) fn of(
        stored: &StoredEvent,
        upcasters: &[Box<dyn EventUpcaster>],
    ) -> Result<Option<Self>, StoreError> {
        let corrupt = |why: String| StoreError::Corrupt(format!("position {}: {why}", stored.position));
        let recorded = stored.decode(upcasters).map_err(|error| corrupt(error.to_string()))?;
        let postings = postings(&recorded.event);
        if postings.is_empty() {
            return Ok(None);
        }
        let effective_date = effective_date(&recorded.event)
            .ok_or_else(|| corrupt("it posts, but has no effective date".into()))?;
        let leaf_hash = hex::encode(stored.leaf_hash);
        Ok(Some(Self { recorded, effective_date, postings, leaf_hash }))
    }

    /// What is told of an entry besides its position and its postings, by name. What there is none of is left out.
    pub(super) fn tags(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let RecordedEvent { metadata, event, aggregate_id, recorded_at, .. } = &self.recorded;
        let given = [
            ("recorded_at", Some(Cow::Owned(moment(*recorded_at)))),
            ("event_type", Some(event.event_type().into())),
            ("aggregate_type", Some(event.aggregate_type().into())),
            ("aggregate_id", Some(aggregate_id.into())),
            ("actor", Some(metadata.actor.as_str().into())),
            ("command_id", Some(metadata.command_id.as_str().into())),
            ("request_id", metadata.request_id.as_deref().map(Cow::Borrowed)),
            ("reason", metadata.reason.as_deref().map(Cow::Borrowed)),
            ("leaf_hash", Some(self.leaf_hash.as_str().into())),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Debits positive, credits negative.
pub(super) fn signed(posting: &Posting) -> Decimal {
    match posting.side {
        Side::Debit => posting.amount.amount(),
        Side::Credit => -posting.amount.amount(),
    }
}

/// To the microsecond, as it is hashed.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
