//! The alert: a withdrawal somebody has to look at before it goes on.

mod aggregate;
mod command;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::RiskAlert;
pub use command::RiskAlertCommand;
pub use event::RiskAlertEvent;
pub use refusal::RiskAlertRefusal;
pub use state::{AlertState, Resolution, WithdrawalEnd};
