//! Usage (用量): what customers used, as meters counted it, month by month.

mod aggregate;
mod assessment;
mod command;
mod event;
mod id;
mod meter_usage;
mod record;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{Usage, UsageBilling};
pub use command::UsageCommand;
pub use event::UsageEvent;
pub use id::UsageId;
pub use meter_usage::{MeterUsage, Reading};
pub use record::{UsageEffect, UsageEntry, UsageRecord, UsageReference};
pub use refusal::UsageRefusal;
