//! What is done about one payout: it is sent, once, or asked about.

use chrono::{DateTime, TimeDelta, Utc};
use tallybook_commands::CommandContext;
use tallybook_commands::payouts::{PayoutOutcome, begin_sending, find_order, hear_of_payout};
use tallybook_domain::payouts::{Heard, PayoutState, Prepared, UnknownCause};
use tallybook_event_store::{Book, CommandError, Fault, Receipt};
use tallybook_read_models::payouts::OpenPayout;

use super::adapter::{Asked, PayoutAdapter};
use super::opened::Pace;

/// In whose name payouts are sent and what is heard of them is recorded.
const PAYOUTS: &str = "system:payouts";

pub(super) fn in_our_name() -> Result<CommandContext, CommandError> {
    let actor =
        PAYOUTS.parse().map_err(|_| CommandError::Corrupt(Fault(format!("{PAYOUTS} is no actor"))))?;
    Ok(CommandContext {
        actor,
        idempotency_key: None,
        request_id: None,
        client_address: None,
        dry_run: false,
    })
}

/// Does the next thing about an open payout. The answer: whether anything came of it.
pub(super) async fn attend_to(
    book: &Book,
    adapter: &dyn PayoutAdapter,
    pace: Pace,
    open: &OpenPayout,
) -> Result<bool, CommandError> {
    let order = find_order(book, &open.id).await?;
    match open.state {
        PayoutState::Prepared => send_once(book, adapter, pace, order).await,
        PayoutState::Sending => {
            if !passed(open.sent_at, book.now(), pace.timeout.saturating_mul(2)) {
                return Ok(false);
            }
            hear(book, order, Heard::Nothing(UnknownCause::Interrupted)).await?;
            Ok(true)
        }
        PayoutState::Unknown | PayoutState::Accepted => {
            let before = open.state;
            match ask(adapter, pace, &order, (before, open.sent_at), book.now()).await {
                Reply::Heard(heard) => Ok(hear(book, order, heard).await? != before),
                Reply::NotFoundYet | Reply::Nothing | Reply::ByHand => Ok(false),
            }
        }
        PayoutState::Doubted | PayoutState::Succeeded | PayoutState::Failed | PayoutState::Returned => {
            Ok(false)
        }
    }
}

/// Asks first: an endpoint that cannot be reached is given nothing, and one that knows the payout, perhaps because this
/// book was put back from a backup, is not given it again. Only who is told that he begins sends, and only if he was not
/// held up since.
async fn send_once(
    book: &Book,
    adapter: &dyn PayoutAdapter,
    pace: Pace,
    order: Prepared,
) -> Result<bool, CommandError> {
    match adapter.ask(&order.payout, book.now()).await {
        Asked::Heard(Heard::NotFound) => {}
        Asked::Heard(known) => {
            hear(book, order, known).await?;
            return Ok(true);
        }
        Asked::Nothing | Asked::ByHand => return Ok(false),
    }
    let began = begin_sending(book, in_our_name()?, order.clone()).await?.outcome.at;
    let heard = if passed(Some(began), book.now(), pace.timeout) {
        Heard::Nothing(UnknownCause::Interrupted)
    } else {
        adapter.send(&order, began).await
    };
    hear(book, order, heard).await?;
    Ok(true)
}

/// Records what was heard, and tells the operators what a person has to look at.
async fn hear(book: &Book, order: Prepared, heard: Heard) -> Result<PayoutState, CommandError> {
    let (payout, not_found) = (order.payout.clone(), heard == Heard::NotFound);
    let state = hear_of_payout(book, in_our_name()?, order, Some(heard)).await?.outcome.state;
    if state == PayoutState::Doubted || (not_found && state == PayoutState::Unknown) {
        tracing::warn!(%payout, %state, "somebody has to find out what became of a payout");
    }
    Ok(state)
}

/// What came of asking about one that may have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// What counts.
    Heard(Heard),
    /// It is not known there, and that says nothing: it may not have been sent, or be on its way.
    NotFoundYet,
    Nothing,
    ByHand,
}

/// Asks about one that may have been sent. That it is not known says something only of one that the endpoint had accepted,
/// and of one that went out some time ago: whoever is sending it this moment may be on the last line.
pub(super) async fn ask(
    adapter: &dyn PayoutAdapter,
    pace: Pace,
    order: &Prepared,
    (state, sent_at): (PayoutState, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Reply {
    match adapter.ask(&order.payout, now).await {
        Asked::Heard(Heard::NotFound) if !may_be_missed(pace, (state, sent_at), now) => Reply::NotFoundYet,
        Asked::Heard(heard) => Reply::Heard(heard),
        Asked::Nothing => Reply::Nothing,
        Asked::ByHand => Reply::ByHand,
    }
}

/// Whether an endpoint that does not know it should. `state` may be of a moment ago; no state leads back to an earlier one.
fn may_be_missed(
    pace: Pace,
    (state, sent_at): (PayoutState, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> bool {
    match state {
        PayoutState::Accepted => true,
        PayoutState::Unknown => passed(sent_at, now, pace.not_found_after),
        PayoutState::Prepared
        | PayoutState::Sending
        | PayoutState::Doubted
        | PayoutState::Succeeded
        | PayoutState::Failed
        | PayoutState::Returned => false,
    }
}

/// What a person wants to know now. Nothing is sent.
pub(super) async fn ask_now(
    book: &Book,
    heard: Option<Heard>,
    order: Prepared,
    context: CommandContext,
) -> Result<Receipt<PayoutOutcome>, CommandError> {
    hear_of_payout(book, CommandContext { idempotency_key: None, ..context }, order, heard).await
}

/// Whether so much time has gone by since.
fn passed(since: Option<DateTime<Utc>>, now: DateTime<Utc>, wait: std::time::Duration) -> bool {
    match (since, TimeDelta::from_std(wait)) {
        (Some(since), Ok(wait)) => now - since > wait,
        (Some(_), Err(_)) => false,
        (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// As when a person asks while another process is sending it: the endpoint does not know it, yet.
    #[test]
    fn not_found_counts_of_what_was_accepted_or_went_out_long_ago() {
        let (pace, now) = (Pace::default(), DateTime::UNIX_EPOCH);
        let long_ago = Some(now - TimeDelta::minutes(11));
        for state in PayoutState::ALL {
            let counts = |sent_at| may_be_missed(pace, (state, sent_at), now);
            let (long_after, just_after) = match state {
                PayoutState::Accepted => (true, true),
                PayoutState::Unknown => (true, false),
                PayoutState::Prepared
                | PayoutState::Sending
                | PayoutState::Doubted
                | PayoutState::Succeeded
                | PayoutState::Failed
                | PayoutState::Returned => (false, false),
            };
            assert_eq!((counts(long_ago), counts(Some(now))), (long_after, just_after), "{state}");
        }
    }
}
