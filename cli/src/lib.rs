//! The one binary, `tallybook`: settings, start-up and the subcommands.
//!
//! Owns what touches the machine: environment, clock, files, processes, the terminal. It decides nothing about
//! money: that goes through the use cases in `commands`.

pub mod argument;
pub mod audit;
#[allow(clippy::float_arithmetic, reason = "rates and ratios are measured here, never money")]
pub mod bench;
pub mod bill_run;
pub mod channels;
pub mod check_config;
pub mod command;
pub mod customer;
pub mod database;
pub mod demo;
pub mod environment;
pub mod export;
pub mod failure;
pub mod import;
pub mod logging;
pub mod migrate;
pub mod output;
pub mod payouts;
pub mod personal_data;
pub mod postgres;
pub mod progress;
pub mod projector;
pub mod reminders;
pub mod risk;
pub mod seals;
pub mod serve;
pub mod settings;
pub mod signals;
pub mod usage;
pub mod user;
pub mod write_off;

use std::process::ExitCode;

use command::CommandLine;
use failure::Failure;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let (line, matches) = CommandLine::read();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return end(Err(error.into())),
    };
    let ended = runtime.block_on(line.run(&matches));
    end(ended.and_then(|()| output::complete()))
}

fn end(ended: Result<(), Failure>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Reported) {
                output::note(format!("error: {failure}"));
            }
            failure.exit_code()
        }
    }
}
