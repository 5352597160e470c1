//! Destroying keys: the event first, then the key, and what was interrupted between is finished.

use chrono::{DateTime, Utc};
use tallybook_domain::CustomerId;
use tallybook_event_store::StoreError;

use super::{PersonalKeys, key_table};

impl PersonalKeys {
    pub(in crate::customers) async fn mark_erasing(
        &self,
        customer: &CustomerId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        key_table::mark_erasing(&self.pool, customer, now).await
    }

    pub(in crate::customers) async fn destroy(
        &self,
        customer: &CustomerId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        key_table::destroy(&self.pool, customer, now).await
    }
}

/// Destroys the keys of erasures that were recorded and then interrupted, and says how many. For every start of a
/// process and now and then.
pub async fn finish_erasures(keys: &PersonalKeys, now: DateTime<Utc>) -> Result<u64, StoreError> {
    key_table::destroy_interrupted(&keys.pool, now).await
}
