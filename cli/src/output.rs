//! What the user sees: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// A line of the result. A reader that went away (`| head`) is no failure of ours.
pub fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        tracing::debug!("standard output is closed");
    }
}

/// A line about the work, not part of its result.
pub fn note(line: impl Display) {
    let mut err = std::io::stderr().lock();
    if writeln!(err, "{line}").is_err() {
        tracing::debug!("standard error is closed");
    }
}

/// The result for machines: one JSON document.
pub fn say_json(value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
    say(serde_json::to_string(value)?);
    Ok(())
}

pub fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}
