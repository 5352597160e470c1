//! Why a month looks different now from how it looked then.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;
use tallybook_projector::ViewName;
use tallybook_read_models::ledger::{
    Between, GeneralLedger, LaterEvent, LaterPosting, Restatement, restatement as read,
};
use tallybook_read_models::{Page, Projection};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, list};
use crate::problem::Problem;
use crate::request::{Freshness, KnownAt, ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct RestatementParameters {
    #[param(example = "2026-03")]
    period: String,
    /// How it was known first: a position, or a moment.
    #[param(example = "2026-04-05T18:00:00+08:00")]
    known_at_1: String,
    /// How it was known later: a position, or a moment; now, if left out.
    known_at_2: Option<String>,
}

/// What changed and why.
#[derive(Serialize, ToSchema)]
pub(super) struct Restated {
    #[serde(flatten)]
    figures: Restatement,
    /// As it was asked for, and the position it came to.
    known_at_1: KnownAt,
    position_1: u64,
    /// As it was asked for, and the position it came to.
    known_at_2: KnownAt,
    position_2: u64,
    /// What was recorded in between and counts for the period, in the order of recording.
    events: Vec<Explained>,
}

/// An event that was recorded later, with the reason it was given.
#[derive(Serialize, ToSchema)]
pub(super) struct Explained {
    #[serde(flatten)]
    event: LaterEvent,
    /// `null` if none was given, and for those who may not read events.
    reason: Option<String>,
}

/// One posting of such an event.
pub(super) struct ExplainedPosting(Explained, LaterPosting);

impl Listed for Restated {
    type Row = ExplainedPosting;

    fn into_rows(self) -> Vec<ExplainedPosting> {
        let rows = self.events.into_iter().flat_map(|Explained { mut event, reason }| {
            let postings = std::mem::take(&mut event.postings);
            postings.into_iter().map(move |posting| {
                ExplainedPosting(Explained { event: event.clone(), reason: reason.clone() }, posting)
            })
        });
        rows.collect()
    }
}

impl Tabular for ExplainedPosting {
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "effective_date",
        "event_type",
        "aggregate_type",
        "aggregate_id",
        "actor",
        "reason",
        "changes",
        "account",
        "side",
        "amount",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self(Explained { event, reason }, posting) = self;
        vec![
            Cell::Integer(event.position),
            Cell::at(event.recorded_at),
            Cell::Date(event.effective_date),
            Cell::text(&event.event_type),
            Cell::text(&event.aggregate_type),
            Cell::text(&event.aggregate_id),
            Cell::text(&event.actor),
            Cell::optional(reason.as_ref()),
            Cell::spelled(event.changes),
            Cell::text(posting.account),
            Cell::spelled(posting.side),
            Cell::money(posting.amount),
            Cell::text(posting.amount.currency()),
        ]
    }
}

/// Explain a restated month
///
/// The accounts whose figures for the month differ between two states of the book's knowledge, and every event recorded
/// in between that makes the difference, with its actor and reason: those dated within the month, and those dated
/// before it, which change what it begins with. As a table, one row for each posting. Reasons are shown to those who may
/// read events; for others they are `null`.
#[utoipa::path(get, path = "/v1/ledger/restatement", tag = "ledger", params(ListParameters, RestatementParameters),
    responses((status = 200, body = Page<Restated>)))]
pub(super) async fn show_restatement(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    query.need("period");
    query.need("known_at_1");
    let period = query.month("period");
    let (first, second) = (query.known_at("known_at_1"), query.known_at("known_at_2"));
    let view = query.view();
    let mut listing = input.listing(query)?;
    let (Some(period), Some(first)) = (period, first) else {
        return Err(Problem::internal("a missing parameter was not refused"));
    };
    let asked = Asked::read(&state, view.as_ref(), (first, second)).await?;
    if view.is_none() {
        listing.fresh = Some(Freshness::at_least(asked.between.known_at_2, listing.fresh));
    }
    let pool = state.reading(&[GeneralLedger::NAME], view.as_ref(), listing.fresh).await?;
    // The read tables have no reasons, and who may not read events is told none.
    let journal = caller.may(Action::ReadJournal).is_ok().then(|| state.book().pool().clone());
    list(&state, listing, move |page| {
        let (pool, journal) = (pool.clone(), journal.clone());
        async move {
            let Page { data, next_cursor, position } =
                read(&pool, period, asked.between, &page.paging()?).await?;
            Ok(Page { data: asked.explain(journal.as_ref(), data).await?, next_cursor, position })
        }
    })
    .await
}

/// What is compared, as it was asked for and as the positions it came to.
#[derive(Clone, Copy)]
struct Asked {
    first: KnownAt,
    second: KnownAt,
    between: Between,
}

impl Asked {
    /// The later state, if it is left out, is the last one there is.
    async fn read(
        state: &ApiState,
        view: Option<&ViewName>,
        (first, second): (KnownAt, Option<KnownAt>),
    ) -> Result<Self, Problem> {
        let known_at_1 = first.position("known_at_1", state, view).await?;
        let second = match second {
            Some(second) => second,
            None => KnownAt::Position(state.last_position(view).await?),
        };
        let known_at_2 = second.position("known_at_2", state, view).await?;
        if known_at_2 < known_at_1 {
            return Err(Problem::out_of_range("known_at_2", "lies before known_at_1"));
        }
        Ok(Self { first, second, between: Between { known_at_1, known_at_2 } })
    }

    async fn explain(self, journal: Option<&PgPool>, mut figures: Restatement) -> Result<Restated, Problem> {
        let events = std::mem::take(&mut figures.events);
        let mut reasons = match journal {
            Some(journal) => reasons(journal, &events).await?,
            None => HashMap::new(),
        };
        let events = events
            .into_iter()
            .map(|event| Explained { reason: reasons.remove(&event.position).flatten(), event })
            .collect();
        Ok(Restated {
            figures,
            known_at_1: self.first,
            position_1: self.between.known_at_1,
            known_at_2: self.second,
            position_2: self.between.known_at_2,
            events,
        })
    }
}

/// The reasons that were given, by position. The ledger does not keep them; the journal does.
async fn reasons(journal: &PgPool, events: &[LaterEvent]) -> Result<HashMap<u64, Option<String>>, Problem> {
    let positions: Vec<i64> = events
        .iter()
        .map(|event| event.position.try_into())
        .collect::<Result<_, _>>()
        .map_err(Problem::internal)?;
    let rows = sqlx::query!(
        "SELECT position, metadata ->> 'reason' AS reason FROM events WHERE position = ANY ($1)",
        &positions
    )
    .fetch_all(journal)
    .await?;
    rows.into_iter().map(|row| Ok((unsigned(row.position)?, row.reason))).collect()
}
