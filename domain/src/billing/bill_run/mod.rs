//! The bill run: billing all customers for a month, in chunks, so that it can stop anywhere and go on.

mod aggregate;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::{BillRun, BillRunCommand, BillRunRefusal, RunCounts};
pub use event::{BillRunEvent, ParkedCustomer, RunTerms};
pub use state::BillRunState;
