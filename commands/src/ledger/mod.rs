//! What people do with the ledger: closing accounting periods (关账) and opening them again.

mod approve_reopening;
mod close_period;
mod outcome;
mod reject_reopening;
mod request_reopening;

pub use approve_reopening::{ApproveReopening, approve_reopening};
pub(crate) use approve_reopening::{reopen, waiting_reopening};
pub use close_period::close_period;
pub use outcome::PeriodOutcome;
pub(crate) use reject_reopening::leave_closed;
pub use reject_reopening::{RejectReopening, reject_reopening};
pub use request_reopening::{RequestReopening, request_reopening};
