//! The fields of a profile.

use serde::{Deserialize, Serialize};

use super::{
    BankName, BillingCycle, Change, CustomerCode, Edit, ExternalIds, Industry, Level, PaymentTermDays,
    PersonalField, Sealed, SettlementMode, ShortName, Tags, TaxNumber,
};
use crate::customers::CustomerRefusal;
use crate::money::{Currency, Money};
use crate::text::Remark;

/// The event does not fit the profile it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} was something else before")]
pub(in crate::customers) struct NotAsBefore {
    field: &'static str,
}

/// Makes of one list of fields the profile, the wishes for it and the changes to it.
macro_rules! profile {
    ($($(#[$meta:meta])* $field:ident: $type:ty,)+) => {
        /// What is known of a customer. An empty field is `None`.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct CustomerProfile {
            $($(#[$meta])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }

        /// What someone wants the profile to be; by default what it is.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ProfileEdits {
            $(#[serde(default, skip_serializing_if = "Edit::is_keep")] pub $field: Edit<$type>,)+
        }

        /// What changed, from what to what; a field that is not here did not.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ProfileChanges {
            $(#[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<Change<$type>>,)+
        }

        impl CustomerProfile {
            /// What the wishes come to.
            pub(in crate::customers) fn changes(&self, edits: &ProfileEdits) -> ProfileChanges {
                ProfileChanges { $($field: edits.$field.of(self.$field.as_ref()),)+ }
            }

            /// What the changes came to, for a fold, which does not judge.
            pub fn set(&mut self, changes: &ProfileChanges) {
                $(if let Some(change) = &changes.$field {
                    self.$field.clone_from(&change.to);
                })+
            }

            pub(in crate::customers) fn take_in(&mut self, changes: &ProfileChanges) -> Result<(), NotAsBefore> {
                $(if let Some(change) = &changes.$field && self.$field != change.from {
                    return Err(NotAsBefore { field: stringify!($field) });
                })+
                self.set(changes);
                Ok(())
            }
        }

        impl ProfileChanges {
            pub fn is_empty(&self) -> bool {
                $(self.$field.is_none())&&+
            }

            /// The names of the fields that changed.
            pub fn fields(&self) -> Vec<&'static str> {
                [$(self.$field.as_ref().map(|_| stringify!($field)),)+].into_iter().flatten().collect()
            }
        }
    };
}

profile! {
    /// What the company calls the customer in its own files. No two customers of a book have the same.
    code: CustomerCode,
    short_name: ShortName,
    industry: Industry,
    /// The grade the company gives the customer.
    level: Level,
    tax_number: TaxNumber,
    bank_name: BankName,
    settlement_mode: SettlementMode,
    billing_cycle: BillingCycle,
    /// From the issue of a bill to its due date.
    payment_term_days: PaymentTermDays,
    /// What the customer may owe. Never negative, and in the customer's currency if it has one.
    credit_limit: Money,
    /// What is left of its money pays its oldest bills, where the rules of matching have that on.
    oldest_first: bool,
    /// What the customer is billed in.
    currency: Currency,
    tags: Tags,
    remarks: Remark,
    /// What other systems call the customer.
    external_ids: ExternalIds,
    contact_person: Sealed,
    phone: Sealed,
    email: Sealed,
    address: Sealed,
    bank_account: Sealed,
}

impl CustomerProfile {
    pub fn personal(&self, field: PersonalField) -> Option<&Sealed> {
        match field {
            PersonalField::ContactPerson => self.contact_person.as_ref(),
            PersonalField::Phone => self.phone.as_ref(),
            PersonalField::Email => self.email.as_ref(),
            PersonalField::Address => self.address.as_ref(),
            PersonalField::BankAccount => self.bank_account.as_ref(),
        }
    }

    /// The personal fields are gone; what is left is the company's.
    pub fn forget_person(&mut self) {
        self.contact_person = None;
        self.phone = None;
        self.email = None;
        self.address = None;
        self.bank_account = None;
    }

    /// What the fields must be together, once they have changed.
    pub(in crate::customers) fn check_after(&self, changes: &ProfileChanges) -> Result<(), CustomerRefusal> {
        let credit_limit = changes.credit_limit.as_ref().map_or(self.credit_limit, |change| change.to);
        let currency = changes.currency.as_ref().map_or(self.currency, |change| change.to);
        let Some(credit_limit) = credit_limit else { return Ok(()) };
        if credit_limit.is_negative() {
            return Err(CustomerRefusal::CreditLimitNegative { credit_limit });
        }
        match currency {
            Some(expected) if expected != credit_limit.currency() => {
                Err(CustomerRefusal::CreditLimitCurrency { expected, given: credit_limit.currency() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl ProfileEdits {
    /// What is wanted of a personal field.
    pub fn personal(&self, field: PersonalField) -> &Edit<Sealed> {
        match field {
            PersonalField::ContactPerson => &self.contact_person,
            PersonalField::Phone => &self.phone,
            PersonalField::Email => &self.email,
            PersonalField::Address => &self.address,
            PersonalField::BankAccount => &self.bank_account,
        }
    }

    pub fn personal_mut(&mut self, field: PersonalField) -> &mut Edit<Sealed> {
        match field {
            PersonalField::ContactPerson => &mut self.contact_person,
            PersonalField::Phone => &mut self.phone,
            PersonalField::Email => &mut self.email,
            PersonalField::Address => &mut self.address,
            PersonalField::BankAccount => &mut self.bank_account,
        }
    }

    /// Whether a personal field is to be written.
    pub(in crate::customers) fn sets_personal(&self) -> bool {
        PersonalField::ALL.into_iter().any(|field| matches!(self.personal(field), Edit::Set(_)))
    }
}
