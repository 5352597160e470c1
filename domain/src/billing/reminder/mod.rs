//! Reminders of a bill (催款): before it is due, on the day, and 7, 15 and 30 days after, each at most once.

mod aggregate;
mod event;
mod id;
mod step;
#[cfg(test)]
mod tests;

pub use aggregate::{AttemptFailure, OwedBill, Reminder, ReminderCommand};
pub use event::{NO_ADDRESS, ReminderEvent, WithdrawalReason};
pub use id::ReminderId;
pub use step::{ReminderChannel, ReminderStatus, ReminderStep};
