//! Looking after payouts in the background of an API: those that wait to be sent, those that nobody knows the outcome of,
//! and, if that is set so, withdrawals that are approved. Any number of processes may; what each does is decided in the
//! journal, so nothing is done twice.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::StreamExt;
use tallybook_commands::payouts::{PreparePayout, prepare_payout};
use tallybook_domain::WithdrawalId;
use tallybook_domain::payouts::{PayoutAdapterKind, PayoutId, PayoutState};
use tallybook_event_store::CommandError;
use tallybook_read_models::ReadError;
use tallybook_read_models::payouts::{OpenPayout, approved_withdrawals, open_payouts};
use tokio::time::Instant;

use super::adapter::PayoutAdapter;
use super::hand_over::{attend_to, in_our_name};
use crate::state::ApiState;

const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// Payouts of one look, and withdrawals.
const PAGE: u32 = 500;
/// Exchanges under way at once, so that a slow answer holds up few others.
const AT_ONCE: usize = 8;
/// The longest pause between two questions about a payout.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// A withdrawal that could not be submitted is tried again after a while.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// For ever, where an endpoint is set up.
pub(crate) async fn attend(state: ApiState) {
    let payouts = state.settings().payouts.clone();
    let Some(adapter) = payouts.adapter(PayoutAdapterKind::Http) else { return };
    let mut looks = Looks::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            () = state.prepared_payout() => {}
        }
        if payouts.automatically()
            && let Err(error) = submit_approved(&state, &mut looks.withdrawals).await
        {
            tracing::debug!(%error, "approved withdrawals could not be looked for");
        }
        if let Err(error) = look(&state, adapter, &mut looks.payouts).await {
            tracing::debug!(%error, "open payouts could not be looked for");
        }
    }
}

#[derive(Default)]
struct Looks {
    payouts: Round<PayoutId>,
    withdrawals: Round<WithdrawalId>,
}

/// A way through all that is open, page by page, and what of it has to wait.
struct Round<Id> {
    after: u64,
    waits: HashMap<Id, Wait>,
    met: HashSet<Id>,
}

impl<Id> Default for Round<Id> {
    fn default() -> Self {
        Self { after: 0, waits: HashMap::new(), met: HashSet::new() }
    }
}

struct Wait {
    /// In which state it was when nothing came of it.
    state: Option<PayoutState>,
    pause: Duration,
    until: Instant,
}

impl<Id: Clone + Eq + std::hash::Hash> Round<Id> {
    /// Whether it is time for this one.
    fn is_due(&mut self, id: &Id, state: Option<PayoutState>) -> bool {
        self.met.insert(id.clone());
        self.waits.get(id).is_none_or(|wait| wait.state != state || Instant::now() >= wait.until)
    }

    /// Nothing came of it: the next pause is twice as long.
    fn wait(&mut self, id: Id, state: Option<PayoutState>, first: Duration) {
        let before = self.waits.get(&id).filter(|wait| wait.state == state);
        let pause = before.map_or(first, |wait| wait.pause.saturating_mul(2).min(LONGEST_PAUSE));
        self.waits.insert(id, Wait { state, pause, until: Instant::now() + pause });
    }

    /// Goes on behind the last of a page; at the end it begins anew, and forgets what it has not met any more.
    fn turn(&mut self, last: Option<u64>, whole_page: bool) {
        match last.filter(|_| whole_page) {
            Some(last) => self.after = last,
            None => {
                let met = std::mem::take(&mut self.met);
                self.waits.retain(|id, _| met.contains(id));
                self.after = 0;
            }
        }
    }
}

async fn look(
    state: &ApiState,
    adapter: &dyn PayoutAdapter,
    round: &mut Round<PayoutId>,
) -> Result<(), ReadError> {
    let open = open_payouts(state.book().pool(), round.after, PAGE).await?;
    let (last, whole) = (open.last().map(|open| open.position), open.len() == PAGE as usize);
    let due: Vec<OpenPayout> =
        open.into_iter().filter(|open| round.is_due(&open.id, Some(open.state))).collect();
    let pace = state.settings().payouts.pace();
    let mut attended = futures::stream::iter(due)
        .map(|open| async move {
            let came = attend_to(state.book(), adapter, pace, &open).await;
            (open, came)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((open, came)) = attended.next().await {
        match came {
            Ok(true) => {}
            Ok(false) => round.wait(open.id, Some(open.state), pace.ask_after),
            Err(CommandError::Refused(refusal)) => {
                tracing::debug!(payout = %open.id, %refusal, "nothing is done about a payout yet");
                round.wait(open.id, Some(open.state), pace.ask_after);
            }
            Err(error) => {
                tracing::warn!(payout = %open.id, %error, "a payout could not be attended to; it is looked at again");
                round.wait(open.id, Some(open.state), pace.ask_after);
            }
        }
    }
    round.turn(last, whole);
    Ok(())
}

async fn submit(state: &ApiState, withdrawal: &WithdrawalId) -> Result<(), CommandError> {
    let asked = PreparePayout { withdrawal: withdrawal.clone(), adapter: PayoutAdapterKind::Http };
    prepare_payout(state.book(), in_our_name()?, asked).await?;
    Ok(())
}

/// Approved withdrawals are submitted, each by itself: one that may not go out holds up no other.
async fn submit_approved(state: &ApiState, round: &mut Round<WithdrawalId>) -> Result<(), ReadError> {
    let approved = approved_withdrawals(state.book().pool(), round.after, PAGE).await?;
    let (last, whole) = (approved.last().map(|(_, position)| *position), approved.len() == PAGE as usize);
    for (withdrawal, _) in approved {
        if !round.is_due(&withdrawal, None) {
            continue;
        }
        match submit(state, &withdrawal).await {
            Ok(()) => {}
            Err(CommandError::Refused(refusal)) => {
                tracing::debug!(%withdrawal, %refusal, "an approved withdrawal is not paid out yet");
                round.wait(withdrawal, None, AFTER_REFUSAL);
            }
            Err(error) => {
                tracing::warn!(%withdrawal, %error, "an approved withdrawal could not be paid out yet");
                round.wait(withdrawal, None, AFTER_REFUSAL);
            }
        }
    }
    round.turn(last, whole);
    Ok(())
}
