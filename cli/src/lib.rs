//! The one binary, `tallybook`: settings, start-up and the subcommands.
//!
//! Owns what touches the machine: environment, clock, files, processes, the terminal. It decides nothing about
//! money: that goes through the use cases in `commands`.

mod import;
pub mod postgres;
