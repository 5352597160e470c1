//! The price plan: terms people gave a name to, in versions that come into force one after the other.

mod aggregate;
mod code;
mod event;
mod refusal;
mod request;
#[cfg(test)]
mod tests;

pub use aggregate::{PlanVersion, PricePlan, PricePlanCommand};
pub use code::{PlanCode, PlanName};
pub use event::PricePlanEvent;
pub use refusal::PricePlanRefusal;
pub use request::PlanVersionRequest;
