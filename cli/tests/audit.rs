//! `tallybook audit` on a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::path::Path;

use running::{Up, place, stderr, stdout};
use sqlx::{ConnectOptions, Executor};

/// Does what only someone who owns the tables and takes down their guards can do.
fn tamper(data: &Path, statement: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let connect = tallybook::postgres::attach(data).unwrap().options([("search_path", "book_main")]);
        let mut owner = connect.connect().await.unwrap();
        for table in ["events", "commands", "book_head"] {
            owner.execute(format!("GRANT ALL ON {table} TO CURRENT_USER").as_str()).await.unwrap();
            owner.execute(format!("ALTER TABLE {table} DISABLE TRIGGER USER").as_str()).await.unwrap();
        }
        let changed = owner.execute(statement).await.unwrap();
        assert!(changed.rows_affected() > 0, "{statement} changed nothing");
        for table in ["events", "commands", "book_head"] {
            owner.execute(format!("ALTER TABLE {table} ENABLE TRIGGER USER").as_str()).await.unwrap();
        }
    });
}

#[test]
fn a_book_is_verified_and_what_was_changed_is_named() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let clean = up.beside(&["audit", "verify"]);
    assert_eq!(clean.status.code(), Some(0), "{}{}", stdout(&clean), stderr(&clean));
    assert!(stdout(&clean).contains("nothing is wrong"), "{}", stdout(&clean));
    let none = up.beside(&["audit", "verify", "--from", "1000000"]);
    assert_eq!(none.status.code(), Some(1), "{}", stderr(&none));

    tamper(&up.data, "UPDATE events SET metadata = '{}' WHERE position = 7");
    let found = up.beside(&["audit", "verify"]);
    assert_eq!(found.status.code(), Some(1), "{}", stdout(&found));
    let said = stdout(&found);
    assert!(said.contains("FAILED  leaf_hashes") && said.contains("position 7: the stored bytes"), "{said}");
    let found = up.beside(&["audit", "verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&found)).unwrap();
    assert_eq!((found.status.code(), &report["clean"]), (Some(1), &false.into()));
    let of = |name: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["check"] == name).unwrap()["count"].as_u64()
    };
    assert_eq!((of("leaf_hashes"), of("commands"), of("root")), (Some(1), Some(2), Some(0)));
}
