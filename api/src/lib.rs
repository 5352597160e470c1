//! The API: HTTP in, problem+json or JSON, CSV and XLSX out.
//!
//! Owns sign-in, roles, routes, the shape of requests and answers, and the description of all that. A handler reads
//! straight down: who asks, what is asked, the use case or query, the answer. Must never decide what may happen in
//! the book (that is `domain`), nor write to it but through `commands`.

pub mod access;
mod answer;
mod approvals;
mod background;
pub mod bill_runs;
mod billing;
mod boundary;
pub mod channels;
mod customers;
mod dashboard;
mod deposits;
mod explain;
pub mod import_mappings;
mod journal;
mod ledger;
mod list_import;
pub mod matching;
pub mod metrics;
mod openapi;
mod operations;
mod orders;
pub mod payouts;
mod print;
pub mod problem;
mod projections;
pub mod reports;
mod request;
mod risk;
mod router;
pub mod run_lock;
mod serve;
mod settlement;
mod state;
pub mod usage_sources;
mod views;
pub mod webhook_secret;

pub use answer::formula_safe;
pub use journal::EventView;
pub use openapi::{openapi, openapi_json};
pub use print::Seller;
pub use router::router;
pub use serve::serve;
pub use state::{ApiSettings, ApiState, REFUSALS_KEPT_DAYS};
pub use tallybook_commands::customers::personal::MasterKey;
