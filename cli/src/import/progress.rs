//! How far an import is: a bar on a terminal, a line now and then elsewhere.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use crate::output::{note, stderr_is_terminal};

const BETWEEN_LINES: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    lines: bool,
    next_line: Mutex<Instant>,
}

impl Progress {
    pub(super) fn over(rows: usize, quiet: bool) -> Self {
        let terminal = stderr_is_terminal();
        let target =
            if terminal && !quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(u64::try_from(rows).ok(), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {per_sec}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, lines: !terminal && !quiet, next_line: Mutex::new(Instant::now() + BETWEEN_LINES) }
    }

    pub(super) fn advance(&self) {
        self.bar.inc(1);
        if !self.lines {
            return;
        }
        let Ok(mut next_line) = self.next_line.lock() else { return };
        if Instant::now() >= *next_line {
            *next_line = Instant::now() + BETWEEN_LINES;
            note(format!("{} of {} rows", self.bar.position(), self.bar.length().unwrap_or(0)));
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
