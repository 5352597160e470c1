//! Credit limits (信用额度): who would owe more than its file allows is told of, or not billed and given no order.
//!
//! Must never look at the bills and orders themselves: what is owed comes with the command, from the same decision.

mod alert;
mod event;
mod id;
mod passed;
mod pending_orders;
mod policy;
mod refusal;
mod subject;
#[cfg(test)]
mod tests;

pub use alert::{CreditAlert, CreditAlertCommand};
pub use event::CreditAlertEvent;
pub use id::CreditAlertId;
pub use passed::PassedLimit;
pub use pending_orders::{CountedOrder, PendingOrders, PendingOrdersCommand, PendingOrdersEvent};
pub use policy::CreditPolicy;
pub use refusal::CreditLimitRefusal;
pub use subject::CreditSubject;
