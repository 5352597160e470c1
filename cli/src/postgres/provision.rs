//! The application's database and role in the embedded cluster.

use sqlx::{Connection, Executor, PgConnection};
use tallybook_event_store::schema::RUNTIME_ROLE;

use super::error::PostgresError;
use super::server::Server;

/// Owns the database and migrates it. Neither superuser nor able to make roles.
pub(super) const OWNER_ROLE: &str = "tallybook";
pub(super) const DATABASE: &str = "tallybook";
const IS_ROLE: &str = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";

/// Makes the owner's role, the runtime role and the database where they are missing.
pub(super) async fn provision(server: &Server) -> Result<(), PostgresError> {
    let mut connection = PgConnection::connect_with(&server.superuser_options("postgres")).await?;
    for (role, rights) in [(RUNTIME_ROLE, "NOLOGIN"), (OWNER_ROLE, "LOGIN")] {
        if !exists(&mut connection, IS_ROLE, role).await? {
            connection.execute(format!("CREATE ROLE {role} {rights}").as_str()).await?;
        }
    }
    connection.execute(format!("GRANT {RUNTIME_ROLE} TO {OWNER_ROLE}").as_str()).await?;
    // Benchmarks begin each measurement after a checkpoint. PostgreSQL 14 leaves that to superusers alone.
    if exists(&mut connection, IS_ROLE, "pg_checkpoint").await? {
        connection.execute(format!("GRANT pg_checkpoint TO {OWNER_ROLE}").as_str()).await?;
    }
    if !exists(&mut connection, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", DATABASE)
        .await?
    {
        connection.execute(format!("CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}").as_str()).await?;
    }
    connection.close().await?;
    Ok(())
}

async fn exists(connection: &mut PgConnection, question: &str, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(question).bind(name).fetch_one(connection).await
}
