//! What differs between the tables people read and a generation, at one moment.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use tallybook_read_models::fold::{Column, TableShape};
use utoipa::ToSchema;

use super::{GenerationError, Place};

/// One table's rows, as the generation has them against how they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableDifference {
    pub table: String,
    pub rows: u64,
    /// Rows only the new table has.
    pub added: u64,
    /// Rows only the old table has.
    pub removed: u64,
    /// Rows both have under the same key, with other values.
    pub changed: u64,
    /// By how much each sum of money would change: currency, then column. Sums that stay are not here.
    #[schema(value_type = std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>)]
    pub money: BTreeMap<String, BTreeMap<String, Decimal>>,
}

impl TableDifference {
    pub fn is_none(&self) -> bool {
        self.added == 0 && self.removed == 0 && self.changed == 0
    }
}

/// Compares a table row by row. Both sides are read at one moment if the connection is in a snapshot.
pub(crate) async fn compare(
    connection: &mut PgConnection,
    place: &Place,
    table: TableShape,
) -> Result<TableDifference, GenerationError> {
    let key = key_columns(connection, place, table).await?;
    let first = key.first();
    let row = sqlx::query(&format!(
        "SELECT count(n.{first}) AS rows, count(*) FILTER (WHERE o.{first} IS NULL) AS added,
                count(*) FILTER (WHERE n.{first} IS NULL) AS removed,
                count(*) FILTER (WHERE o.{first} IS NOT NULL AND n.{first} IS NOT NULL
                                   AND ({}) IS DISTINCT FROM ({})) AS changed
           FROM {} AS o FULL JOIN {} AS n USING ({})",
        list(table, "o", exactly),
        list(table, "n", exactly),
        place.books(table.name),
        place.table(table.name),
        key.all(),
    ))
    .fetch_one(&mut *connection)
    .await?;
    let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
    let mut difference = TableDifference {
        table: table.name.to_owned(),
        rows: count("rows")?,
        added: count("added")?,
        removed: count("removed")?,
        changed: count("changed")?,
        money: BTreeMap::new(),
    };
    if !difference.is_none() {
        difference.money = money(connection, place, table).await?;
    }
    Ok(difference)
}

/// The columns of a primary key, in its order: at least one.
struct Key(Vec<String>);

impl Key {
    fn first(&self) -> &str {
        &self.0[0]
    }

    fn all(&self) -> String {
        self.0.join(", ")
    }
}

/// What rows are told apart by.
async fn key_columns(
    connection: &mut PgConnection,
    place: &Place,
    table: TableShape,
) -> Result<Key, GenerationError> {
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT attname::text FROM pg_index, unnest(indkey) WITH ORDINALITY AS part (number, place)
           JOIN pg_attribute ON attnum = part.number
          WHERE indisprimary AND indrelid = $1::regclass AND attrelid = indrelid AND part.place <= indnkeyatts
          ORDER BY part.place",
    )
    .bind(place.books(table.name))
    .fetch_all(connection)
    .await?;
    if columns.is_empty() {
        return Err(GenerationError::NoKey { table: table.name });
    }
    Ok(Key(columns))
}

/// By how much each column of amounts changes in sum, per currency.
async fn money(
    connection: &mut PgConnection,
    place: &Place,
    table: TableShape,
) -> Result<BTreeMap<String, BTreeMap<String, Decimal>>, sqlx::Error> {
    let mut money: BTreeMap<String, BTreeMap<String, Decimal>> = BTreeMap::new();
    let Some(currency) = table.currency else { return Ok(money) };
    for column in table.columns.iter().filter(|column| column.sql_type == "numeric") {
        let changes: Vec<(String, Decimal)> = sqlx::query_as(&format!(
            "SELECT currency, sum(amount) FROM (
                 SELECT {currency} AS currency, {0} AS amount FROM {1}
                 UNION ALL SELECT {currency}, -{0} FROM {2}) AS both_sides
              GROUP BY currency HAVING sum(amount) <> 0",
            column.name,
            place.table(table.name),
            place.books(table.name),
        ))
        .fetch_all(&mut *connection)
        .await?;
        for (currency, change) in changes {
            money.entry(currency).or_default().insert(column.name.to_owned(), change);
        }
    }
    Ok(money)
}

/// The values of a row as text, by column.
pub type RowText = BTreeMap<&'static str, Option<String>>;

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDifference {
    pub table: &'static str,
    /// As people read it; nothing if only the fold makes it.
    pub live: Option<RowText>,
    /// As the fold makes it; nothing if only people read it.
    pub folded: Option<RowText>,
    /// The first event the live row does not show, or shows wrongly. None makes a row that only people read.
    pub first_event: Option<u64>,
}

/// The rows of a table that differ, at most so many, in the order of their keys.
pub(crate) async fn row_differences(
    connection: &mut PgConnection,
    place: &Place,
    table: TableShape,
    at_most: i64,
) -> Result<Vec<RowDifference>, GenerationError> {
    let key = key_columns(connection, place, table).await?;
    let first = key.first();
    let (key, live, folded) = (key.all(), place.books(table.name), place.table(table.name));
    let found = sqlx::query(&format!(
        "SELECT o.{first} IS NOT NULL, n.{first} IS NOT NULL, ARRAY[{}], ARRAY[{}]
           FROM {live} AS o FULL JOIN {folded} AS n USING ({key})
          WHERE ({}) IS DISTINCT FROM ({}) ORDER BY {key} LIMIT {at_most}",
        list(table, "o", as_text),
        list(table, "n", as_text),
        list(table, "o", exactly),
        list(table, "n", exactly),
    ))
    .fetch_all(connection)
    .await?;
    Ok(found.iter().map(|row| row_difference(table, row)).collect::<Result<_, _>>()?)
}

fn row_difference(table: TableShape, row: &PgRow) -> Result<RowDifference, sqlx::Error> {
    let side = |there: usize, values: usize| -> Result<Option<RowText>, sqlx::Error> {
        let values: Vec<Option<String>> = row.try_get(values)?;
        let named = table.columns.iter().map(|column| column.name).zip(values);
        Ok(row.try_get::<bool, _>(there)?.then(|| named.collect()))
    };
    Ok(RowDifference { table: table.name, live: side(0, 2)?, folded: side(1, 3)?, first_event: None })
}

fn list(table: TableShape, alias: &str, written: fn(&str, &Column) -> String) -> String {
    table.columns.iter().map(|column| written(alias, column)).collect::<Vec<_>>().join(", ")
}

/// So that equal means the same to the last byte: of the types there are, only numbers are equal that are written
/// differently (1.0 and 1.00).
fn exactly(alias: &str, column: &Column) -> String {
    match column.sql_type {
        "numeric" => format!("{alias}.{}::text", column.name),
        _ => format!("{alias}.{}", column.name),
    }
}

/// As the fold writes it too.
pub(crate) fn as_text(alias: &str, column: &Column) -> String {
    let name = format!("{alias}.{}", column.name);
    match column.sql_type {
        "timestamptz" => format!(r#"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#),
        _ => format!("{name}::text"),
    }
}
