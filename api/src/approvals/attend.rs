//! Ending what nobody has decided in time, in the background of an API. What is due stands in the read table, so nothing is
//! forgotten when a process ends; where several do it, the first one counts.

use std::time::Duration;

use tallybook_commands::CommandContext;
use tallybook_commands::approvals::expire_approval;
use tallybook_domain::approvals::ApprovalId;
use tallybook_event_store::{CommandError, Fault};
use tallybook_read_models::approvals::due_approvals;

use crate::state::ApiState;

const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
const AT_ONCE: i64 = 200;
/// Who does what nobody does.
const SCHEDULER: &str = "system:schedule";

/// For ever.
pub(crate) async fn attend(state: ApiState) {
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        let book = state.book();
        let due = match due_approvals(book.pool(), book.now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::debug!(%error, "approvals could not be looked after");
                continue;
            }
        };
        for approval in due {
            if let Err(error) = expire(&state, &approval).await {
                tracing::warn!(%error, %approval, "an approval could not expire; it is tried again");
            }
        }
    }
}

/// The read table may be behind: what has expired already is answered with what it answered then.
async fn expire(state: &ApiState, approval: &ApprovalId) -> Result<(), CommandError> {
    let unnamed = |error| CommandError::Corrupt(Fault(format!("the schedule's name: {error}")));
    let actor = SCHEDULER.parse().map_err(unnamed)?;
    let context = CommandContext {
        actor,
        idempotency_key: Some(format!("schedule/expire-approval/{approval}")),
        request_id: None,
        client_address: None,
        dry_run: false,
    };
    let receipt = expire_approval(state.book(), context, approval.clone()).await?;
    if !receipt.replayed {
        tracing::info!(%approval, state = %receipt.outcome.state, "an approval was not given in time");
    }
    Ok(())
}
