//! Making a book: its schema, its tables, and who may do what to them.

use std::str::FromStr;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Row};

use crate::settings::StoreError;

/// The role every running process takes on. It cannot change or delete an event.
pub const RUNTIME_ROLE: &str = "tallybook_runtime";

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// What is decided once, when a book is made.
#[derive(Debug, Clone)]
pub struct NewBook {
    /// IANA name; days and months of the book are those of this zone.
    pub time_zone: String,
}

impl Default for NewBook {
    fn default() -> Self {
        Self { time_zone: "Asia/Shanghai".into() }
    }
}

/// Makes the book or brings it up to date. Repeating it changes nothing.
pub async fn provision(connect: &PgConnectOptions, schema: &str, new: &NewBook) -> Result<(), StoreError> {
    check_name(schema)?;
    chrono_tz::Tz::from_str(&new.time_zone).map_err(|_| StoreError::TimeZone(new.time_zone.clone()))?;
    let mut connection = PgConnection::connect_with(&in_schema(connect, schema)).await?;
    connection.execute(format!("CREATE SCHEMA IF NOT EXISTS {schema}").as_str()).await?;
    MIGRATIONS.run(&mut connection).await?;
    sqlx::query!(
        "INSERT INTO book_settings (time_zone) VALUES ($1) ON CONFLICT ON CONSTRAINT book_settings_pkey DO NOTHING",
        new.time_zone
    )
    .execute(&mut connection)
    .await?;
    grant(&mut connection, schema).await?;
    connection.close().await?;
    Ok(())
}

/// Makes every table of a book, empty, in another schema, as a model of what they are. In the transaction of the caller,
/// who drops the schema or never commits.
pub async fn lay_out(transaction: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    transaction.execute(format!("CREATE SCHEMA {schema}; SET LOCAL search_path = {schema}").as_str()).await?;
    MIGRATIONS.run_direct(transaction).await.map_err(|error| sqlx::Error::Migrate(Box::new(error)))
}

/// Migrations this program has and the book has not.
pub async fn pending_migrations(pool: &PgPool) -> Result<usize, StoreError> {
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(pool).await?;
    Ok(MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version)).count())
}

/// The same server, every connection inside the book.
pub(crate) fn in_schema(connect: &PgConnectOptions, schema: &str) -> PgConnectOptions {
    connect.clone().options([("search_path", schema)]).application_name(&format!("tallybook {schema}"))
}

