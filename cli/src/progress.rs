//! How far long work is: a bar on a terminal, a line now and then elsewhere.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tokio::time::Instant;

use crate::output::{note, stderr_is_terminal};

const BETWEEN_LINES: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    unit: &'static str,
    lines: bool,
    next_line: Mutex<Instant>,
}

impl Progress {
    /// Work on so many rows, events or whatever `unit` says.
    pub fn over(total: u64, unit: &'static str, quiet: bool) -> Self {
        let terminal = stderr_is_terminal();
        let target =
            if terminal && !quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = format!("{{bar:40}} {{pos}}/{{len}} {unit}, {{rate}}/s, {{eta}} left {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            // The bar's own rate has decimals.
            bar.set_style(style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
                let rate = HumanCount(state.per_sec().round() as u64);
                text.write_fmt(format_args!("{rate}")).unwrap_or_else(|error| {
                    tracing::debug!(%error, "a rate could not be shown");
                });
            }));
        }
        Self { bar, unit, lines: !terminal && !quiet, next_line: Mutex::new(Instant::now() + BETWEEN_LINES) }
    }

    pub fn advance(&self, by: u64) {
        self.bar.inc(by);
        self.line();
    }

    pub fn advance_rows(&self, rows: usize) {
        self.advance(u64::try_from(rows).unwrap_or(u64::MAX));
    }

    /// Where work stands whose whole is not known from the beginning, and what is being done.
    pub fn reach(&self, position: u64, total: u64, doing: impl Into<Cow<'static, str>>) {
        self.bar.set_length(total);
        self.bar.set_position(position);
        self.bar.set_message(doing);
        self.line();
    }

    fn line(&self) {
        if !self.lines {
            return;
        }
        let Ok(mut next_line) = self.next_line.lock() else { return };
        if Instant::now() >= *next_line {
            *next_line = Instant::now() + BETWEEN_LINES;
            let (position, total) = (self.bar.position(), self.bar.length().unwrap_or(0));
            match self.bar.message() {
                doing if doing.is_empty() => note(format!("{position} of {total} {}", self.unit)),
                doing => note(format!("{position} of {total} {}, {doing}", self.unit)),
            }
        }
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
