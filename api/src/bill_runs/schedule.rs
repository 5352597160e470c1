//! The run that begins by itself: of the month before, on the first day, at a set time of the book's time zone.

use chrono::{Datelike, NaiveDateTime, NaiveTime};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{RunBills, start_bill_run};
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::{Month, Refusal};
use tallybook_event_store::{Book, CommandError};

use super::{BillRunError, billable};

/// A first day on which no process was up is made up for until this day of the month.
const MADE_UP_UNTIL: u32 = 5;
const SCHEDULER: &str = "system:schedule";

/// The month whose run is due at a moment of the book's time zone.
pub(super) fn due(now: NaiveDateTime, at: NaiveTime) -> Option<Month> {
    let day = now.day();
    let is_due = if day == 1 { now.time() >= at } else { day <= MADE_UP_UNTIL };
    if is_due { Month::of(now.date()).and_then(Month::previous) } else { None }
}

/// Starts the run of a month, unless it was started by the schedule of any process before. `Some`: why it cannot yet.
///
/// The key is the month's, and a key is good for one command in a book, whoever sends it and however often.
pub(super) async fn start(book: &Book, month: Month) -> Result<Option<Refusal>, BillRunError> {
    let run = RunBills::of(month, RunTerms::default());
    let context = CommandContext {
        actor: SCHEDULER
            .parse()
            .map_err(|error| sqlx::Error::Configuration(format!("the schedule's name: {error}").into()))?,
        idempotency_key: Some(format!("schedule/bill-run/{month}")),
        request_id: None,
        client_address: None,
        dry_run: false,
    };
    let customers = billable(book, &run).await?.len() as u64;
    match start_bill_run(book, context, &run, customers).await {
        Ok(receipt) => {
            if !receipt.replayed {
                tracing::info!(%month, customers, "the bill run of the month begins");
            }
            Ok(None)
        }
        Err(CommandError::Refused(refusal)) => Ok(Some(refusal)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at(now: &str) -> Option<String> {
        let at = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        due(now.parse().unwrap(), at).map(|month| month.to_string())
    }

    #[test]
    fn the_month_before_is_due_from_its_time_on_the_first_day() {
        assert_eq!(due_at("2026-10-31T23:59:59"), None);
        assert_eq!(due_at("2026-11-01T02:29:59"), None);
        assert_eq!(due_at("2026-11-01T02:30:00"), Some("2026-10".into()));
        assert_eq!(due_at("2027-01-01T12:00:00"), Some("2026-12".into()));
    }

    #[test]
    fn a_day_that_was_missed_is_made_up_for_within_some_days() {
        assert_eq!(due_at("2026-11-02T00:00:00"), Some("2026-10".into()));
        assert_eq!(due_at("2026-11-05T23:59:59"), Some("2026-10".into()));
        assert_eq!(due_at("2026-11-06T00:00:00"), None);
    }
}
