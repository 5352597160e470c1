//! What can be asked about a book: one read model per question, each a pure fold and the queries that read it.
//!
//! Owns the fold, the rows and the queries. Must never append an event or move a projection's position; folding
//! into the database is the projector's business.

pub mod approvals;
pub mod billing;
pub mod channels;
pub mod customers;
pub mod deposits;
pub mod explain;
pub mod fold;
pub mod ledger;
pub mod orders;
pub mod payouts;
mod query;
pub mod risk;
pub mod schema;
pub mod settlement;
#[cfg(test)]
mod testing;

pub use fold::Projection;
pub use query::{
    Answer, AsOf, DateRange, Direction, InvalidCursor, Page, Paging, PagingError, Period, PeriodError,
    ReadError, Sort, SortKey, Standpoint, Total, UnknownSort,
};
