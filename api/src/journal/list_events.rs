//! The list of events.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::BookEvent;
use tallybook_event_store::journal::head_position;
use tallybook_read_models::Page;
use utoipa::IntoParams;

use super::cursor::LAST;
use super::event::EventView;
use super::{of_stream, scan};
use crate::access::{Action, Caller};
use crate::answer::list;
use crate::problem::Problem;
use crate::request::{ListParameters, PageRequest, QueryReader, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct EventParameters {
    /// Events after this position; from the first one, if left out.
    #[param(default = 0)]
    after: Option<u64>,
    /// Only the events of this aggregate: a customer, a wallet, a bill or any other.
    #[param(example = "C00042.CNY")]
    aggregate_id: Option<String>,
    /// Only events of this type.
    #[param(example = "DepositRecorded")]
    event_type: Option<String>,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct EventFilter {
    pub(super) aggregate_id: Option<String>,
    pub(super) event_type: Option<&'static str>,
}

impl EventFilter {
    pub(super) fn read(query: &mut QueryReader<'_>) -> Self {
        let aggregate_id = query.raw("aggregate_id").map(std::borrow::Cow::into_owned);
        let event_type = query.raw("event_type").and_then(|given| {
            let known = known_types().find(|known| *known == given);
            if known.is_none() {
                let all: Vec<_> = known_types().collect();
                query.refuse("event_type", "unknown_value", format!("must be one of {}", all.join(", ")));
            }
            known
        });
        Self { aggregate_id, event_type }
    }
}

fn known_types() -> impl Iterator<Item = &'static str> {
    BookEvent::KINDS.iter().flat_map(|(_, kinds)| kinds.iter()).map(|kind| kind.name)
}

/// List events
///
/// In the order of the journal. With a filter a page may have fewer events than asked for, or none, and still a
/// `next_cursor`: a request looks at a limited number of events. Read on until it is `null`.
#[utoipa::path(get, path = "/v1/events", tag = "journal", params(ListParameters, EventParameters),
    responses((status = 200, body = Page<Vec<EventView>>)))]
pub(super) async fn list_events(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let mut query = input.query();
    let after = query.number("after", 0..=LAST).unwrap_or(0);
    let filter = EventFilter::read(&mut query);
    let listing = input.listing(query)?;
    let book = state.book().clone();
    list(&state, listing, move |page: PageRequest| {
        let (book, filter) = (book.clone(), filter.clone());
        async move {
            let position = head_position(book.pool()).await?;
            let (data, next_cursor) = match &filter.aggregate_id {
                Some(id) => of_stream::page(book.pool(), id, filter.event_type, after, &page).await?,
                None => scan::page(book.pool(), filter.event_type, after, position, &page).await?,
            };
            Ok(Page::<Vec<EventView>> { data, next_cursor, position })
        }
    })
    .await
}
