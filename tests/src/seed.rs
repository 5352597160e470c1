//! One user of each role, signed in once per test process.
//!
//! Hashing a password takes its time by design, so every test book gets copies of the users and sessions made
//! here; that signing in works is tested where it belongs.

use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_api::access::{NewUser, Role, create_user};

use crate::TestBook;

/// Everyone's password.
pub const PASSWORD: &str = "correct horse battery";

#[derive(Debug)]
pub(crate) struct Seed {
    schema: String,
    tokens: Vec<(Role, String)>,
}

impl Seed {
    /// Made by the first test that asks; on a thread of its own, because that test's runtime ends with it.
    pub(crate) fn get() -> &'static Self {
        static SEED: OnceLock<Seed> = OnceLock::new();
        SEED.get_or_init(|| {
            let made = std::thread::spawn(|| {
                tokio::runtime::Runtime::new().unwrap().block_on(async {
                    let book = TestBook::unseeded().await;
                    let mut tokens = Vec::new();
                    for role in Role::ALL {
                        tokens.push((role, book.add_user(role.as_str(), role).await));
                    }
                    let schema = book.schema().to_owned();
                    book.stop().await;
                    Seed { schema, tokens }
                })
            });
            made.join().unwrap()
        })
    }

    pub(crate) fn token(&self, role: Role) -> &str {
        self.tokens.iter().find(|(of, _)| *of == role).map(|(_, token)| token).unwrap()
    }

    /// Users are called by their role.
    pub(crate) async fn copy_into(&self, connect: &PgConnectOptions, schema: &str) {
        let mut connection = PgConnection::connect_with(connect).await.unwrap();
        for table in ["users", "sessions", "session_tokens"] {
            let copy = format!("INSERT INTO {schema}.{table} SELECT * FROM {}.{table}", self.schema);
            connection.execute(copy.as_str()).await.unwrap();
        }
        // A book with another clock lets them in too.
        let lasting = format!("UPDATE {schema}.session_tokens SET expires_at = '2999-01-01'");
        connection.execute(lasting.as_str()).await.unwrap();
    }
}

/// Makes a user and signs in; answers with the access token.
pub(crate) async fn user(book: &TestBook, name: &str, role: Role) -> String {
    let created_by = "cli:test".to_owned();
    let new = NewUser { name: name.to_owned(), role, password: PASSWORD.to_owned(), created_by };
    create_user(book.pool(), new, book.now()).await.unwrap();
    let credentials = serde_json::json!({ "username": name, "password": PASSWORD });
    let answer = book.anyone().post("/v1/auth/login", &credentials).await;
    answer.ok()["access_token"].as_str().unwrap().to_owned()
}
