//! The events that make up a figure.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use tallybook_read_models::Page;
use tallybook_read_models::explain::{
    ExplainError, ExplainedFigure, ExplainingEvent, Figure, explain, explaining_events, standing,
};
use tokio::sync::OnceCell;
use utoipa::{IntoParams, ToSchema};

use super::question::{Question, figure};
use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{Freshness, ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ExplainParameters {
    /// `wallet_balance`, `wallet_held` or `wallet_available`, with `wallet`; `account_balance`, with `account`,
    /// `currency` and `as_of`; or of the dashboard `deposits`, `reversals`, `withdrawals`, `returns` or `net`, with
    /// `currency`, `from` and `to`.
    #[param(example = "wallet_balance")]
    figure: String,
    #[param(example = "C00042.CNY")]
    wallet: Option<String>,
    /// An account of the ledger; of a summary account, its sub-accounts together.
    #[param(example = "1002")]
    account: Option<String>,
    #[param(example = "CNY")]
    currency: Option<String>,
    /// The last effective date that counts towards an account's balance; all, if left out.
    as_of: Option<NaiveDate>,
    /// The first effective date; from the beginning, if left out.
    from: Option<NaiveDate>,
    /// The last effective date; to the end, if left out.
    to: Option<NaiveDate>,
}

/// Which figure was asked for, what it is, what its events come to, and the events.
#[derive(Debug, Serialize, ToSchema)]
struct Explanation {
    question: Question,
    #[serde(flatten)]
    explained: ExplainedFigure,
    events: Vec<ExplainingEvent>,
}

impl Listed for Explanation {
    type Row = ExplainingEvent;

    fn into_rows(self) -> Vec<ExplainingEvent> {
        self.events
    }
}

impl Tabular for ExplainingEvent {
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "event_type",
        "aggregate_type",
        "aggregate_id",
        "effective_date",
        "actor",
        "request_id",
        "reason",
        "amount",
        "differing_line",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Integer(self.position),
            Cell::at(self.recorded_at),
            Cell::text(&self.event_type),
            Cell::text(&self.aggregate_type),
            Cell::text(&self.aggregate_id),
            Cell::optional_date(self.effective_date),
            Cell::text(&self.actor),
            Cell::optional(self.request_id.as_ref()),
            Cell::optional(self.reason.as_ref()),
            Cell::total(self.amount),
            self.differing_line.map_or(Cell::Empty, Cell::total),
            Cell::text(self.amount.currency()),
        ]
    }
}

/// Explain a figure
///
/// The figure as its read table has it, the sum of the events that make it up, whether the two are equal, and those
/// events with their actors and request ids. A wallet is summed up from its events alone; accounts and days from the
/// lines of the ledger, and each line on the page is held against its event: `differing_line` is `null` where they
/// agree. Figure and sum are those of all events, of which a page has a part.
#[utoipa::path(get, path = "/v1/explain", tag = "journal", params(ListParameters, ExplainParameters),
    responses((status = 200, body = Page<Explanation>)))]
pub(super) async fn show_explanation(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let mut query = input.query();
    let figure = figure(&mut query);
    let listing = input.listing(query)?;
    let Some(figure) = figure else { return Err(Problem::internal("an impossible figure was not refused")) };
    state.reading(&[figure.shown_by()], None, listing.fresh).await?;
    let (figure, once) = (Arc::new(figure), Arc::new(OnceCell::new()));
    let asked = state.clone();
    list(&state, listing, move |page| {
        let (state, figure, once) = (asked.clone(), figure.clone(), once.clone());
        async move {
            // All pages of a table are about the figure as it was when the first was read.
            let (explained, position) = once.get_or_try_init(|| explained(&state, &figure)).await?;
            let (position, pool) = (*position, state.book().pool());
            let (events, next_cursor) =
                explaining_events(pool, &figure, position, &page.paging()?).await.map_err(problem)?;
            let (question, explained) = (Question::of(&figure), explained.clone());
            Ok(Page { data: Explanation { question, explained, events }, next_cursor, position })
        }
    })
    .await
}

async fn explained(state: &ApiState, figure: &Figure) -> Result<(ExplainedFigure, u64), Problem> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let pool = state.book().pool();
    let standing = standing(pool, figure).await?;
    if let Some(lines) = figure.lines_of() {
        let as_far = Freshness { min_position: standing.position, wait: PATIENCE };
        state.reading(&[lines], None, Some(as_far)).await?;
    }
    let explained = explain(pool, figure, standing).await.map_err(problem)?;
    Ok((explained, standing.position))
}

fn problem(error: ExplainError) -> Problem {
    match error {
        ExplainError::Read(error) => error.into(),
        ExplainError::Unreadable { .. } => Problem::internal(error),
        ExplainError::UnknownWallet(wallet) => {
            let detail = format!("The journal has no wallet {wallet}.");
            Problem::new(ProblemKind::AggregateNotFound, detail).with("id", wallet)
        }
    }
}
