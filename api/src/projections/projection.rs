//! What the routes of projections share.

use crate::problem::{Problem, ProblemKind};

pub(super) fn not_found(name: String) -> Problem {
    let title = ProblemKind::ProjectionNotFound.title();
    Problem::new(ProblemKind::ProjectionNotFound, format!("{title}.")).with("id", name)
}
