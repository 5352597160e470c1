//! What can be asked of a customer.

use super::{AccountManager, CustomerName, Edit, OpenItem, ProfileEdits};
use crate::ids::CustomerId;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    Register {
        customer: CustomerId,
        name: CustomerName,
        account_manager: Option<AccountManager>,
        profile: Box<ProfileEdits>,
    },
    Change {
        customer: CustomerId,
        /// Another name, if there is one.
        name: Option<CustomerName>,
        account_manager: Edit<AccountManager>,
        profile: Box<ProfileEdits>,
    },
    /// Gives the customer to another account manager, or to none.
    AssignAccountManager {
        customer: CustomerId,
        /// Whose the customer has to be; anybody's, if nobody is named.
        from: Option<AccountManager>,
        to: Option<AccountManager>,
    },
    Suspend {
        customer: CustomerId,
        reason: Reason,
    },
    Reactivate {
        customer: CustomerId,
        reason: Option<Reason>,
    },
    Close {
        customer: CustomerId,
        reason: Reason,
        /// What is still open, as the decision sees it.
        open: Vec<OpenItem>,
    },
    ErasePersonalData {
        customer: CustomerId,
        reason: Reason,
    },
}
