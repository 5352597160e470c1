//! What a note is about, as a request tells it.

use std::collections::BTreeSet;

use tallybook_domain::Money;
use tallybook_domain::billing::bill::NoteLines;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::request::{BodyReader, JsonValue, list, money, number, object};

/// A bill has at most as many lines as its plans have items, and a few true-ups.
const MOST_LINES: usize = 1_000;

/// So much of a line.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a line of NoteLines")]
pub(super) struct NoteLineBody {
    /// Its number on the bill, counted from 1 through all parts.
    line: u32,
    /// Without tax. The tax follows from the line's rate.
    amount: schema::Money,
}

/// Reads the lines of a note, each of them once.
pub(super) fn lines(body: &mut BodyReader<'_, '_>) -> Option<NoteLines> {
    let lines = body.required("lines", some_lines)?;
    let lines: Vec<(u32, Money)> = lines.into_iter().collect::<Option<_>>()?;
    if lines.is_empty() {
        body.refuse("/lines", "empty", "must have at least one line");
        return None;
    }
    let numbers: BTreeSet<u32> = lines.iter().map(|(line, _)| *line).collect();
    if numbers.len() < lines.len() {
        body.refuse("/lines", "duplicate", "must name each line once");
        return None;
    }
    Some(NoteLines::Lines(lines))
}

/// Reads the lines of a note, or that it is about the whole of what is left.
pub(super) fn whole_or_lines(body: &mut BodyReader<'_, '_>) -> Option<NoteLines> {
    let whole = body.optional("whole", |value| value.boolean()).unwrap_or(false);
    if !whole {
        return lines(body);
    }
    if body.optional("lines", some_lines).is_some() {
        body.refuse(
            "/lines",
            "not_with_whole",
            "the whole of what is left has no lines: leave out one of both",
        );
        return None;
    }
    Some(NoteLines::Whole)
}

fn some_lines(value: JsonValue<'_, '_>) -> Option<Vec<Option<(u32, Money)>>> {
    list(value, MOST_LINES, line)
}

fn line(value: JsonValue<'_, '_>) -> Option<(u32, Money)> {
    object(value, |line| {
        let of = line.required("line", |value| number(value, 1..=u32::MAX));
        let amount = line.required("amount", money);
        Some((of?, amount?))
    })
}
