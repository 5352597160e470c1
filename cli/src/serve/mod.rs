//! The running book: API and projector, in one process (`up`) or apart (`api`, `projector run`).
//!
//! Owns starting the parts, saying when they are ready, and stopping them in order within ten seconds.

mod api;
mod listen;
mod parts;
mod ready;
mod up;

pub use api::ApiCommand;
pub use parts::{make_book, run_projector, until_stopped};
pub use up::UpCommand;