/// A pool whose connections are inside the book and have taken on the runtime role.
pub(crate) async fn pool(
    connect: &PgConnectOptions,
    schema: &str,
    connections: u32,
) -> Result<PgPool, StoreError> {
    let options = in_schema(connect, schema);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .after_connect(|connection, _| Box::pin(async move { take_runtime_role(connection).await }))
        .after_release(|connection, _| Box::pin(async move { Ok(is_out_of_transaction(connection).await) }))
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// A connection like the pool's, but of its own: for work of minutes, whose statements are expected to be slow.
pub async fn patient_connection(pool: &PgPool) -> Result<PgConnection, sqlx::Error> {
    let options = pool.connect_options().as_ref().clone().disable_statement_logging();
    let mut connection = PgConnection::connect_with(&options).await?;
    take_runtime_role(&mut connection).await?;
    Ok(connection)
}

/// A pool like another, but inside another schema of the same server. It connects when it is used, and closes what is
/// not used for a minute.
pub fn pool_elsewhere(pool: &PgPool, schema: &str, connections: u32) -> PgPool {
    beginning_with(format!("SET search_path = {schema}"), connections)
        .idle_timeout(std::time::Duration::from_secs(60))
        .after_release(|connection, _| Box::pin(async move { Ok(is_out_of_transaction(connection).await) }))
        .connect_lazy_with(pool.connect_options().as_ref().clone())
}

/// A pool like another, for tasks that see every statement through and share its sessions, which begin with `settings`.
/// It connects when it is used. A lost connection is met as an error by whoever takes it next.
pub fn shared_pool(pool: &PgPool, connections: u32, settings: &str) -> PgPool {
    let options = pool.connect_options().as_ref().clone().statement_cache_capacity(SHARED_STATEMENTS);
    beginning_with(settings.to_owned(), connections)
        // Whoever has to wait is behind others at work, not before a database that does not answer.
        .acquire_timeout(std::time::Duration::from_secs(60))
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// Prepared statements kept by a session that many tasks share.
const SHARED_STATEMENTS: usize = 1000;

fn beginning_with(statement: String, connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .after_connect(move |connection, _| {
            let statement = statement.clone();
            Box::pin(async move {
                take_runtime_role(connection).await?;
                connection.execute(statement.as_str()).await?;
                Ok(())
            })
        })
}

/// Whether a connection that comes back to its pool may be used again.
///
/// A caller that goes away while its `BEGIN` is on the way leaves a transaction behind that the pool does not know of.
/// Whoever had the connection next would read a moment long past, and could write nothing; decisions rest on such reads.
/// Asked in one message, without a prepared statement: then a statement that is its own transaction is as old as it.
async fn is_out_of_transaction(connection: &mut PgConnection) -> bool {
    match connection.fetch_one("SELECT now() = statement_timestamp()").await {
        Ok(row) => row.try_get(0).unwrap_or(false),
        // A transaction that has failed answers nothing.
        Err(error) => {
            tracing::debug!(%error, "a connection is closed, because it was left in the middle of something");
            false
        }
    }
}

/// Gives up the owner's rights for the life of the connection, where the role exists.
pub(crate) async fn take_runtime_role(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let member: Option<bool> = sqlx::query_scalar(
        "SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = $1",
    )
    .bind(RUNTIME_ROLE)
    .fetch_optional(&mut *connection)
    .await?;
    if member == Some(true) {
        connection.execute(format!("SET ROLE {RUNTIME_ROLE}").as_str()).await?;
    }
    Ok(())
}

/// The name goes into SQL as an identifier, so it is held to what needs no quoting.
fn check_name(schema: &str) -> Result<(), StoreError> {
    let begins_well = schema.starts_with(|c: char| c.is_ascii_lowercase());
    // What follows two underscores are the book's own schemas beside it.
    let own = schema.contains("__");
    let plain = schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if begins_well && plain && !own && schema.len() <= 48 && schema != "public" && !schema.starts_with("pg_")
    {
        Ok(())
    } else {
        Err(StoreError::BookName(schema.to_owned()))
    }
}

/// Tables of the journal stay with their owner and can only be added to; everything else belongs to the runtime.
async fn grant(connection: &mut PgConnection, schema: &str) -> Result<(), StoreError> {
    let runtime = if ensure_runtime_role(connection).await? { RUNTIME_ROLE } else { "CURRENT_USER" };
    let mut transaction = connection.begin().await?;
    // Two processes starting together would otherwise rewrite the same grants at once; those on the database are the
    // same for all books.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('tallybook grants'))")
        .execute(&mut *transaction)
        .await?;
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 AND tableowner <> $2 AND tablename NOT IN
            ('events', 'book_head', 'commands', 'claims', 'seals', 'book_settings', 'link_keys', '_sqlx_migrations')",
    )
    .bind(schema)
    .bind(runtime)
    .fetch_all(&mut *transaction)
    .await?;
    let database: String =
        sqlx::query_scalar("SELECT quote_ident(current_database())").fetch_one(&mut *transaction).await?;
    let may_grant: bool =
        sqlx::query_scalar("SELECT has_database_privilege(current_database(), 'CREATE WITH GRANT OPTION')")
            .fetch_one(&mut *transaction)
            .await?;
    let mut statements = Vec::new();
    if may_grant {
        // New generations of read tables, and looks at the past, are made in schemas of their own.
        statements.push(format!("GRANT CREATE ON DATABASE {database} TO {runtime}"));
    } else {
        tracing::warn!(
            "this user may not let {runtime} make schemas in {database}: projections cannot be rebuilt"
        );
    }
    statements.extend([
        format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {runtime}"),
        format!("REVOKE UPDATE, DELETE, TRUNCATE ON events, commands, seals FROM PUBLIC, {runtime}"),
        format!("REVOKE INSERT, DELETE, TRUNCATE ON book_head FROM PUBLIC, {runtime}"),
        format!("GRANT SELECT, INSERT ON events, commands, seals TO {runtime}"),
        format!("GRANT SELECT, UPDATE ON book_head TO {runtime}"),
        format!("GRANT SELECT, INSERT, DELETE ON claims TO {runtime}"),
        format!("GRANT SELECT ON book_settings, link_keys, _sqlx_migrations TO {runtime}"),
        format!("GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO {runtime}"),
    ]);
    statements.extend(others.iter().map(|table| format!("ALTER TABLE {table} OWNER TO {runtime}")));
    for statement in statements {
        transaction.execute(statement.as_str()).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Makes the runtime role where we may. `false`: this user must do without, protected by the triggers and by
/// revoking its own rights.
async fn ensure_runtime_role(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let made = connection
        .execute(
            format!(
                "DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RUNTIME_ROLE}') THEN
                        CREATE ROLE {RUNTIME_ROLE} NOLOGIN;
                    END IF;
                    IF NOT pg_has_role(current_user, '{RUNTIME_ROLE}', 'MEMBER') THEN
                        EXECUTE format('GRANT {RUNTIME_ROLE} TO %I', current_user);
                    END IF;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another process made it at the same moment
                END $$"
            )
            .as_str(),
        )
        .await;
    match made {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some("42501") => {
            tracing::warn!(
                role = RUNTIME_ROLE,
                "this database user may not create roles, so events are protected by triggers and its own revoked \
                 rights only; let an administrator create the role and grant it to this user"
            );
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
