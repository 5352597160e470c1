//! Carrying out bill runs, for the API and for the command line: whom a run goes through, one process per month at a
//! time, and taking up what another has left behind.
//!
//! Must never decide who is billed or for how much: that is done in `commands`, customer by customer.

mod attend;
mod error;
mod preview;
mod schedule;
mod take_up;
mod whom;

pub(crate) use attend::attend;
pub use error::BillRunError;
pub(crate) use preview::PreviewRow;
pub use preview::{PreviewOutcome, preview_all, preview_workbook};
pub use take_up::{TakenUp, take_up};
pub use whom::billable;
