//! What a migration makes of a book that is in use.
#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// A schema with the tables of a book as they were before a migration.
struct BookBefore {
    connect: PgConnectOptions,
    schema: String,
    version: i64,
}

impl BookBefore {
    async fn new(version: i64) -> Self {
        let (connect, schema) = support::place();
        let book = Self { connect, schema, version };
        let mut connection = book.session().await;
        connection.execute(format!("CREATE SCHEMA {}", book.schema).as_str()).await.unwrap();
        for migration in MIGRATIONS.iter().filter(|migration| migration.version < version) {
            apply(&mut connection, &migration.sql).await;
        }
        book
    }

    async fn session(&self) -> PgConnection {
        let connect = self.connect.clone().options([("search_path", &self.schema)]);
        PgConnection::connect_with(&connect).await.unwrap()
    }

    async fn migrate(&self) {
        let migration = MIGRATIONS.iter().find(|migration| migration.version == self.version).unwrap();
        apply(&mut self.session().await, &migration.sql).await;
    }
}

/// As a migration runs: all of it or nothing.
async fn apply(connection: &mut PgConnection, sql: &str) {
    let mut transaction = connection.begin().await.unwrap();
    transaction.execute(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

/// A line of a wallet, and what its day has with it.
fn moved(wallet: &str, date: &str, position: i64, amount: &str) -> String {
    format!(
        "INSERT INTO wallet_statement_lines
              SELECT '{wallet}', date '{date}', {position}, CASE WHEN {amount} > 0 THEN 'deposit' ELSE 'withdrawal' END,
                     'source', NULL, NULL, {amount}, now(), 'user:tester';
         INSERT INTO wallet_statement_days AS d
              VALUES ('{wallet}', date '{date}', greatest({amount}, 0), greatest(-({amount}), 0), 1)
         ON CONFLICT ON CONSTRAINT wallet_statement_days_pkey DO UPDATE
                 SET credits = d.credits + excluded.credits, debits = d.debits + excluded.debits, line_count = d.line_count + 1"
    )
}

const MOVED: [(&str, &str, &str); 7] = [
    ("C00001.CNY", "2026-01-31", "100.00"),
    ("C00001.CNY", "2026-02-01", "10.00"),
    ("C00001.CNY", "2026-02-01", "-4.00"),
    ("C00001.CNY", "2026-02-28", "0.01"),
    ("C00001.CNY", "2025-02-28", "7.00"),
    ("C00002.CNY", "2026-02-10", "5.00"),
    ("C00002.USD", "2026-02-10", "6.00"),
];

/// What a statement is summed up from must be the sums of its lines, also of those that somebody was just writing when
/// the migration began.
#[tokio::test(flavor = "multi_thread")]
async fn statements_by_month_have_the_sums_of_all_lines() {
    let book = BookBefore::new(66).await;
    let previous = format!("{}__previous", book.schema);
    let mut projector = book.session().await;
    let kept = format!(
        "CREATE SCHEMA {previous}; CREATE TABLE {previous}.wallet_statement_days (LIKE wallet_statement_days)"
    );
    projector.execute(kept.as_str()).await.unwrap();
    for (position, (wallet, date, amount)) in (1..).zip(MOVED) {
        projector.execute(moved(wallet, date, position, amount).as_str()).await.unwrap();
    }
    projector.execute("BEGIN").await.unwrap();
    projector.execute(moved("C00002.CNY", "2026-02-11", 99, "3.00").as_str()).await.unwrap();
    let mut looking = book.session().await;
    tokio::join!(book.migrate(), async {
        while !somebody_waits(&mut looking, &book.schema).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        projector.execute("COMMIT").await.unwrap();
    });

    let months: Vec<(String, String, String, String, i64)> = sqlx::query_as(
        "SELECT wallet, month::text, credits::text, debits::text, line_count FROM wallet_statement_months ORDER BY 1, 2",
    )
    .fetch_all(&mut looking)
    .await
    .unwrap();
    let months: Vec<_> = months
        .iter()
        .map(|(wallet, month, ins, outs, lines)| (&**wallet, &**month, &**ins, &**outs, *lines))
        .collect();
    let expected = [
        ("C00001.CNY", "2025-02-01", "7.00", "0", 1),
        ("C00001.CNY", "2026-01-01", "100.00", "0", 1),
        ("C00001.CNY", "2026-02-01", "10.01", "4.00", 3),
        ("C00002.CNY", "2026-02-01", "8.00", "0", 2),
        ("C00002.USD", "2026-02-01", "6.00", "0", 1),
    ];
    assert_eq!(months, expected);
    let days: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_tables WHERE tablename = 'wallet_statement_days' AND schemaname IN ($1, $2)",
    )
    .bind(&book.schema)
    .bind(&previous)
    .fetch_one(&mut looking)
    .await
    .unwrap();
    assert_eq!(days, 0, "neither generation has its days any more");
}

/// Whether a statement waits for a table of the schema.
async fn somebody_waits(connection: &mut PgConnection, schema: &str) -> bool {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_class ON pg_class.oid = relation
                         WHERE NOT granted AND relnamespace = to_regnamespace($1))",
    )
    .bind(schema)
    .fetch_one(connection)
    .await
    .unwrap()
}
