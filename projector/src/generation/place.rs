//! Where a generation's tables are: a schema of their own, with tables exactly like the book's.

use sqlx::{Executor, PgConnection, PgPool};
use tallybook_read_models::fold::TableShape;

use super::{GenerationError, Sessions};

/// For making tables that nobody reads yet. PostgreSQL looks at 300 rows for each of the statistics' target; a table is
/// counted again once it has grown by a tenth.
const SETTINGS: &str = "SET client_min_messages = warning; SET synchronous_commit = off; \
    SET maintenance_work_mem = '16MB'; SET max_parallel_maintenance_workers = 0; SET default_statistics_target = 30";

/// A schema beside the book's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    book: String,
    schema: String,
}

/// The second can be run when all of the first have been.
#[derive(Debug, Default)]
pub(crate) struct IndexStatements {
    pub(crate) indexes: Vec<String>,
    pub(crate) keys: Vec<String>,
}

impl Place {
    /// `purpose` tells generations of one book apart.
    pub(crate) fn beside(book: &str, purpose: &str) -> Self {
        Self { book: book.to_owned(), schema: format!("{book}__{purpose}") }
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    pub(crate) fn book(&self) -> &str {
        &self.book
    }

    /// Sessions that know the tables here and no others: what is written to a table that is gone must be an error, and
    /// never reach the book's.
    pub(crate) fn sessions(&self, pool: &PgPool, at_most: usize) -> Sessions {
        let settings = format!("SET search_path = {}; {SETTINGS}", self.schema);
        Sessions::new(pool, settings, at_most)
    }

    /// Makes the schema where it is not there. Others may be doing the same, which `IF NOT EXISTS` does not always
    /// expect: it asks twice.
    pub(crate) async fn establish(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let made = connection.execute(format!("CREATE SCHEMA IF NOT EXISTS {}", self.schema).as_str()).await;
        match made {
            Err(error) if is_there(&error) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Makes empty tables like the book's, without their indexes. What an earlier attempt left is dropped.
    pub(crate) async fn make(
        &self,
        connection: &mut PgConnection,
        tables: &[TableShape],
    ) -> Result<(), GenerationError> {
        let books: Vec<String> = tables.iter().map(|table| self.books(table.name)).collect();
        let options: Vec<Option<String>> = sqlx::query_scalar(
            "SELECT array_to_string(reloptions, ', ')
               FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, number)
               LEFT JOIN pg_class ON pg_class.oid = wanted.name::regclass ORDER BY number",
        )
        .bind(&books)
        .fetch_all(&mut *connection)
        .await?;
        let own: Vec<String> = tables.iter().map(|table| self.table(table.name)).collect();
        connection.execute(format!("DROP TABLE IF EXISTS {}", own.join(", ")).as_str()).await?;
        // One by one: who held several of the book's tables could be in the way of who changes them in another order.
        for ((own, books), options) in own.iter().zip(books).zip(options) {
            let with = options.map_or_else(String::new, |options| format!(" WITH ({options})"));
            let make = format!(
                "CREATE TABLE {own} (LIKE {books} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE){with}"
            );
            connection.execute(make.as_str()).await?;
        }
        Ok(())
    }

    /// What gives a table the indexes and keys the book's has, under the same names. Indexes first: a key takes its
    /// index over at once, while making the key itself would keep every other index of the table waiting.
    pub(crate) async fn index_statements(
        &self,
        connection: &mut PgConnection,
        table: TableShape,
    ) -> Result<IndexStatements, sqlx::Error> {
        let (books, own) = (self.books(table.name), self.table(table.name));
        let indexes: Vec<String> = sqlx::query_scalar(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $1::regclass ORDER BY indexrelid",
        )
        .bind(&books)
        .fetch_all(&mut *connection)
        .await?;
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT format('%I %s USING INDEX %I', conname,
                           CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, conname)
               FROM pg_constraint
              WHERE conrelid = $1::regclass AND contype IN ('p', 'u') ORDER BY contype, conname",
        )
        .bind(&books)
        .fetch_all(connection)
        .await?;
        // A definition names its table, with its schema, after ON.
        let (from, to) = (format!(" ON {books} "), format!(" ON {own} "));
        Ok(IndexStatements {
            indexes: indexes.iter().map(|index| index.replacen(&from, &to, 1)).collect(),
            keys: keys.iter().map(|key| format!("ALTER TABLE {own} ADD CONSTRAINT {key}")).collect(),
        })
    }

    pub(crate) fn table(&self, name: &str) -> String {
        format!("{}.{name}", self.schema)
    }

    pub(crate) fn books(&self, name: &str) -> String {
        format!("{}.{name}", self.book)
    }
}

/// `duplicate_schema`, or the unique name that two who make it at once collide at.
pub(crate) fn is_there(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|report| report.code());
    matches!(code.as_deref(), Some("42P06" | "23505"))
}

/// `lock_not_available`, or a deadlock that PostgreSQL broke.
pub(crate) fn waited_too_long(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|report| report.code());
    matches!(code.as_deref(), Some("55P03" | "40P01"))
}
