//! Logs on standard error: readable on a terminal, JSON lines elsewhere.

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::output::stderr_is_terminal;

/// Starts logging. `filter` is a level or `tracing` directives: `info`, `warn,tallybook_projector=debug`.
pub fn start(filter: &str) -> Result<(), Failure> {
    let filter = parse(filter)?;
    let started = if stderr_is_terminal() {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init()
    } else {
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init()
    };
    started.map_err(|error| Failure::environment(anyhow::anyhow!("logging does not start: {error}")))
}

/// Whether a filter can be understood.
pub fn check(filter: &str) -> Result<(), Failure> {
    parse(filter).map(|_| ())
}

fn parse(filter: &str) -> Result<EnvFilter, Failure> {
    // "Already exists, skipping" on every start is nobody's business.
    EnvFilter::try_new(format!("sqlx::postgres::notice=warn,{filter}")).map_err(|error| {
        Failure::usage(anyhow::anyhow!("log setting {filter:?}: {error}; try `info` or `debug`"))
    })
}
