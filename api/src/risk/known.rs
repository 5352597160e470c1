//! What the read tables know of who asks for money, in time or not at all.

use std::time::Duration;

use tallybook_domain::risk::Known;
use tallybook_domain::{Currency, CustomerId, WalletId};
use tallybook_read_models::Projection;
use tallybook_read_models::customers::Customers;
use tallybook_read_models::risk::{RiskFlows, known_of};
use tokio::time::timeout;

use crate::problem::{Problem, ProblemKind};
use crate::request::Freshness;
use crate::state::ApiState;

/// As long as a reader waits who does not say how long.
const WAIT: Duration = Duration::from_secs(2);

/// All that this process had recorded when it was asked. `None`: the read tables are further behind, or busier, than
/// anybody should wait for; the withdrawal is not refused for that.
pub(crate) async fn known_now(
    state: &ApiState,
    customer: &CustomerId,
    currency: Currency,
) -> Result<Option<Known>, Problem> {
    match timeout(WAIT, read(state, &WalletId::new(customer, currency))).await {
        Ok(Ok(known)) => Ok(Some(known)),
        Ok(Err(problem)) if is_behind(problem.kind()) => Ok(None),
        Ok(Err(problem)) => Err(problem),
        Err(_elapsed) => Ok(None),
    }
}

async fn read(state: &ApiState, wallet: &WalletId) -> Result<Known, Problem> {
    let fresh = Freshness { min_position: state.book().head(), wait: WAIT };
    let pool = state.reading(&[RiskFlows::NAME, Customers::NAME], None, Some(fresh)).await?;
    Ok(known_of(&pool, wallet, state.book().now()).await?)
}

fn is_behind(kind: ProblemKind) -> bool {
    kind == ProblemKind::ProjectionBehind || kind == ProblemKind::ProjectionStopped
}
