//! What is wanted of the personal fields, in the clear until it is sealed.

use std::collections::BTreeMap;

use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Edit, PersonalField, ProfileEdits};

use super::PersonalText;
use super::data_key::DataKey;

/// What is wanted of the personal fields; a field that is not named stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PersonalEdits(BTreeMap<PersonalField, Edit<PersonalText>>);

impl PersonalEdits {
    pub fn set(&mut self, field: PersonalField, edit: Edit<PersonalText>) {
        self.0.insert(field, edit);
    }

    /// Whether a field is to be written, which takes a key.
    pub(in crate::customers) fn need_key(&self) -> bool {
        self.0.values().any(|edit| matches!(edit, Edit::Set(_)))
    }

    /// Puts the fields, sealed, among the others. Without a key, those that take none.
    pub(super) fn seal_into(&self, profile: &mut ProfileEdits, customer: &CustomerId, key: Option<&DataKey>) {
        for (field, edit) in &self.0 {
            *profile.personal_mut(*field) = match (edit, key) {
                (Edit::Keep, _) | (Edit::Set(_), None) => Edit::Keep,
                (Edit::Clear, _) => Edit::Clear,
                (Edit::Set(text), Some(key)) => Edit::Set(key.seal(customer, *field, text.as_str())),
            };
        }
    }
}
