//! What the routes of rebuilds share.

use tallybook_projector::{RebuildRecord, find_rebuild};
use uuid::Uuid;

use crate::answer::{Cell, Tabular};
use crate::problem::{Problem, ProblemKind};
use crate::request::PathId;
use crate::state::ApiState;

impl Tabular for RebuildRecord {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "projection",
        "state",
        "dry_run",
        "expect_equal",
        "back",
        "run",
        "requested_by",
        "requested_at",
        "started_at",
        "finished_at",
        "cancel_requested",
        "error",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.id),
            Cell::text(&self.projection),
            Cell::spelled(self.state),
            Cell::text(self.dry_run),
            Cell::text(self.expect_equal),
            Cell::text(self.back),
            Cell::optional(self.run),
            Cell::text(&self.requested_by),
            Cell::at(self.requested_at),
            self.started_at.map_or(Cell::Empty, Cell::at),
            self.finished_at.map_or(Cell::Empty, Cell::at),
            Cell::text(self.cancel_requested),
            Cell::optional(self.error.as_ref()),
        ]
    }
}

/// The rebuild the path names.
pub(super) async fn rebuild_at(state: &ApiState, path: &PathId) -> Result<RebuildRecord, Problem> {
    let id: Uuid = path.parse(ProblemKind::RebuildNotFound)?;
    find_rebuild(state.book().pool(), id).await?.ok_or_else(|| not_found(id))
}

pub(super) fn not_found(id: Uuid) -> Problem {
    let title = ProblemKind::RebuildNotFound.title();
    Problem::new(ProblemKind::RebuildNotFound, format!("{title}.")).with("id", id.to_string())
}
