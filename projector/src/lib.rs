//! The engine that runs folds: it keeps every read table up to date with the journal, exactly once.
//!
//! It knows no event and no row. Each projection has a task and a connection of its own and shares nothing with the
//! others but the decoded pages of the journal. Must never skip an event: what cannot be folded stops its
//! projection, and only that one.

mod engine;
mod generation;
mod journal;
mod rebuild;
mod registry;
mod run;
mod sampling;
mod settings;
mod status;
mod view;
mod wait;

pub use generation::{
    GenerationError, Phase, Progress, ProgressReport, RowDifference, RowText, TableDifference,
};
pub use rebuild::{
    Asked, Blocker, EndState, Ending, NewRebuild, RebuildError, RebuildOutcome, RebuildRecord,
    RebuildRequest, RebuildState, Rebuilder, Unfinished, Verification, cancel_rebuild, find_rebuild,
    list_rebuilds, request_rebuild,
};
pub use registry::{Registered, every};
pub use run::run;
pub use sampling::Sampled;
pub use settings::ProjectorSettings;
pub use status::{ProjectionStatus, RebuildUnderWay, Status, resume, statuses};
pub use view::{
    InvalidViewName, View, ViewError, ViewName, drop_view, find_view, fits_program, sweep_views,
    view_made_at, view_schema, views,
};
pub use wait::{WaitError, wait_for};
