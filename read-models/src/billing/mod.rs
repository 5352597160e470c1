//! What was used and billed.

mod bill;
mod usage;

pub use bill::{
    BillFilter, BillNote, BillOrder, BillRow, BillStanding, Bills, NoteKind, find_bill, list_bills,
};
pub use usage::{
    BilledUsage, CustomerUsage, DayUsage, MeterMonth, UsageBillRow, UsageFilter, UsageOrder, UsageProjection,
    UsageRow, UsageSum, UsageTables, customer_usage, list_usage,
};
