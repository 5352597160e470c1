//! Bill numbers: one after the other in each year, without gaps.

mod aggregate;
mod event;
mod number;

pub use aggregate::{BillNumbers, BillNumbersCommand, BillNumbersRefusal};
pub use event::BillNumbersEvent;
pub use number::BillNumber;
