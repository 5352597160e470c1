//! Opening sealed fields for who reads them: in full, masked, or not at all.

use tallybook_domain::CustomerId;
use tallybook_domain::customers::{CustomerProfile, PersonalField};
use tallybook_event_store::CommandError;
use zeroize::Zeroizing;

use super::keys::KeyState;
use super::{PersonalKeys, text};

/// A personal field that has something in it.
#[derive(Clone, PartialEq, Eq)]
pub enum OpenedField {
    /// The plain text.
    Full(Zeroizing<String>),
    /// Enough to recognise it.
    Masked(String),
    /// This process cannot open it: it has no master key, or another.
    Locked,
}

impl std::fmt::Debug for OpenedField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(…)"),
            Self::Masked(_) => f.write_str("Masked(…)"),
            Self::Locked => f.write_str("Locked"),
        }
    }
}

/// The personal fields of one customer; an empty field is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenedFields(Vec<(PersonalField, OpenedField)>);

impl OpenedFields {
    pub fn get(&self, field: PersonalField) -> Option<&OpenedField> {
        self.0.iter().find(|(one, _)| *one == field).map(|(_, opened)| opened)
    }

    /// The fields that are shown in full.
    pub fn shown(&self) -> Vec<PersonalField> {
        self.0.iter().filter(|(_, opened)| matches!(opened, OpenedField::Full(_))).map(|(f, _)| *f).collect()
    }
}

/// Opens the personal fields of customers, in their order. With `in_full` the caller has checked who asks, and records
/// that they were shown.
pub async fn open_personal(
    keys: &PersonalKeys,
    customers: &[(&CustomerId, &CustomerProfile)],
    in_full: bool,
) -> Result<Vec<OpenedFields>, CommandError> {
    let sealed =
        |profile: &CustomerProfile| PersonalField::ALL.iter().any(|f| profile.personal(*f).is_some());
    let with_fields: Vec<CustomerId> = customers
        .iter()
        .filter(|(_, profile)| sealed(profile))
        .map(|(customer, _)| (*customer).clone())
        .collect();
    let states = if keys.has_master() { keys.states(&with_fields).await? } else { Default::default() };
    Ok(customers
        .iter()
        .map(|(customer, profile)| open_one(customer, profile, states.get(*customer), in_full))
        .collect())
}

fn open_one(
    customer: &CustomerId,
    profile: &CustomerProfile,
    state: Option<&KeyState>,
    in_full: bool,
) -> OpenedFields {
    let key = match state {
        Some(KeyState::Open(key)) => Some(key),
        // The key is gone before the read model has heard of it.
        Some(KeyState::Erased) => return OpenedFields::default(),
        Some(KeyState::Locked) | None => None,
    };
    let fields = PersonalField::ALL.into_iter().filter_map(|field| {
        let sealed = profile.personal(field)?;
        let opened = match key.and_then(|key| key.open(customer, field, sealed)) {
            Some(plain) if in_full => OpenedField::Full(plain),
            Some(plain) => OpenedField::Masked(text::mask(field, &plain)),
            None => OpenedField::Locked,
        };
        Some((field, opened))
    });
    OpenedFields(fields.collect())
}
