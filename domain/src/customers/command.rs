//! What can be asked of a customer.

use super::CustomerName;
use crate::ids::CustomerId;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    Register { customer: CustomerId, name: CustomerName },
    Rename { customer: CustomerId, name: CustomerName },
    Suspend { customer: CustomerId, reason: Reason },
    Reactivate { customer: CustomerId, reason: Option<Reason> },
}
