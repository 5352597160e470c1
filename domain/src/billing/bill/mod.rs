//! The bill: what a customer owes for a month, and what became of it.

mod aggregate;
mod amounts;
mod bad_debt;
mod command;
mod credit_open;
mod event;
mod open;
mod part;
mod payment_return;
mod refusal;
mod rules;
mod state;
mod step_date;
mod taxed;
#[cfg(test)]
mod tests;

pub use aggregate::{Bill, Dispute};
pub use amounts::Amounts;
pub use bad_debt::{BadDebtRequest, BadDebtState};
pub use command::{BillAction, BillCommand, NoteLines};
pub(in crate::billing) use credit_open::share_tax;
pub use event::{BillEvent, DisputeOutcome, NoteLine};
pub use open::{BilledLine, BilledPart, OpenBill};
pub use part::{BillPart, Stretch, number_lines, sum_of};
pub use payment_return::PaymentReturn;
pub use refusal::BillRefusal;
pub use state::BillState;
pub use step_date::StepDate;
pub use taxed::Taxed;
