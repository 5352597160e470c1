//! Rebuilding projections while people read and write: new tables beside the live ones, and one short swap.
//!
//! Must never leave the live tables in between: a rebuild that fails, is cancelled or killed has changed nothing that
//! is read, and what it left behind is dropped at the next start.

mod back;
mod error;
mod growing;
mod lock;
mod request;
mod run;
mod swap;
mod takeover;
mod verify;

pub use back::back;
pub use error::RebuildError;
pub(crate) use lock::Lock;
pub use request::{RebuildOutcome, RebuildRequest, Rebuilder};
pub use verify::Verification;
