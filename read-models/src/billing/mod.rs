//! What was used and billed.

mod usage;

pub use usage::{
    BilledUsage, CustomerUsage, DayUsage, MeterMonth, UsageBillRow, UsageFilter, UsageOrder, UsageProjection,
    UsageRow, UsageSum, UsageTables, customer_usage, list_usage,
};
