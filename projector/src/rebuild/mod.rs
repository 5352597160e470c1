//! Rebuilding projections while people read and write: new tables beside the live ones, and one short swap.
//!
//! Must never leave the live tables in between: a rebuild that fails, is cancelled or killed has changed nothing that
//! is read, and what it left behind is dropped at the next start.

mod attend;
mod back;
mod blockers;
mod dependents;
mod ending;
mod error;
mod grants;
mod growing;
mod lock;
mod logbook;
mod overtake;
mod record;
mod request;
mod restore;
mod run;
mod site;
mod swap;
mod swapping;
mod sweep;
mod takeover;
mod verify;

pub(crate) use attend::Attendant;
pub use blockers::Blocker;
pub use ending::{EndState, Ending, Unfinished};
pub use error::RebuildError;
pub(crate) use lock::Lock;
pub(crate) use overtake::{Overtaker, Resting};
pub use record::{
    Asked, NewRebuild, RebuildRecord, RebuildState, cancel_rebuild, find_rebuild, list_rebuilds,
    request_rebuild,
};
pub use request::{RebuildOutcome, RebuildRequest, Rebuilder};
pub(crate) use sweep::sweep;
pub use verify::Verification;
