//! Customers: whose money the book keeps, and what the company knows of them.

mod close;
mod command;
mod customer;
mod event;
mod name;
mod profile;
mod refusal;
mod status;
#[cfg(test)]
mod tests;

pub use close::OpenItem;
pub use command::CustomerCommand;
pub use customer::Customer;
pub use event::CustomerEvent;
pub use name::CustomerName;
pub(crate) use name::likeness;
pub use profile::{
    AccountManager, BankName, BillingCycle, Change, CustomerCode, CustomerProfile, Edit, ExternalId,
    ExternalIds, Industry, Level, PaymentTermDays, PersonalField, ProfileChanges, ProfileEdits, Sealed,
    SettlementMode, ShortName, SystemName, Tag, Tags, TaxNumber,
};
pub use refusal::CustomerRefusal;
pub use status::CustomerStatus;
