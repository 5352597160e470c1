//! Accounting periods: months in which nothing may happen any more.

mod aggregate;
mod command;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::AccountingPeriods;
pub use command::PeriodCommand;
pub use event::PeriodEvent;
pub use refusal::PeriodRefusal;
pub use state::PeriodState;

/// The one stream in which a book's periods are closed and reopened.
pub const ACCOUNTING_PERIODS: &str = "accounting-periods";
