//! The keys of customers: found, made where there are none, and never without the master key.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_domain::customers::{CustomerRefusal, ProfileEdits};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Fault};

use super::data_key::DataKey;
use super::master_key::MasterKey;
use super::{PersonalEdits, key_table};

/// Seals and opens personal fields, as far as this process can: without a master key it does neither. Cloning it
/// shares it.
#[derive(Debug, Clone)]
pub struct PersonalKeys {
    pub(super) pool: PgPool,
    pub(super) master: Option<Arc<MasterKey>>,
}

/// What is known of a customer's key.
#[derive(Debug)]
pub(super) enum KeyState {
    Open(DataKey),
    /// There is a key, and this process cannot open it.
    Locked,
    Erased,
}

/// What one customer's fields shall be.
pub(in crate::customers) struct Unsealed<'a> {
    pub(in crate::customers) customer: &'a CustomerId,
    pub(in crate::customers) personal: &'a PersonalEdits,
    pub(in crate::customers) profile: &'a mut ProfileEdits,
}

impl PersonalKeys {
    pub fn new(pool: PgPool, master: Option<Arc<MasterKey>>) -> Self {
        Self { pool, master }
    }

    /// For who has no personal fields to do with.
    pub fn without_master(book: &Book) -> Self {
        Self::new(book.pool().clone(), None)
    }

    /// Whether this process can seal and open.
    pub fn has_master(&self) -> bool {
        self.master.is_some()
    }

    pub(super) async fn states(
        &self,
        customers: &[CustomerId],
    ) -> Result<HashMap<CustomerId, KeyState>, CommandError> {
        if customers.is_empty() {
            return Ok(HashMap::new());
        }
        let stored = key_table::stored_keys(&self.pool, customers).await?;
        Ok(stored.into_iter().map(|row| (row.customer.clone(), self.state(row))).collect())
    }

    fn state(&self, row: key_table::StoredKey) -> KeyState {
        let (Some(wrapped), Some(master)) = (row.wrapped.as_ref(), &self.master) else {
            return if row.wrapped.is_some() { KeyState::Locked } else { KeyState::Erased };
        };
        match master.unwrap_key(&row.customer, wrapped) {
            Ok(key) => KeyState::Open(key),
            Err(error) => {
                tracing::error!(customer = %row.customer, %error, "personal data cannot be read");
                KeyState::Locked
            }
        }
    }

    /// Seals the personal fields of each customer into its profile. In earnest, keys that are missing are made; one
    /// that a refused command leaves behind is used by the next.
    ///
    /// The customers that were erased take none in: they are answered.
    pub(in crate::customers) async fn seal(
        &self,
        files: &mut [Unsealed<'_>],
        keep: Option<DateTime<Utc>>,
    ) -> Result<Vec<CustomerId>, CommandError> {
        let writing: Vec<CustomerId> =
            files.iter().filter(|file| file.personal.need_key()).map(|file| file.customer.clone()).collect();
        let keys = self.for_writing(&writing, keep).await?;
        let mut erased = Vec::new();
        for file in files {
            match keys.get(file.customer) {
                Some(KeyState::Open(key)) => {
                    file.personal.seal_into(file.profile, file.customer, Some(key));
                }
                Some(KeyState::Erased) => erased.push(file.customer.clone()),
                Some(KeyState::Locked) => return Err(locked(file.customer)),
                None => file.personal.seal_into(file.profile, file.customer, None),
            }
        }
        Ok(erased)
    }

    async fn for_writing(
        &self,
        customers: &[CustomerId],
        keep: Option<DateTime<Utc>>,
    ) -> Result<HashMap<CustomerId, KeyState>, CommandError> {
        let mut keys = self.states(customers).await?;
        let missing: Vec<CustomerId> =
            customers.iter().filter(|customer| !keys.contains_key(*customer)).cloned().collect();
        let Some(master) = &self.master else {
            return if customers.is_empty() {
                Ok(keys)
            } else {
                Err(Refusal::from(CustomerRefusal::NoPersonalDataKey).into())
            };
        };
        let Some(now) = keep else {
            for customer in missing {
                let key = DataKey::fresh().map_err(|error| fault(&error))?;
                keys.insert(customer, KeyState::Open(key));
            }
            return Ok(keys);
        };
        if missing.is_empty() {
            return Ok(keys);
        }
        let wrapped = missing
            .iter()
            .map(|customer| DataKey::fresh().and_then(|key| master.wrap(customer, &key)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| fault(&error))?;
        key_table::add_keys(&self.pool, &missing, &wrapped, now).await?;
        keys.extend(self.states(&missing).await?);
        Ok(keys)
    }
}

fn locked(customer: &CustomerId) -> CommandError {
    fault(&format_args!("the key of {customer} does not open: this is not the master key it was wrapped by"))
}

fn fault(error: &dyn std::fmt::Display) -> CommandError {
    CommandError::Corrupt(Fault(error.to_string()))
}
