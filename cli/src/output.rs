//! What the user sees: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use anyhow::anyhow;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::failure::Failure;

/// The first write of a result that failed, though somebody reads.
static LOST: OnceLock<String> = OnceLock::new();

/// A line of the result. A reader that went away (`| head`) is no failure of ours; any other is told at the end, by
/// `complete`.
pub fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => tracing::debug!("standard output is closed"),
        Err(error) => {
            LOST.get_or_init(|| error.to_string());
        }
    }
}

/// Whether everything that was said has arrived.
pub fn complete() -> Result<(), Failure> {
    match LOST.get() {
        Some(error) => Err(Failure::environment(anyhow!("standard output: {error}"))),
        None => Ok(()),
    }
}

/// A line about the work, not part of its result.
pub fn note(line: impl Display) {
    let mut err = io::stderr().lock();
    if writeln!(err, "{line}").is_err() {
        tracing::debug!("standard error is closed");
    }
}

/// The result for machines: one JSON document.
pub fn say_json(value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
    say(serde_json::to_string(value)?);
    Ok(())
}

/// Whether it makes sense to write more of a long result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    Written,
    /// The reader went away (`| head`), which is no failure of ours.
    NobodyReads,
}

/// Tells a reader that went away from a disk that is full.
pub fn ended(written: io::Result<()>) -> Result<Lines, Failure> {
    match written {
        Ok(()) => Ok(Lines::Written),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Lines::NobodyReads),
        Err(error) => Err(Failure::environment(anyhow!("standard output: {error}"))),
    }
}

/// A moment as everyone is shown it, in JSON, too: RFC 3339, in UTC.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}
