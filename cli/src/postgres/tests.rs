//! The embedded cluster on real programs. Skipped with a word where PostgreSQL is not installed.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::cluster::Cluster;
use super::programs::Programs;
use super::server::Server;
use super::{DataDirectory, EmbeddedPostgres, PostgresError, Tuning, attach};

const PATIENCE: Duration = Duration::from_secs(5);

#[expect(clippy::disallowed_methods, reason = "a test is an edge")]
fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap()
}

/// A data directory that the cluster's user can reach, or `None` where there is no PostgreSQL.
fn data_directory() -> Option<tempfile::TempDir> {
    if let Err(missing) = Programs::find(&search_path(), None) {
        println!("skipped: {missing}");
        return None;
    }
    let (directory, held) = DataDirectory::temporary().unwrap();
    drop(held);
    Some(directory)
}

async fn start(data: &Path) -> EmbeddedPostgres {
    let held = DataDirectory::hold(data).unwrap();
    EmbeddedPostgres::start(held, &Tuning::small(), &search_path()).await.unwrap()
}

async fn ask<T>(connection: &mut PgConnection, question: &str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(question).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_cluster_is_made_once_and_keeps_what_was_written() {
    let Some(data) = data_directory() else { return };
    let first = start(data.path()).await;
    let mut connection = first.connect_options().connect().await.unwrap();
    let superuser: String = ask(&mut connection, "SELECT current_setting('is_superuser')").await;
    assert_eq!(superuser, "off");
    for setting in ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"] {
        let value: String = ask(&mut connection, &format!("SELECT current_setting('{setting}')")).await;
        assert_eq!(value, "on", "{setting}");
    }
    let listening: String = ask(&mut connection, "SELECT current_setting('listen_addresses')").await;
    assert_eq!(listening, "");
    sqlx::raw_sql("CREATE SCHEMA book_main; CREATE TABLE book_main.kept AS SELECT 42 AS number")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    first.stop(PATIENCE).await;
    assert!(matches!(attach(data.path()), Err(PostgresError::NotRunning { .. })));

    let second = start(data.path()).await;
    let mut connection = second.connect_options().connect().await.unwrap();
    let number: i32 = ask(&mut connection, "SELECT number FROM book_main.kept").await;
    assert_eq!(number, 42);
    second.stop(PATIENCE).await;
}

/// It holds what PostgreSQL refused, rows and all. One that an older version left open to everyone is closed, too.
#[tokio::test]
async fn only_the_owner_may_read_the_servers_log() {
    use std::os::unix::fs::PermissionsExt;
    let Some(data) = data_directory() else { return };
    let log = data.path().join("postgres.log");
    for _ in ["new", "open to everyone"] {
        start(data.path()).await.stop(PATIENCE).await;
        assert_eq!(log.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
}

#[tokio::test]
async fn a_second_process_is_refused_with_the_first_ones_address_and_may_attach() {
    let Some(data) = data_directory() else { return };
    let mut first = start(data.path()).await;
    first.data_directory().note_address("http://localhost:8080").unwrap();
    let refusal = DataDirectory::hold(data.path()).unwrap_err().to_string();
    assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
    assert!(refusal.contains("http://localhost:8080"), "{refusal}");
    let attached = attach(data.path()).unwrap();
    let mut connection = attached.connect().await.unwrap();
    let role: String = ask(&mut connection, "SELECT current_user::text").await;
    assert_eq!(role, "tallybook");
    first.stop(PATIENCE).await;
    DataDirectory::hold(data.path()).unwrap();
}

#[tokio::test]
async fn a_server_left_by_a_killed_process_is_taken_over() {
    let Some(data) = data_directory() else { return };
    let left = {
        let held = DataDirectory::hold(data.path()).unwrap();
        let cluster = Cluster::prepare(&held, &Tuning::small(), &search_path()).unwrap();
        let server = Server::start(&cluster).await.unwrap();
        let process = server.process();
        // What SIGKILL does to us: nothing is cleaned up.
        std::mem::forget(server);
        process
    };
    let adopted = start(data.path()).await;
    assert_eq!(adopted.process(), Some(left));
    adopted.stop(PATIENCE).await;
    assert!(matches!(attach(data.path()), Err(PostgresError::NotRunning { .. })));
}

#[tokio::test]
async fn a_server_that_dies_is_started_again() {
    let Some(data) = data_directory() else { return };
    let postgres = start(data.path()).await;
    for signal in [Signal::SIGQUIT, Signal::SIGKILL] {
        let before = postgres.process().unwrap();
        kill(before, signal).unwrap();
        let back = async {
            while postgres.process().is_none_or(|process| process == before) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), back).await.expect("PostgreSQL comes back");
        let mut connection = postgres.connect_options().connect().await.unwrap();
        let answer: i32 = ask(&mut connection, "SELECT 1").await;
        assert_eq!(answer, 1);
    }
    postgres.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_left_alone() {
    let Some(data) = data_directory() else { return };
    let cluster = data.path().join("postgres");
    std::fs::create_dir(&cluster).unwrap();
    std::fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let held = DataDirectory::hold(data.path()).unwrap();
    let refusal = EmbeddedPostgres::start(held, &Tuning::small(), &search_path()).await.unwrap_err();
    assert!(matches!(refusal, PostgresError::OtherMajorVersion { cluster: 9, .. }), "{refusal}");
    assert_eq!(std::fs::read_dir(&cluster).unwrap().count(), 1);
}
