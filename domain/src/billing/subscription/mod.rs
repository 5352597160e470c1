//! The subscription: which price plan a customer is billed by, and from when.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{PlanPeriod, Subscription, SubscriptionCommand};
pub use event::SubscriptionEvent;
pub use refusal::SubscriptionRefusal;
