//! Rows and how they are stored: their table, their columns and their text.

use std::fmt::Debug;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::RecordedEvent;
use utoipa::ToSchema;

use super::Fields;

/// A column and the type its text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub sql_type: &'static str,
}

impl Column {
    pub const fn text(name: &'static str) -> Self {
        Self { name, sql_type: "text" }
    }

    pub const fn number(name: &'static str) -> Self {
        Self { name, sql_type: "bigint" }
    }

    pub const fn amount(name: &'static str) -> Self {
        Self { name, sql_type: "numeric" }
    }

    pub const fn flag(name: &'static str) -> Self {
        Self { name, sql_type: "boolean" }
    }

    pub const fn date(name: &'static str) -> Self {
        Self { name, sql_type: "date" }
    }

    pub const fn moment(name: &'static str) -> Self {
        Self { name, sql_type: "timestamptz" }
    }
}

/// A row of a read table.
pub trait Row: Send + Sync + 'static {
    const TABLE: &'static str;
    const COLUMNS: &'static [Column];
    /// The SQL expression for the currency of its amounts, if it has amounts.
    const CURRENCY: Option<&'static str>;
    /// How many of the first columns the rows of a table made at once are put in order by. An index over few different
    /// values is dear to sort; of rows that come in its order it is merely written down.
    const GROUPED_BY: usize = 0;

    /// Writes one field per column, in the order of `COLUMNS`.
    fn encode(&self, fields: &mut Fields<'_>);
}

/// A row that later events change, found by its key: the first columns of the table.
pub trait KeyedRow: Row + for<'r> FromRow<'r, PgRow> + Unpin {
    const KEY_COLUMNS: usize;
    type Key: Clone + Debug + Eq + Hash + Send + Sync;

    fn key(&self) -> Self::Key;
    /// Writes one field per key column.
    fn encode_key(key: &Self::Key, fields: &mut Fields<'_>);
    /// The bytes of what people typed, which may be long; ids and the like are taken as short.
    fn texts(&self) -> usize;
}

/// The event that made or last changed a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stamp {
    /// The event's position in the journal.
    pub position: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// The actor, such as `user:admin`.
    #[schema(value_type = String)]
    pub by: SmolStr,
}

impl Stamp {
    pub fn of(event: &RecordedEvent) -> Self {
        Self { position: event.position, at: event.recorded_at, by: SmolStr::new(&event.metadata.actor) }
    }

    pub(crate) fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_count(self.position);
        fields.put_moment(self.at);
        fields.put(&self.by);
    }
}
