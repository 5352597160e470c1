//! A bill run as it goes on: server-sent events until it is over.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use tallybook_domain::Month;
use tallybook_domain::billing::bill_run::BillRunState;
use tallybook_read_models::billing::{BillRunStatus, BillRuns, Bills, find_bill_run};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller, bearer_token};
use crate::answer::not_found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::{ApiState, StreamPlace};

const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Follow a bill run
///
/// Server-sent events: `data` is the run as in `GET /v1/bill-runs/{month}`, at once and whenever it has changed. The
/// stream ends when the run is over. It counts as one of the caller's eight event streams.
#[utoipa::path(get, path = "/v1/bill-runs/{month}/stream", tag = "bills",
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(super) async fn stream_bill_run(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
    parts: Parts,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let month: Month = path.parse(ProblemKind::BillRunNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[BillRuns::NAME, Bills::NAME], view.as_ref(), fresh).await?;
    let Answer { data, position } = find_bill_run(&pool, month).await?;
    let now = data.ok_or_else(|| not_found(ProblemKind::BillRunNotFound, &month, position))?;
    let place = state.event_stream(caller.actor())?;
    let token = bearer_token(&parts).map(str::to_owned).unwrap_or_default();
    let watcher = Watcher { state, token, month, now, sent: None, _place: place };
    Ok(Sse::new(watcher.events()).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

struct Watcher {
    state: ApiState,
    token: String,
    month: Month,
    now: BillRunStatus,
    sent: Option<BillRunStatus>,
    _place: StreamPlace,
}

impl Watcher {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut watcher| async move {
            watcher.look().await?;
            watcher.sent = Some(watcher.now.clone());
            match Event::default().json_data(&watcher.now) {
                Ok(event) => Some((Ok(event), watcher)),
                Err(error) => {
                    tracing::error!(%error, month = %watcher.month, "a bill run could not be sent");
                    None
                }
            }
        })
    }

    /// Waits for something to tell. `None`: nothing more will come.
    async fn look(&mut self) -> Option<()> {
        while self.sent.as_ref() == Some(&self.now) {
            let over = match self.now.run.state {
                BillRunState::Finished => true,
                BillRunState::NotStarted | BillRunState::Running => false,
            };
            if over || self.state.stop().is_cancelled() || !self.may_watch().await {
                return None;
            }
            let stop = self.state.stop().clone();
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = stop.cancelled() => return None,
            }
            match find_bill_run(self.state.book().pool(), self.month).await {
                Ok(found) => self.now = found.data?,
                Err(error) => tracing::warn!(%error, "a bill run could not be looked at; it is tried again"),
            }
        }
        Some(())
    }

    /// A database that does not answer is no reason to end the stream.
    async fn may_watch(&self) -> bool {
        match self.state.access().verify(&self.token, self.state.moment(None)).await {
            Ok(principal) => principal.role.may(Action::ReadModels),
            Err(problem) => problem.kind() == ProblemKind::Unavailable,
        }
    }
}
