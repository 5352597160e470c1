//! How far each read model has come, and whether it runs.

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::{ProjectionStatus, statuses};
use tallybook_read_models::Page;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list, one_page};
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;

impl Tabular for ProjectionStatus {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "version",
        "position",
        "head",
        "lag",
        "status",
        "error",
        "error_position",
        "leader",
        "led",
        "led_since",
        "lease_until",
        "rebuild",
        "updated_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::text(self.version),
            Cell::Integer(self.position),
            Cell::Integer(self.head),
            Cell::Integer(self.lag),
            Cell::spelled(self.status),
            Cell::optional(self.error.as_ref()),
            self.error_position.map_or(Cell::Empty, Cell::Integer),
            Cell::optional(self.leader.as_ref()),
            Cell::text(self.led),
            self.led_since.map_or(Cell::Empty, Cell::at),
            self.lease_until.map_or(Cell::Empty, Cell::at),
            self.rebuild.as_ref().map_or(Cell::Empty, |rebuild| Cell::spelled(rebuild.phase)),
            Cell::at(self.updated_at),
        ]
    }
}

/// List the projections
///
/// Position, lag behind the journal, and whether it runs: `running` if a process leads it, which one, since when and how
/// long its lease lasts; `not_led` if nobody runs it; `stopped` at which event and why. A rebuild under way is told with
/// how far it is and, if its swap waits for others' transactions, for which.
#[utoipa::path(get, path = "/v1/projections", tag = "operation",
    responses((status = 200, body = Page<Vec<ProjectionStatus>>)))]
pub(super) async fn list_projections(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadProjections)?;
    let listing = input.whole(input.query())?;
    let pool = state.book().pool().clone();
    list(&state, listing, move |_| {
        let pool = pool.clone();
        async move {
            let statuses = statuses(&pool).await?;
            let head = statuses.iter().map(|status| status.head).max().unwrap_or(0);
            Ok(one_page(statuses, head))
        }
    })
    .await
}
