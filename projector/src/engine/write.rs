//! Writing a page: all changed rows and the new position, or nothing.
//!
//! Few rows go in one statement (one round trip, no transaction held open); many new rows go by `COPY`, which is
//! twice as fast per row. The position moves first, so that a process that no longer leads writes nothing.

use std::fmt::Write as _;
use std::time::Duration;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, Postgres};
use tallybook_read_models::fold::{Column, CopyRows, Encoding, Table, TableShape, Tables};

use super::lease::{bigint, interval};

/// The move of a projection's position that fences everybody else.
pub(super) struct Checkpoint<'a> {
    pub(super) projection: &'static str,
    pub(super) leader: &'a str,
    pub(super) lease: Duration,
    pub(super) from: u64,
    pub(super) to: u64,
}

pub(super) enum Written {
    Moved,
    /// The position is not where this engine left it, or another leads.
    Overtaken,
    /// The tables' own constraints refuse the rows: trying again will not help.
    Refused(String),
}

/// Writes what the tables hold as added and changed. They must be settled, or thrown away, afterwards.
pub(super) async fn page(
    connection: &mut PgConnection,
    checkpoint: &Checkpoint<'_>,
    tables: &mut impl Tables,
    small: usize,
) -> Result<Written, sqlx::Error> {
    let tables = tables.all();
    let rows: usize = tables.iter().map(|table| table.added() + table.changed()).sum();
    let moved = if rows <= small {
        in_one_statement(connection, checkpoint, &tables).await
    } else {
        in_a_transaction(connection, checkpoint, &tables).await
    };
    match moved {
        Ok(true) => Ok(Written::Moved),
        Ok(false) => Ok(Written::Overtaken),
        Err(error) if is_about_the_rows(&error) => Ok(Written::Refused(error.to_string())),
        Err(error) => Err(error),
    }
}

/// Data exceptions and violated constraints: SQLSTATE classes 22 and 23.
fn is_about_the_rows(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

const MOVE: &str = "UPDATE projections
    SET position = $4, lease_until = clock_timestamp() + $5::interval, updated_at = clock_timestamp()
  WHERE name = $1 AND leader = $2 AND position = $3";

fn bind_move<'q>(
    query: Query<'q, Postgres, PgArguments>,
    checkpoint: &Checkpoint<'q>,
) -> Result<Query<'q, Postgres, PgArguments>, sqlx::Error> {
    Ok(query
        .bind(checkpoint.projection)
        .bind(checkpoint.leader)
        .bind(bigint(checkpoint.from)?)
        .bind(bigint(checkpoint.to)?)
        .bind(interval(checkpoint.lease)))
}

/// The position and all rows in one statement: the rows hang on the position having moved.
async fn in_one_statement(
    connection: &mut PgConnection,
    checkpoint: &Checkpoint<'_>,
    tables: &[&mut dyn Table],
) -> Result<bool, sqlx::Error> {
    let mut sql = format!("WITH moved AS ({MOVE} RETURNING true)");
    let mut parameters = 6;
    let mut rows = Vec::new();
    for table in tables {
        let shape = table.shape();
        for part in [Part::Added, Part::Changed] {
            if let Some(columns) = part.encode(&**table) {
                let insert = part.insert(shape, parameters, "moved, ");
                write!(sql, ", w{parameters} AS ({insert})")
                    .map_err(|error| sqlx::Error::Encode(error.into()))?;
                parameters += shape.columns.len();
                rows.push(columns);
            }
        }
    }
    sql.push_str(" SELECT FROM moved");
    let mut query = bind_move(sqlx::query(&sql), checkpoint)?;
    for columns in rows {
        query = bind_columns(query, columns)?;
    }
    Ok(query.fetch_optional(connection).await?.is_some())
}

async fn in_a_transaction(
    connection: &mut PgConnection,
    checkpoint: &Checkpoint<'_>,
    tables: &[&mut dyn Table],
) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let moved = bind_move(sqlx::query(MOVE), checkpoint)?.execute(&mut *transaction).await?;
    if moved.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    rows(&mut transaction, tables).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Writes all added and changed rows, inside a transaction of the caller's.
pub(crate) async fn rows(
    connection: &mut PgConnection,
    tables: &[&mut dyn Table],
) -> Result<(), sqlx::Error> {
    for table in tables {
        let shape = table.shape();
        if table.added() > 0 {
            let mut rows = Encoding::Copy(CopyRows::default());
            table.encode_added(&mut rows);
            copy(connection, shape, rows).await?;
        }
        if let Some(columns) = Part::Changed.encode(&**table) {
            let insert = Part::Changed.insert(shape, 1, "");
            bind_columns(sqlx::query(&insert), columns)?.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

async fn copy(connection: &mut PgConnection, table: TableShape, rows: Encoding) -> Result<(), sqlx::Error> {
    let Encoding::Copy(rows) = rows else {
        return Err(sqlx::Error::Protocol("rows for COPY are not in its format".into()));
    };
    let mut copy = connection.copy_in_raw(&copy_statement(table, "")).await?;
    copy.send(rows.finish()?).await?;
    copy.finish().await?;
    Ok(())
}

/// Further options begin with a comma.
pub(crate) fn copy_statement(table: TableShape, options: &str) -> String {
    format!("COPY {} ({}) FROM STDIN (FORMAT binary{options})", table.name, names(table.columns))
}

/// Rows that are new to the database, or that replace older ones.
#[derive(Clone, Copy)]
enum Part {
    Added,
    Changed,
}

impl Part {
    /// The rows as one array per column; `None` if there are none.
    fn encode(self, table: &dyn Table) -> Option<Encoding> {
        let mut columns = Encoding::columns(table.shape().columns.len());
        match self {
            Self::Added if table.added() > 0 => table.encode_added(&mut columns),
            Self::Changed if table.changed() > 0 => table.encode_changed(&mut columns),
            Self::Added | Self::Changed => return None,
        }
        Some(columns)
    }

    fn insert(self, table: TableShape, first_parameter: usize, from: &str) -> String {
        let values: Vec<String> =
            table.columns.iter().map(|c| format!("rows.{}::{}", c.name, c.sql_type)).collect();
        let mut sql = format!(
            "INSERT INTO {} ({}) SELECT {} FROM {from}{}",
            table.name,
            names(table.columns),
            values.join(", "),
            text_arrays("rows", table.columns, first_parameter),
        );
        match self {
            // A row that is there already is a defect: the primary key refuses it.
            Self::Added => {}
            Self::Changed => sql.push_str(&replacing(table)),
        }
        sql
    }
}

fn replacing(table: TableShape) -> String {
    let (key, rest) = table.columns.split_at(table.key_columns);
    let replaced: Vec<String> = rest.iter().map(|c| format!("{0} = excluded.{0}", c.name)).collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {}", names(key), replaced.join(", "))
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// `unnest($1::text[], $2::text[]) AS rows (id, name)`
pub(super) fn text_arrays(alias: &str, columns: &[Column], first_parameter: usize) -> String {
    let arrays: Vec<String> =
        (first_parameter..).take(columns.len()).map(|number| format!("${number}::text[]")).collect();
    format!("unnest({}) AS {alias} ({})", arrays.join(", "), names(columns))
}

pub(super) fn bind_columns<'q>(
    mut query: Query<'q, Postgres, PgArguments>,
    rows: Encoding,
) -> Result<Query<'q, Postgres, PgArguments>, sqlx::Error> {
    let Encoding::Columns(columns) = rows else {
        return Err(sqlx::Error::Protocol("rows for unnest are not in columns".into()));
    };
    for column in columns {
        query = query.bind(column);
    }
    Ok(query)
}
