//! The program in processes of its own: killed, crashed and doubled under load, and fed with bank statements.
//!
//! `make test` builds the program first; by hand it takes `cargo build --package tallybook`.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test stops where its own material is wrong")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own names and read the clock and the environment"
)]

mod bill_runs;
mod book;
mod busy_book;
mod crash;
mod demo;
mod erase;
mod export;
mod import;
mod load;
mod matching;
mod payouts;
mod poison;
mod projectors_come_and_go;
mod risk;
mod two_processes;
mod unreadable;
mod usage_sources;
