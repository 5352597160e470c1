//! Events as they happen: server-sent events that can be taken up again where they broke off.
//!
//! A page is read only when the client has taken the one before, so a slow client costs no memory. Who listens is
//! checked again while the stream is open, so a revoked token ends it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use tokio::sync::watch;

use super::cursor::LAST;
use super::event::EventView;
use super::list_events::EventFilter;
use super::scan::events_after;
use crate::access::{Action, Caller, bearer_token};
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::QueryReader;
use crate::state::{ApiState, StreamPlace};

/// Events read at once.
const PAGE: u32 = 200;
/// A comment is sent after so long a silence, so that no proxy closes the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The caller is checked again at least this often; also how soon a missed wake-up is made good.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Follow events
///
/// Server-sent events: `id` is the position, `data` the event as in `GET /v1/events/{position}`. Begins after
/// `Last-Event-ID` (which an `EventSource` sends by itself when it connects again), else after `after`, else with the
/// first event, and never ends. A caller may have eight open at once.
#[utoipa::path(get, path = "/v1/events/stream", tag = "journal",
    params(("after" = Option<u64>, Query, description = "Begin after this position."),
        ("aggregate_id" = Option<String>, Query, description = "Only the events of this aggregate."),
        ("event_type" = Option<String>, Query, description = "Only events of this type."),
        ("Last-Event-ID" = Option<u64>, Header, description = "The position of the last event that arrived.")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(super) async fn stream_events(
    State(state): State<ApiState>,
    caller: Caller,
    parts: Parts,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let mut query = QueryReader::new(parts.uri.query());
    let after = query.number("after", 0..=LAST).unwrap_or(0);
    let filter = EventFilter::read(&mut query);
    query.finish()?;
    let after = last_event_id(&parts)?.unwrap_or(after);
    let place = state.event_stream(caller.actor())?;
    let token = bearer_token(&parts).map(str::to_owned).unwrap_or_default();
    let listener = Listener {
        tail: state.tail().subscribe(),
        after,
        filter,
        waiting: VecDeque::new(),
        token,
        state,
        _place: place,
    };
    Ok(Sse::new(listener.events()).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

fn last_event_id(parts: &Parts) -> Result<Option<u64>, Problem> {
    let Some(given) = parts.headers.get("last-event-id") else { return Ok(None) };
    match given.to_str().ok().and_then(|text| text.parse().ok()) {
        Some(position) if position <= LAST => Ok(Some(position)),
        Some(_) | None => Err(Problem::validation(vec![FieldError {
            pointer: "Last-Event-ID".into(),
            code: "malformed",
            detail: format!("must be a position, from 0 to {LAST}"),
        }])),
    }
}

struct Listener {
    state: ApiState,
    token: String,
    tail: watch::Receiver<u64>,
    /// Everything up to here was read.
    after: u64,
    filter: EventFilter,
    /// Read but not yet taken by the client.
    waiting: VecDeque<EventView>,
    _place: StreamPlace,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            let sent = Event::default().id(event.position().to_string()).json_data(&event);
            match sent {
                Ok(sent) => Some((Ok(sent), listener)),
                Err(error) => {
                    tracing::error!(%error, position = event.position(), "an event could not be sent");
                    None
                }
            }
        })
    }

    /// The next event. `None`: the process stops, or the listener may not listen any more.
    async fn next(&mut self) -> Option<EventView> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.state.stop().is_cancelled() || !self.may_listen().await {
                return None;
            }
            match events_after(self.state.book().pool(), self.after, PAGE).await {
                Ok(events) => {
                    let full = events.len() >= PAGE as usize;
                    self.after = events.last().map_or(self.after, EventView::position);
                    self.waiting.extend(events.into_iter().filter(|event| event.is_of(&self.filter)));
                    if self.waiting.is_empty() && !full {
                        self.wait().await;
                    }
                }
                Err(problem) => {
                    tracing::warn!(cause = problem.cause(), "an event stream could not read on yet");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// A database that does not answer is no reason to end the stream; nothing is sent without it either.
    async fn may_listen(&self) -> bool {
        match self.state.access().verify(&self.token, self.state.moment(None)).await {
            Ok(principal) => principal.role.may(Action::ReadJournal),
            Err(problem) => problem.kind() == ProblemKind::Unavailable,
        }
    }

    async fn wait(&mut self) {
        let after = self.after;
        let stop = self.state.stop().clone();
        tokio::select! {
            // Its sender lives as long as the state this listener holds.
            heard = self.tail.wait_for(|head| *head > after) => drop(heard),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = stop.cancelled() => {}
        }
    }
}
