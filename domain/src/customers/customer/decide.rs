//! The rules of a customer. What has happened already is decided as nothing.

use super::Customer;
use crate::customers::{
    AccountManager, Change, CustomerEvent, CustomerName, CustomerProfile, CustomerRefusal, CustomerStatus,
    Edit, OpenItem, ProfileEdits,
};
use crate::ids::CustomerId;
use crate::text::Reason;

type Decided = Result<Vec<CustomerEvent>, CustomerRefusal>;

impl Customer {
    pub(super) fn register(
        &self,
        customer: CustomerId,
        name: CustomerName,
        account_manager: Option<AccountManager>,
        profile: &ProfileEdits,
    ) -> Decided {
        if let Some(registered) = &self.registered {
            return Err(CustomerRefusal::AlreadyRegistered { customer: registered.customer.clone() });
        }
        let changed = change_profile(&customer, &CustomerProfile::default(), profile)?;
        let manager = Edit::set_if(account_manager);
        let assigned = assign(&customer, None, &manager);
        let registered = CustomerEvent::CustomerRegistered { customer, name };
        Ok([Some(registered), changed, assigned].into_iter().flatten().collect())
    }

    /// What a customer has already is no change, also of a closed one.
    pub(super) fn change(
        &self,
        customer: CustomerId,
        new_name: Option<CustomerName>,
        account_manager: &Edit<AccountManager>,
        profile: &ProfileEdits,
    ) -> Decided {
        let registered = self.registered(&customer)?;
        if registered.erased && profile.sets_personal() {
            return Err(CustomerRefusal::PersonalDataErased { customer });
        }
        let renamed = new_name.filter(|name| registered.name != *name).map(|new_name| {
            let (customer, old_name) = (customer.clone(), registered.name.clone());
            CustomerEvent::CustomerRenamed { customer, old_name, new_name }
        });
        let changed = change_profile(&customer, &registered.profile, profile)?;
        let assigned = assign(&customer, registered.account_manager.as_ref(), account_manager);
        let changes: Vec<_> = [renamed, changed, assigned].into_iter().flatten().collect();
        if !changes.is_empty() {
            self.check_open(&customer)?;
        }
        Ok(changes)
    }

    /// A customer that is with the new manager already was given before.
    pub(super) fn assign_account_manager(
        &self,
        customer: CustomerId,
        from: Option<AccountManager>,
        to: Option<AccountManager>,
    ) -> Decided {
        let actual = &self.open(&customer)?.account_manager;
        if *actual == to {
            return Ok(Vec::new());
        }
        match from {
            Some(expected) if actual.as_ref() != Some(&expected) => {
                Err(CustomerRefusal::WithAnotherManager { customer, expected, actual: actual.clone() })
            }
            Some(_) | None => {
                Ok(vec![CustomerEvent::AccountManagerAssigned { customer, from: actual.clone(), to }])
            }
        }
    }

    /// A second suspension is a retry of the first, whose reason stands.
    pub(super) fn suspend(&self, customer: CustomerId, reason: Reason) -> Decided {
        match self.open(&customer)?.status {
            CustomerStatus::Active => Ok(vec![CustomerEvent::CustomerSuspended { customer, reason }]),
            CustomerStatus::Suspended | CustomerStatus::Closed => Ok(Vec::new()),
        }
    }

    /// Who is not suspended may withdraw already; who is closed stays so.
    pub(super) fn reactivate(&self, customer: CustomerId, reason: Option<Reason>) -> Decided {
        match self.open(&customer)?.status {
            CustomerStatus::Suspended => Ok(vec![CustomerEvent::CustomerReactivated { customer, reason }]),
            CustomerStatus::Active | CustomerStatus::Closed => Ok(Vec::new()),
        }
    }

    /// Refused while anything is open. A second closing is a retry of the first.
    pub(super) fn close(&self, customer: CustomerId, reason: Reason, open: Vec<OpenItem>) -> Decided {
        match self.registered(&customer)?.status {
            CustomerStatus::Closed => Ok(Vec::new()),
            CustomerStatus::Active | CustomerStatus::Suspended if !open.is_empty() => {
                Err(CustomerRefusal::StillOpen { customer, open })
            }
            CustomerStatus::Active | CustomerStatus::Suspended => {
                Ok(vec![CustomerEvent::CustomerClosed { customer, reason }])
            }
        }
    }

    /// Also of a closed customer, and of one without personal fields: earlier events may hold some.
    pub(super) fn erase(&self, customer: CustomerId, reason: Reason) -> Decided {
        if self.registered(&customer)?.erased {
            return Ok(Vec::new());
        }
        Ok(vec![CustomerEvent::PersonalDataErased { customer, reason }])
    }
}

fn change_profile(
    customer: &CustomerId,
    now: &CustomerProfile,
    wanted: &ProfileEdits,
) -> Result<Option<CustomerEvent>, CustomerRefusal> {
    let changes = now.changes(wanted);
    if changes.is_empty() {
        return Ok(None);
    }
    now.check_after(&changes)?;
    let (customer, changes) = (customer.clone(), Box::new(changes));
    Ok(Some(CustomerEvent::CustomerProfileChanged { customer, changes }))
}

fn assign(
    customer: &CustomerId,
    now: Option<&AccountManager>,
    wanted: &Edit<AccountManager>,
) -> Option<CustomerEvent> {
    let Change { from, to } = wanted.of(now)?;
    Some(CustomerEvent::AccountManagerAssigned { customer: customer.clone(), from, to })
}
