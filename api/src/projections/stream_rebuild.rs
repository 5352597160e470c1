//! A rebuild as it goes on: server-sent events until it is over.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use tallybook_projector::{RebuildRecord, find_rebuild};

use super::rebuild::rebuild_at;
use crate::access::{Action, Caller, bearer_token};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, QueryReader};
use crate::state::{ApiState, StreamPlace};

/// As often as progress is written.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Follow a rebuild
///
/// Server-sent events: `data` is the rebuild as in `GET /v1/projections/rebuilds/{id}`, at once and whenever it has
/// changed. The stream ends when the rebuild is over. It counts as one of the caller's eight event streams.
#[utoipa::path(get, path = "/v1/projections/rebuilds/{id}/stream", tag = "operation",
    params(("id" = String, Path, description = "The rebuild's id")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(super) async fn stream_rebuild(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    parts: Parts,
) -> Result<Response, Problem> {
    caller.may(Action::ReadProjections)?;
    QueryReader::new(parts.uri.query()).finish()?;
    let now = rebuild_at(&state, &path).await?;
    let place = state.event_stream(caller.actor())?;
    let token = bearer_token(&parts).map(str::to_owned).unwrap_or_default();
    let watcher = Watcher { state, token, now, sent: None, _place: place };
    Ok(Sse::new(watcher.events()).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

struct Watcher {
    state: ApiState,
    token: String,
    now: RebuildRecord,
    sent: Option<RebuildRecord>,
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
                    tracing::error!(%error, rebuild = %watcher.now.id, "a rebuild could not be sent");
                    None
                }
            }
        })
    }

    /// Waits for something to tell. `None`: nothing more will come.
    async fn look(&mut self) -> Option<()> {
        while self.sent.as_ref() == Some(&self.now) {
            if self.now.state.is_over() || self.state.stop().is_cancelled() || !self.may_watch().await {
                return None;
            }
            let stop = self.state.stop().clone();
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = stop.cancelled() => return None,
            }
            match find_rebuild(self.state.book().pool(), self.now.id).await {
                Ok(found) => self.now = found?,
                Err(error) => tracing::warn!(%error, "a rebuild could not be looked at; it is tried again"),
            }
        }
        Some(())
    }

    /// A database that does not answer is no reason to end the stream.
    async fn may_watch(&self) -> bool {
        match self.state.access().verify(&self.token, self.state.moment(None)).await {
            Ok(principal) => principal.role.may(Action::ReadProjections),
            Err(problem) => problem.kind() == ProblemKind::Unavailable,
        }
    }
}
