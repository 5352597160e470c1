//! The numbers registrations go by whose personal fields are sealed: a repeat of the request must look the same.

use std::collections::HashMap;

use tallybook_domain::CustomerId;
use tallybook_event_store::{CommandError, StoreError};

use super::{PersonalKeys, key_table};

impl PersonalKeys {
    /// The number of each row of a command: the one it was given the first time, else the one in `fresh`.
    pub(in crate::customers) async fn reserve(
        &self,
        command_id: &str,
        rows: &[i64],
        fresh: &[CustomerId],
    ) -> Result<Vec<CustomerId>, CommandError> {
        let reserved = key_table::reserve(&self.pool, command_id, rows, fresh).await?;
        let by_row: HashMap<i64, CustomerId> = reserved.into_iter().collect();
        rows.iter().map(|row| by_row.get(row).cloned().ok_or(CommandError::Unavailable)).collect()
    }

    pub(in crate::customers) async fn reserved(
        &self,
        command_id: &str,
    ) -> Result<Vec<(i64, CustomerId)>, StoreError> {
        key_table::reserved(&self.pool, command_id).await
    }
}
