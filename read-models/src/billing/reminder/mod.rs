//! `reminders`: every reminder of a bill on every channel, and what became of it.

mod query;
mod row;
#[cfg(test)]
mod tests;
mod waiting;

use smol_str::SmolStr;
use tallybook_domain::billing::{BillingEvent, ReminderEvent, ReminderStatus};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use query::{ReminderFilter, ReminderOrder, list_reminders};
pub use row::ReminderRow;
pub use waiting::{bills_to_remind, reminders_to_deliver, reminders_to_resume};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Reminders;

impl Projection for Reminders {
    const NAME: &'static str = "reminders";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["reminder"]);
    type Tables = Keyed<ReminderRow>;

    fn apply(event: &RecordedEvent, reminders: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Reminder(change)) => apply(event, change, reminders),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &ReminderEvent,
    reminders: &mut Keyed<ReminderRow>,
) -> Result<(), FoldFault> {
    let (step, channel) = match change {
        ReminderEvent::ReminderRaised { bill, step, channels, number, due_date, open, date } => {
            for channel in channels {
                reminders.create(&(bill.clone(), *step, *channel), || ReminderRow {
                    bill: bill.clone(),
                    step: *step,
                    channel: *channel,
                    customer: bill.customer(),
                    number: number.clone(),
                    due_date: *due_date,
                    open: *open,
                    date: *date,
                    status: ReminderStatus::Pending,
                    attempts: 0,
                    next_attempt_at: None,
                    reason: None,
                    raised: Stamp::of(event),
                    updated: Stamp::of(event),
                })?;
            }
            return Ok(());
        }
        ReminderEvent::ReminderAttempted { step, channel, .. }
        | ReminderEvent::ReminderAttemptFailed { step, channel, .. }
        | ReminderEvent::ReminderSent { step, channel, .. }
        | ReminderEvent::ReminderFailed { step, channel, .. }
        | ReminderEvent::ReminderResumed { step, channel, .. }
        | ReminderEvent::ReminderWithdrawn { step, channel, .. } => (*step, *channel),
    };
    reminders.change(&(change.bill().clone(), step, channel), |row| {
        row.updated = Stamp::of(event);
        take_in(row, change);
        Ok(())
    })
}

fn take_in(row: &mut ReminderRow, change: &ReminderEvent) {
    match change {
        ReminderEvent::ReminderRaised { .. } => {}
        ReminderEvent::ReminderAttempted { attempt, until, .. } => {
            row.attempts = u64::from(*attempt);
            row.next_attempt_at = Some(*until);
        }
        ReminderEvent::ReminderAttemptFailed { reason, retry_at, .. } => {
            row.next_attempt_at = Some(*retry_at);
            row.reason = Some(reason.as_str().into());
        }
        ReminderEvent::ReminderSent { .. } => {
            row.status = ReminderStatus::Sent;
            (row.next_attempt_at, row.reason) = (None, None);
        }
        ReminderEvent::ReminderFailed { reason, .. } => {
            row.status = ReminderStatus::Failed;
            row.next_attempt_at = None;
            row.reason = Some(reason.as_str().into());
        }
        ReminderEvent::ReminderResumed { .. } => {
            row.status = ReminderStatus::Pending;
            (row.next_attempt_at, row.reason) = (None, None);
        }
        ReminderEvent::ReminderWithdrawn { reason, .. } => {
            row.status = ReminderStatus::Withdrawn;
            row.next_attempt_at = None;
            row.reason = Some(SmolStr::new_static(reason.as_str()));
        }
    }
}
