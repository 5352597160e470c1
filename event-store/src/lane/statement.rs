//! The text of the one statement that writes the journal. Its parameters come from `append`, in this order.

use std::collections::HashMap;
use std::sync::Arc;

use super::column::Rows;

impl Rows {
    /// The values of parameter `number`, one for each row.
    fn values(self, number: usize, of: &str) -> String {
        match self {
            Self::One => format!("${number}::{of}"),
            Self::Many => format!("unnest(${number}::{of}[])"),
        }
    }

    /// All values of parameter `number` as one array.
    fn array(self, number: usize, of: &str) -> String {
        match self {
            Self::One => format!("ARRAY[${number}::{of}]"),
            Self::Many => format!("${number}::{of}[]"),
        }
    }
}

/// The numbers of the first parameters; those before are the head's.
const COMMANDS_FROM: usize = 6;
const EVENTS_FROM: usize = COMMANDS_FROM + COMMAND.len();
const CLAIMS_FROM: usize = EVENTS_FROM + EVENT.len();

const COMMAND: [(&str, &str, &str); 5] = [
    ("command_id", "text", ""),
    ("request_hash", "bytea", ""),
    ("first_position", "bigint", ""),
    ("last_position", "bigint", ""),
    ("outcome", "text", ""),
];

const EVENT: [(&str, &str, &str); 10] = [
    ("position", "bigint", ""),
    ("sequence", "bigint", ""),
    ("recorded_at", "timestamptz", ""),
    ("aggregate_type", "text", ""),
    ("aggregate_id", "text", ""),
    ("event_type", "text", ""),
    ("event_version", "text", ""),
    ("payload", "text", "::json"),
    ("metadata", "text", "::json"),
    ("leaf_hash", "bytea", ""),
];

const CLAIM: [(&str, &str, &str); 2] = [("scope", "text", ""), ("key", "text", "")];

/// Inserts what the parameters from `first` on hold, if the head moved.
fn insert(table: &str, columns: &[(&str, &str, &str)], first: usize, rows: Rows) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let values: Vec<String> = (first..)
        .zip(columns)
        .map(|(number, (_, of, cast))| format!("{}{cast}", rows.values(number, of)))
        .collect();
    format!(
        "new_{table} AS (INSERT INTO {table} ({}) SELECT {} FROM head)",
        names.join(", "),
        values.join(", ")
    )
}

/// Which parts a statement has: each part costs every append a little, so it has those its rows need.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) careful: bool,
    pub(super) events: Rows,
    pub(super) commands: Rows,
    pub(super) claims: Option<Rows>,
    pub(super) releases: Option<Rows>,
}

/// The text of each statement, written once.
#[derive(Default)]
pub(super) struct Statements(HashMap<Shape, Arc<str>>);

impl Statements {
    pub(super) fn of(&mut self, shape: Shape) -> Arc<str> {
        Arc::clone(self.0.entry(shape).or_insert_with(|| shape.statement().into()))
    }
}

impl Shape {
    fn statement(self) -> String {
        let mut parts = Vec::with_capacity(7);
        let mut condition = String::new();
        if self.careful {
            let ids = self.commands.array(COMMANDS_FROM, "text");
            parts.push(format!("known AS (SELECT FROM commands WHERE command_id = ANY ({ids}))"));
            condition.push_str(" AND NOT EXISTS (SELECT FROM known)");
        }
        if self.careful
            && let Some(rows) = self.claims
        {
            parts.push(format!(
                "taken AS (SELECT FROM {} AS wanted (scope, key) JOIN claims USING (scope, key))",
                claim_keys(rows, CLAIMS_FROM)
            ));
            condition.push_str(" AND NOT EXISTS (SELECT FROM taken)");
        }
        parts.push(format!(
            "head AS (UPDATE book_head SET position = $1, frontier = $2, root = $3
                       WHERE ctid = $5::text::tid AND position = $4{condition} RETURNING ctid::text AS head_row)"
        ));
        if let Some(rows) = self.releases {
            let from = CLAIMS_FROM + if self.claims.is_some() { CLAIM.len() } else { 0 };
            parts.push(format!(
                "released AS (DELETE FROM claims USING head, {} AS back (scope, key)
                               WHERE claims.scope = back.scope AND claims.key = back.key)",
                claim_keys(rows, from)
            ));
        }
        if let Some(rows) = self.claims {
            parts.push(insert("claims", &CLAIM, CLAIMS_FROM, rows));
        }
        parts.push(insert("commands", &COMMAND, COMMANDS_FROM, self.commands));
        parts.push(insert("events", &EVENT, EVENTS_FROM, self.events));
        format!("WITH {} SELECT head_row FROM head", parts.join(", "))
    }
}

/// The scopes and keys of the two parameters from `from` on, as a table.
fn claim_keys(rows: Rows, from: usize) -> String {
    format!("unnest({}, {})", rows.array(from, "text"), rows.array(from + 1, "text"))
}
