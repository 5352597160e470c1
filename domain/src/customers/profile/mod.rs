//! What a customer's file holds besides the name: the fields, how they change, and what they may be together.
//!
//! One list of fields makes the profile, what is asked of it and what changed. Must never hold a personal field in
//! the clear: those come in sealed.

mod edit;
mod external_ids;
mod fields;
mod sealed;
mod settlement;
mod tags;
mod tax_number;
#[cfg(test)]
mod tests;
mod texts;

pub use edit::{Change, Edit};
pub use external_ids::ExternalIds;
pub(super) use fields::NotAsBefore;
pub use fields::{CustomerProfile, ProfileChanges, ProfileEdits};
pub use sealed::{PersonalField, Sealed};
pub use settlement::{BillingCycle, PaymentTermDays, SettlementMode};
pub use tags::Tags;
pub use tax_number::TaxNumber;
pub use texts::{
    AccountManager, BankName, CustomerCode, ExternalId, Industry, Level, ShortName, SystemName, Tag,
};
