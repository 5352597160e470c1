//! The subscription: which price plan a customer is billed by, and from when.

mod aggregate;
mod event;
mod months;
mod refusal;
mod request;
#[cfg(test)]
mod tests;

pub use aggregate::{PlanPeriod, Subscription, SubscriptionCommand};
pub use event::SubscriptionEvent;
pub use months::{MOST_MONTHS_BACK, months_changed};
pub use refusal::SubscriptionRefusal;
pub use request::PlanChangeRequest;
