//! The write-off (核销): which money settled which bills, and what of that was undone.

mod aggregate;
mod command;
mod event;
mod leg;
mod limits;
mod pairing;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;
mod written_limits;

pub use crate::ids::WriteOffId;
pub use aggregate::WriteOff;
pub use command::{WriteOffCommand, WriteOffTerms};
pub use event::WriteOffEvent;
pub use leg::{DifferenceReason, Leg, LegSource};
pub use limits::{DifferenceLimits, StandingDifferences};
pub use pairing::pair;
pub use refusal::WriteOffRefusal;
pub use rules::check_legs;
pub use state::WriteOffState;
pub use written_limits::InvalidLimits;
