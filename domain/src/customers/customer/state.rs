//! The customer as its events left it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::customers::profile::NotAsBefore;
use crate::customers::{AccountManager, CustomerEvent, CustomerName, CustomerProfile, CustomerStatus};
use crate::ids::CustomerId;

/// What is left out in a snapshot of an earlier program was not known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registered {
    pub(super) customer: CustomerId,
    pub(super) name: CustomerName,
    pub(super) status: CustomerStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account_manager: Option<AccountManager>,
    /// Shared, so that a copy of a customer costs the same whatever its file holds.
    #[serde(default)]
    pub(super) profile: Arc<CustomerProfile>,
    /// The personal fields were erased.
    #[serde(default)]
    pub(super) erased: bool,
}

/// What cannot be if every event was decided by the rules.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("not a step from the state it met")]
    Step,
    #[error(transparent)]
    Profile(#[from] NotAsBefore),
}

impl Registered {
    pub(super) fn new(customer: &CustomerId, name: &CustomerName) -> Self {
        Self {
            customer: customer.clone(),
            name: name.clone(),
            status: CustomerStatus::Active,
            account_manager: None,
            profile: Arc::default(),
            erased: false,
        }
    }

    pub(super) fn take_in(&mut self, event: &CustomerEvent) -> Result<(), Broken> {
        match event {
            CustomerEvent::CustomerRegistered { .. } => return Err(Broken::Step),
            CustomerEvent::CustomerRenamed { new_name, .. } => self.name = new_name.clone(),
            CustomerEvent::CustomerProfileChanged { changes, .. } => {
                Arc::make_mut(&mut self.profile).take_in(changes)?;
            }
            CustomerEvent::AccountManagerAssigned { from, to, .. } if self.account_manager == *from => {
                self.account_manager.clone_from(to);
            }
            CustomerEvent::AccountManagerAssigned { .. } => return Err(Broken::Step),
            CustomerEvent::CustomerSuspended { .. } => {
                self.step(&[CustomerStatus::Active], CustomerStatus::Suspended)?;
            }
            CustomerEvent::CustomerReactivated { .. } => {
                self.step(&[CustomerStatus::Suspended], CustomerStatus::Active)?;
            }
            CustomerEvent::CustomerClosed { .. } => {
                self.step(&[CustomerStatus::Active, CustomerStatus::Suspended], CustomerStatus::Closed)?;
            }
            CustomerEvent::PersonalDataErased { .. } if self.erased => return Err(Broken::Step),
            CustomerEvent::PersonalDataErased { .. } => {
                self.erased = true;
                Arc::make_mut(&mut self.profile).forget_person();
            }
        }
        Ok(())
    }

    fn step(&mut self, from: &[CustomerStatus], to: CustomerStatus) -> Result<(), Broken> {
        if !from.contains(&self.status) {
            return Err(Broken::Step);
        }
        self.status = to;
        Ok(())
    }
}
