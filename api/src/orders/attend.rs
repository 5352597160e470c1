//! Looking after orders whose next step takes itself: who did not pay in time, who has the goods, whose window has ended.
//!
//! The times are in the journal and the list in a read table, so a process that dies forgets nothing. Which step it is,
//! and whether it is time, the order decides: however many processes ask, it happens once.

use std::collections::HashMap;
use std::time::Duration;

use tallybook_commands::CommandContext;
use tallybook_commands::orders::{TakeDueStep, take_due_step};
use tallybook_domain::Actor;
use tallybook_domain::orders::OrderId;
use tallybook_event_store::CommandError;
use tallybook_read_models::ReadError;
use tallybook_read_models::orders::orders_due;
use tokio::time::Instant;

use crate::state::ApiState;

const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// What failed is tried again after a while.
const AFTER_FAILURE: Duration = Duration::from_secs(15);
/// Orders taken at a time: those that have waited longest.
const AT_MOST: i64 = 500;
/// Steps asked for at once: the lane takes them together.
const AT_ONCE: usize = 32;
const TIMER: &str = "system:orders";

/// For ever.
pub(crate) async fn attend(state: ApiState) {
    let Ok(timer) = TIMER.parse() else {
        tracing::error!("{TIMER} names no actor: orders are not looked after");
        return;
    };
    let mut asked = Asked::default();
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        if let Err(error) = look(&state, &timer, &mut asked).await {
            tracing::debug!(%error, "orders could not be looked after");
        }
    }
}

/// What this process has asked for, by order: until the read table knows it, or for a while after a failure.
#[derive(Debug, Default)]
struct Asked {
    decided: HashMap<OrderId, u64>,
    failed: HashMap<OrderId, Instant>,
}

impl Asked {
    /// Forgets what is not due any more, and picks what is to be asked for.
    fn pick(&mut self, due: Vec<(OrderId, u64)>) -> Vec<(OrderId, u64)> {
        let still: HashMap<&OrderId, u64> = due.iter().map(|(order, position)| (order, *position)).collect();
        self.decided.retain(|order, position| still.get(order) == Some(&*position));
        self.failed.retain(|order, at| still.contains_key(order) && at.elapsed() < AFTER_FAILURE);
        due.into_iter()
            .filter(|(order, _)| !self.decided.contains_key(order) && !self.failed.contains_key(order))
            .collect()
    }
}

async fn look(state: &ApiState, timer: &Actor, asked: &mut Asked) -> Result<(), ReadError> {
    // What was asked for and shows still as due takes no other's place.
    let asked_for = i64::try_from(asked.failed.len() + asked.decided.len()).unwrap_or(AT_MOST);
    let room = AT_MOST.saturating_add(asked_for);
    let due = orders_due(state.book().pool(), state.book().now(), room).await?;
    let due = asked.pick(due);
    for some in due.chunks(AT_ONCE) {
        let steps = some.iter().map(|(order, position)| take(state, timer, (order, *position)));
        for ((order, position), taken) in some.iter().zip(futures::future::join_all(steps).await) {
            match taken {
                Ok(()) => {
                    asked.decided.insert(order.clone(), *position);
                }
                Err(error) => {
                    tracing::warn!(%order, %error, "a step of an order could not be taken yet; it is tried again");
                    asked.failed.insert(order.clone(), Instant::now());
                }
            }
        }
    }
    Ok(())
}

/// The key is that of the order as it was when its step was due: who asks for it again is answered with the first, in
/// whichever process.
async fn take(
    state: &ApiState,
    timer: &Actor,
    (order, position): (&OrderId, u64),
) -> Result<(), CommandError> {
    let context = CommandContext {
        actor: timer.clone(),
        idempotency_key: Some(format!("timer/order/{order}/{position}")),
        request_id: None,
        client_address: None,
        dry_run: false,
    };
    let step = TakeDueStep { order: order.clone() };
    let receipt = take_due_step(state.book(), context, step, state.settings().order_times).await?;
    if !receipt.replayed {
        tracing::info!(%order, state = %receipt.outcome.state, "an order took its next step by itself");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(number: &str) -> OrderId {
        OrderId::of(&number.parse().unwrap())
    }

    #[test]
    fn what_was_asked_for_is_asked_for_again_once_the_order_has_changed() {
        let mut asked = Asked::default();
        let due = vec![(order("A"), 1), (order("B"), 2)];
        assert_eq!(asked.pick(due.clone()), due);
        asked.decided.insert(order("A"), 1);
        asked.failed.insert(order("B"), Instant::now());
        assert_eq!(asked.pick(due), []);
        assert_eq!(asked.pick(vec![(order("A"), 3)]), [(order("A"), 3)]);
        assert!(asked.decided.is_empty() && asked.failed.is_empty(), "nothing is kept that is not due");
    }
}
